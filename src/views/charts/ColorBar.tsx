// The legend of a colour map: its ends, the map, and its scale in words.
import { cssGradient } from '../theme/palette.ts';
import classes from './ColorBar.module.css';

export interface ColorBarProps {
  table: Uint8ClampedArray;
  low: string;
  high: string;
  /** "square-root scale"; absent for a linear one. */
  note?: string;
}

export function ColorBar({ table, low, high, note }: ColorBarProps) {
  return (
    <span
      className={classes.bar}
      role="img"
      aria-label={`Colours from ${low} to ${high}${note ? `, ${note}` : ''}`}
    >
      {low}
      <i style={{ background: cssGradient(table) }} />
      {high}
      {note && ` (${note})`}
    </span>
  );
}
