// Numbers as users type them in a box, and positions on a slider. Pure, so that they are tested in Node.
import type { NumberParam } from '../../engine/config/params.ts';

/** As `writeNumber` writes thousands: not the decimal comma of "0,5" or "0,001". */
const WITH_THOUSANDS = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.|$)/;

/** "5e-4", "40,000" and "0.4" are numbers; anything else is null. */
export function readNumber(text: string): number | null {
  const typed = text.trim().replace('−', '-');
  const plain = WITH_THOUSANDS.test(typed) ? typed.replaceAll(',', '') : typed;
  if (plain === '' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  return Number(plain);
}

/** Short and exact: thousands with commas, small numbers as 5e-4. */
export function writeNumber(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en').replace('-', '−');
  if (Math.abs(value) < 0.01) return value.toExponential().replace('e-0', 'e-');
  return String(value).replace('-', '−');
}

const STEPS = 1000;

/** Position of a value on its slider, 0 to 1000. A logarithmic scale that starts at 0 is linear near it. */
export function toSlider(spec: NumberParam, value: number): number {
  const clipped = Math.min(spec.max, Math.max(spec.min, value));
  if (spec.scale !== 'log') return (STEPS * (clipped - spec.min)) / (spec.max - spec.min);
  const low = Math.max(spec.min, Number.MIN_VALUE);
  return (STEPS * Math.log(clipped / low)) / Math.log(spec.max / low);
}

/** The value at a position, rounded as a person would write it. */
export function fromSlider(spec: NumberParam, position: number): number {
  const share = position / STEPS;
  const raw =
    spec.scale === 'log'
      ? spec.min * (spec.max / spec.min) ** share
      : spec.min + share * (spec.max - spec.min);
  const rounded = spec.scale === 'log' ? Number(raw.toPrecision(2)) : Math.round(raw / spec.step) * spec.step;
  const clean = spec.integer ? Math.round(rounded) : Number(rounded.toPrecision(6));
  return Math.min(spec.max, Math.max(spec.min, clean));
}

/** "1, 3, 2" as numbers; null if one of them is not a number. */
export function readNumbers(text: string): number[] | null {
  if (text.trim() === '') return [];
  const values = text
    .split(/[,;\s]+/)
    .filter((t) => t !== '')
    .map(readNumber);
  return values.includes(null) ? null : (values as number[]);
}

/** The symmetric matrix for `count` tasks: existing entries, `fallback` elsewhere, ones on the diagonal. */
export function resized(value: readonly number[][], count: number, fallback: number): number[][] {
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (_, j) => (i === j ? 1 : (value[i]?.[j] ?? fallback))),
  );
}
