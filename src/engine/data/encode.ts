// Columns into what models read: standardised numbers and codes. Everything is fitted on the training rows only.
import type { ParamSpec } from '../config/params.ts';
import type { Standardisation } from './table.ts';

/** Settings every source shares. */
export const encodeParams: readonly ParamSpec[] = [
  {
    kind: 'switch',
    key: 'standardiseTargets',
    label: 'Standardise',
    help: 'Regression targets to mean 0 and standard deviation 1, fitted on the training split. Without it the task with the largest variance rules the loss. Metrics are reported in the units of the label either way.',
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
];

export const IDENTITY: Standardisation = { mean: 0, scale: 1 };

/** Mean and population standard deviation over `rows`; a constant column gets scale 1. Two passes in float64. */
export function fitStandardisation(column: ArrayLike<number>, rows: Uint32Array): Standardisation {
  let sum = 0;
  for (const row of rows) sum += column[row] as number;
  const mean = sum / rows.length;
  let squares = 0;
  for (const row of rows) squares += ((column[row] as number) - mean) ** 2;
  const scale = Math.sqrt(squares / rows.length);
  return { mean, scale: scale > 1e-12 * Math.max(1, Math.abs(mean)) ? scale : 1 };
}

/** In place: (value - mean) / scale. */
export function standardise(column: Float32Array, { mean, scale }: Standardisation): void {
  for (let i = 0; i < column.length; i++) column[i] = ((column[i] as number) - mean) / scale;
}

/** Inner edges that cut the training rows into `bins` parts of equal size. */
export function fitQuantiles(column: ArrayLike<number>, rows: Uint32Array, bins: number): Float64Array {
  const sorted = Float64Array.from(rows, (row) => column[row] as number).sort();
  return Float64Array.from({ length: bins - 1 }, (_, i) => {
    const position = ((i + 1) * sorted.length) / bins;
    const above = Math.min(sorted.length - 1, Math.floor(position));
    const below = Math.max(0, above - 1);
    return ((sorted[above] as number) + (sorted[below] as number)) / 2;
  });
}

/** Number of edges below or at each value: a code from 0 to edges.length. */
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
