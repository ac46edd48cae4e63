// The buttons at the right of a card's title. An icon always has a word.
import type { ReactNode } from 'react';
import classes from './parts.module.css';

export function SmallButton({
  children,
  pressed,
  disabled,
  onClick,
  label,
  takesBack,
}: {
  children: ReactNode;
  /** For toggle buttons. */
  pressed?: boolean;
  disabled?: boolean;
  onClick(): void;
  /** Full name, if the visible words are not enough. */
  label?: string;
  /** It undoes what removed the control that had the focus, and gets the focus. */
  takesBack?: boolean;
}) {
  return (
    <button
      type="button"
      className={classes.smallButton}
      data-control=""
      data-takes-back={takesBack ? '' : undefined}
      aria-pressed={pressed}
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

/** Switches a card between its chart and its table. */
export function TableToggle({
  shown,
  onChange,
  what,
}: {
  shown: boolean;
  onChange(shown: boolean): void;
  what: string;
}) {
  return (
    <SmallButton pressed={shown} onClick={() => onChange(!shown)} label={`${what} as a table`}>
      Table
    </SmallButton>
  );
}

/** Related buttons in one shape. */
export function ButtonGroup({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <span role="group" aria-label={label} className={classes.buttonGroup}>
      {children}
    </span>
  );
}
