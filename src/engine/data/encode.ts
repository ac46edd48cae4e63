// Encodes columns for the models: standardised numbers and codes. All statistics are fitted on the training rows only.
import { defineParams } from '../config/defineParams.ts';
import type { Standardisation } from './table.ts';

/** Settings common to all sources. */
export const encodeParams = defineParams([
  {
    kind: 'switch',
    key: 'standardiseTargets',
    label: 'Standardise',
    help: 'Regression targets to mean 0 and standard deviation 1, fitted on the training split. Without it the task with the largest variance dominates the loss. Metrics are reported in the units of the label either way.',
    caption: 'targets, train split',
    default: true,
  },
  {
    kind: 'switch',
    key: 'standardiseFeatures',
    label: 'Scale features',
    help: 'Numeric features to mean 0 and standard deviation 1, fitted on the training split.',
    caption: 'numeric, train split',
    default: true,
    advanced: true,
  },
]);

export const IDENTITY: Standardisation = { mean: 0, scale: 1 };

/** Two units of float64 rounding: values that differ by no more than this, relative to the largest, count as equal. */
const CONSTANT_RANGE = 2 * 2 ** -52;

export interface Fit {
  scaling: Standardisation;
  /** Number of known values among the rows. */
  known: number;
  /** No two known values differ by more than rounding; `scale` is then 1. */
  isConstant: boolean;
}

/**
 * Mean and population standard deviation of the known values over `rows`, in float64 and in two passes over differences from
 * `origin`, so that a column far from 0 keeps its digits. Without known values: mean 0, scale 1.
 * @param column - NaN = missing
 * @param origin - a value near the column's values; default: the first known one
 */
export function fitColumn(column: ArrayLike<number>, rows: ArrayLike<number>, origin?: number): Fit {
  const values = knownOf(column, rows);
  const known = values.length;
  if (known === 0) return { scaling: IDENTITY, known, isConstant: true };
  const shift = origin ?? (values[0] as number);
  let [sum, least, most, furthest] = [0, values[0] as number, values[0] as number, 0];
  for (let i = 0; i < known; i++) {
    const value = values[i] as number;
    const distance = value - shift;
    sum += distance;
    least = Math.min(least, value);
    most = Math.max(most, value);
    furthest = Math.max(furthest, Math.abs(distance));
  }
  const offset = sum / known;
  const isConstant = most - least <= CONSTANT_RANGE * Math.max(Math.abs(least), Math.abs(most));
  // Dividing by a power of two is exact, and keeps the squares of 1e200 and 1e-200 within range.
  const unit = furthest > 0 ? 2 ** Math.floor(Math.log2(furthest)) : 1;
  let squares = 0;
  for (let i = 0; i < known; i++) squares += (((values[i] as number) - shift - offset) / unit) ** 2;
  const scale = isConstant ? 1 : Math.sqrt(squares / known) * unit;
  return { scaling: scalingOf(shift, offset, scale), known, isConstant };
}

/** The values over `rows` that are not NaN. Loops: `from` and `filter` with a function take ten times as long. */
function knownOf(column: ArrayLike<number>, rows: ArrayLike<number>): Float64Array {
  const values = new Float64Array(rows.length);
  let known = 0;
  for (let i = 0; i < rows.length; i++) {
    const value = column[rows[i] as number] as number;
    if (!Number.isNaN(value)) values[known++] = value;
  }
  return values.subarray(0, known);
}

/** The mean `shift + offset` as a float64, and its rounding error (Knuth's two-sum). */
function scalingOf(shift: number, offset: number, scale: number): Standardisation {
  const mean = shift + offset;
  const part = mean - shift;
  const rest = shift - (mean - part) + (offset - part);
  return rest === 0 ? { mean, scale } : { mean, rest, scale };
}

/** (value - mean) / scale in float64; rounded to float32 when stored. */
export const standardised = (value: number, { mean, rest = 0, scale }: Standardisation): number =>
  (value - mean - rest) / scale;

/**
 * Whether float32 stores different numbers of the column as the same value, as happens beside an outlier.
 * @param column - NaN = missing
 */
export function mergesValues(column: Float64Array, scaling: Standardisation): boolean {
  const sorted = new Float64Array(column.length);
  let known = 0;
  for (let i = 0; i < column.length; i++) {
    const value = column[i] as number;
    if (!Number.isNaN(value)) sorted[known++] = value;
  }
  sorted.subarray(0, known).sort();
  let [before, storedBefore] = [Number.NaN, Number.NaN];
  for (let i = 0; i < known; i++) {
    const value = sorted[i] as number;
    const stored = Math.fround(standardised(value, scaling));
    if (value !== before && stored === storedBefore) return true;
    [before, storedBefore] = [value, stored];
  }
  return false;
}

/** Inverse of `standardised`: in the column's units. */
export const restored = (value: number, { mean, rest = 0, scale }: Standardisation): number =>
  value * scale + rest + mean;

/** Standardises in place. */
export function standardise(column: Float32Array, scaling: Standardisation): void {
  for (let i = 0; i < column.length; i++) column[i] = standardised(column[i] as number, scaling);
}

/** Inner edges that divide the training rows into `bins` parts of equal size. */
export function fitQuantiles(column: ArrayLike<number>, rows: Uint32Array, bins: number): Float64Array {
  const sorted = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) sorted[i] = column[rows[i] as number] as number;
  sorted.sort();
  return Float64Array.from({ length: bins - 1 }, (_, i) => {
    const position = ((i + 1) * sorted.length) / bins;
    const above = Math.min(sorted.length - 1, Math.floor(position));
    const below = Math.max(0, above - 1);
    return ((sorted[above] as number) + (sorted[below] as number)) / 2;
  });
}

/** Code of each value: the number of edges at or below it, 0 to edges.length. */
export function binCodes(column: ArrayLike<number>, edges: Float64Array): Int32Array {
  const codes = new Int32Array(column.length);
  for (let i = 0; i < column.length; i++) {
    const value = column[i] as number;
    let code = 0;
    while (code < edges.length && value >= (edges[code] as number)) code++;
    codes[i] = code;
  }
  return codes;
}
