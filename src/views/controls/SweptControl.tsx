// The values that a setting takes in the sweep that is being written, in place of its control, and the button that turns one into
// the other.
import { IconVersions } from '@tabler/icons-react';
import type { ParamSpec } from '../../engine/config/params.ts';
import classes from './controls.module.css';

/** How a setting can be given several values. */
export interface Swept {
  /** As they are typed; null while it has one. */
  text: string | null;
  /** @param text - null for one value again */
  onChange(text: string | null): void;
  /** What it starts with when it is to have several. */
  first(): string;
  /** How they are typed, for the tooltip. */
  hint: string;
}

export function SweptControl({ spec, swept }: { spec: ParamSpec; swept: Swept }) {
  return (
    <input
      className={classes.textBox}
      aria-label={`Values of ${spec.label}`}
      title={swept.hint}
      value={swept.text ?? ''}
      onChange={(event) => swept.onChange(event.currentTarget.value)}
    />
  );
}

export function SweptToggle({ spec, swept }: { spec: ParamSpec; swept: Swept }) {
  const isOn = swept.text !== null;
  return (
    <button
      type="button"
      className={classes.reset}
      aria-pressed={isOn}
      aria-label={`Several values of ${spec.label}`}
      title={isOn ? 'One value again' : 'Several values, for the sweep'}
      onClick={() => swept.onChange(isOn ? null : swept.first())}
    >
      <IconVersions
        size={14}
        stroke={1.75}
        color={isOn ? 'var(--accent)' : 'currentColor'}
        aria-hidden="true"
      />
    </button>
  );
}
