// Columns whose scale a few far values decide: scaled by it, all others are nearly one number for a network.
import { formatName } from '../config/names.ts';
import type { Note } from '../core/notes.ts';

/** The middle nine tenths of the values lie within this share of the standard deviation. */
const HIDDEN = 1e-3;
const ENDS = 0.05;
/** Number of rows that tell where most values lie: to sort a million per column would take seconds. */
const SAMPLE = 2000;

/**
 * @param numbers - of the column, NaN = missing
 * @param rows - training rows, in random order
 * @param scale - the standard deviation of these
 * @param isTarget - a target cannot be cut off
 */
export function outlierNotes(
  name: string,
  numbers: Float64Array,
  rows: ArrayLike<number>,
  scale: number,
  isTarget: boolean,
): Note[] {
  const sample: number[] = [];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < rows.length; i++) {
    const value = numbers[rows[i] as number] as number;
    if (Number.isNaN(value)) continue;
    if (sample.length < SAMPLE) sample.push(value);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const known = Float64Array.from(sample).sort();
  const at = (share: number) => known[Math.round(share * (known.length - 1))] as number;
  const range = at(1 - ENDS) - at(ENDS);
  // Columns of one value with a few others are no such case: the others are what they say.
  if (!(range > 0 && range < HIDDEN * scale)) return [];
  const middle = at(0.5);
  const far = middle - low > high - middle ? low : high;
  const short = (value: number) => String(Number(value.toPrecision(3)));
  const tail = isTarget
    ? ''
    : `, or list the column in data.clip or data.logScale, as data.clip=${formatName(name)}`;
  return [
    {
      code: 'scale-of-outliers',
      column: name,
      text: `Column ${name}: nine in ten training values lie within ${short(range)}, and their standard deviation is ${short(scale)}, because of values such as ${far}. Scaled by it, all others are nearly alike for networks. Correct such cells, count them as missing with data.missingMarkers=auto,${far}${tail}.`,
    },
  ];
}
