// The values of a setting in the sweep being written, in place of its control, and the button that switches between one value
// and several.
import { IconVersions } from '@tabler/icons-react';
import type { ParamSpec } from '../../engine/config/params.ts';
import classes from './controls.module.css';

/** How a setting can take several values. */
export interface Swept {
  /** The values as typed; null if it has one. */
  text: string | null;
  /** @param text - null returns to one value */
  onChange(text: string | null): void;
  /** The first text when it is to have several values. */
  first(): string;
  /** How to type the values, for the tooltip. */
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
