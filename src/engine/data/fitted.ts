// The fitted statistics of a table's columns: plain data, enough to encode another file in the same way. Statistics come from
// the training rows alone. `fit...` makes them, `apply...` encodes cells with them; nothing else does either.
import { type Column, classCodes, isMissing } from './columns.ts';
import { fitColumn, IDENTITY, mergesValues, standardised } from './encode.ts';
import type { RareRule } from './rare.ts';
import type { FittedCategories, FittedNumbers, FittedTarget } from './table.ts';
import type { Target } from './tableTargets.ts';
import { type FittedTail, fitTail, shaped } from './tails.ts';

// Loops over rows, because `from`, `map` and `filter` with a function take ten times as long on a million of them.

/** File rows of the positions in `rows`. */
export function rowsAt(rows: readonly number[], positions: Uint32Array): Uint32Array {
  const found = new Uint32Array(positions.length);
  for (let i = 0; i < found.length; i++) found[i] = rows[positions[i] as number] as number;
  return found;
}

/**
 * @param rows - the file's rows that are kept
 * @param train - positions in `rows`
 */
export function fitNumbers(
  column: Column,
  rows: readonly number[],
  train: Uint32Array,
  isScaled: boolean,
  replaceBy: 'mean' | 'median' = 'mean',
  shape: FittedTail['kind'] | null = null,
): FittedNumbers {
  const inTraining = rowsAt(rows, train);
  const tail =
    shape &&
    fitTail(
      shape,
      Array.from(inTraining, (row) => column.numbers[row] as number),
    );
  const numbers = shapedNumbers(column, tail ?? undefined);
  const { scaling } = fitColumn(numbers, inTraining);
  return {
    kind: 'numeric',
    name: column.name,
    scaling: isScaled ? scaling : IDENTITY,
    fill: replaceBy === 'median' ? medianOf(numbers, inTraining) : scaling.mean,
    ...(replaceBy === 'median' ? { fillBy: replaceBy } : {}),
    ...(tail ? { tail } : {}),
  };
}

const shapedNumbers = ({ numbers }: Column, tail: FittedTail | undefined): Float64Array =>
  tail ? numbers.map((value) => shaped(value, tail)) : numbers;

/** Median of the known values over the rows; 0 if none is known, as for the mean. */
function medianOf(numbers: Float64Array, rows: Uint32Array): number {
  const known = Float64Array.from(rows, (row) => numbers[row] as number)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const middle = known.length / 2;
  const [below = 0, above = 0] = [known[Math.ceil(middle) - 1], known[Math.floor(middle)]];
  // Halved first, because the sum of two large numbers may overflow.
  return below / 2 + above / 2;
}

export interface EncodedNumbers {
  /** Encoded values, [rows]. */
  values: Float32Array;
  /** 1 where the cell is missing and `values` holds its replacement; null if no cell is missing. [rows] */
  missing: Uint8Array | null;
  /** The original numbers, if `values` merges some that differ; NaN = missing. [rows] */
  exact: Float64Array | null;
}

/** One number per kept row. */
export function applyNumbers(
  column: Column,
  rows: readonly number[],
  { scaling, fill, tail }: FittedNumbers,
): EncodedNumbers {
  const numbers = shapedNumbers(column, tail);
  const replacement = fill === scaling.mean ? 0 : standardised(fill, scaling);
  const values = new Float32Array(rows.length);
  const missing = new Uint8Array(rows.length);
  const exact = new Float64Array(rows.length);
  let hasMissing = false;
  for (let position = 0; position < rows.length; position++) {
    const row = rows[position] as number;
    const value = numbers[row] as number;
    exact[position] = value;
    const isGone = isMissing(column, row);
    values[position] = isGone ? replacement : standardised(value, scaling);
    if (!isGone) continue;
    missing[position] = 1;
    hasMissing = true;
  }
  return {
    values,
    missing: hasMissing ? missing : null,
    exact: mergesValues(exact, scaling) ? exact : null,
  };
}

/** `wanted`, or `wanted (2)` and so on if the table already has that name. */
function freeName(wanted: string, taken: readonly string[]): string {
  let name = wanted;
  for (let k = 2; taken.includes(name); k++) name = `${wanted} (${k})`;
  return name;
}

/** How often each value of a categorical column occurs in the given rows, and how often it is missing. */
export function countValues({ values, codes }: Column, rows: Iterable<number>) {
  const counts = new Int32Array(values.length);
  let missing = 0;
  for (const row of rows) {
    const code = codes[row] as number;
    if (code < 0) missing++;
    else counts[code] = (counts[code] as number) + 1;
  }
  return { counts, missing };
}

/** Values that the rule leaves no place of their own are read as "other", or as the most frequent one: the first of several. */
export function fitCategories(
  column: Column,
  rows: readonly number[],
  train: Uint32Array,
  rule: RareRule,
): FittedCategories {
  const { values, codes } = column;
  const { counts } = countValues(column, rowsAt(rows, train));
  const least = rule === 'frequent' ? 1 : rule.below;
  const names = values.filter((_, code) => (counts[code] as number) >= least);
  const append = (wanted: string) => names.push(freeName(wanted, values)) - 1;
  const frequent = values[counts.indexOf(Math.max(...counts))] as string;
  const other =
    names.length === values.length
      ? -1
      : rule === 'frequent' && names.length > 0
        ? names.indexOf(frequent)
        : append('other');
  const missing = rows.some((row) => codes[row] === -1) ? append('missing') : -1;
  return { kind: 'categorical', name: column.name, names, other, missing };
}

/** Code of each value of `column`; -1 for values without a code in the fitted column. */
export function codesOfValues({ values }: Column, { names, other, missing }: FittedCategories): Int32Array {
  const codeOf = new Map(names.map((name, code) => [name, code]));
  for (const own of [other, missing]) if (own >= 0) codeOf.delete(names[own] as string);
  return Int32Array.from(values, (value) => codeOf.get(value) ?? other);
}

/** One code per kept row; -1 where the fitted column has no code for the cell. */
export function applyCategories(
  column: Column,
  rows: readonly number[],
  fitted: FittedCategories,
): Int32Array {
  const codeOf = codesOfValues(column, fitted);
  const encoded = new Int32Array(rows.length);
  for (let position = 0; position < rows.length; position++) {
    const code = column.codes[rows[position] as number] as number;
    encoded[position] = code < 0 ? fitted.missing : (codeOf[code] as number);
  }
  return encoded;
}

export function fitTarget(
  { column, type, classes }: Target,
  rows: readonly number[],
  train: Uint32Array,
  isScaled: boolean,
): FittedTarget {
  const { name } = column;
  if (classes) return { name, type, classes, scaling: null };
  const { scaling } = isScaled ? fitColumn(column.numbers, rowsAt(rows, train)) : { scaling: IDENTITY };
  return { name, type, classes, scaling };
}

/**
 * One label per kept row: a standardised value, or a class index; NaN where it is missing or its class is unknown to the fitted
 * column.
 */
export function applyTarget(
  column: Column,
  rows: readonly number[],
  { classes, scaling }: FittedTarget,
): Float32Array {
  const labels = new Float32Array(rows.length);
  if (scaling) {
    for (let i = 0; i < rows.length; i++)
      labels[i] = standardised(column.numbers[rows[i] as number] as number, scaling);
    return labels;
  }
  const codes = classCodes(column);
  const codeOf = column.values.map((value) => {
    const code = classes?.indexOf(value) ?? -1;
    return code < 0 ? Number.NaN : code;
  });
  for (let i = 0; i < rows.length; i++) labels[i] = codeOf[codes[rows[i] as number] as number] ?? Number.NaN;
  return labels;
}
