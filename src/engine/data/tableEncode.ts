// Columns of a table into codes and numbers. Categories are counted and means are fitted on the training rows only.
import { type Column, isMissing } from './columns.ts';
import { fitStandardisation } from './encode.ts';

/** `wanted`, or `wanted (2)` and so on where the table has that text already. */
function freeName(wanted: string, taken: readonly string[]): string {
  let name = wanted;
  for (let k = 2; taken.includes(name); k++) name = `${wanted} (${k})`;
  return name;
}

export interface Categories {
  /** Names of the codes: the values of the column, then "other" and "missing" where they are needed. */
  names: string[];
  /** Code of each value of the column. */
  codeOfValue: Int32Array;
  /** Code of a missing cell, -1 where none is missing. */
  missingCode: number;
  /** Number of rare values merged into "other". */
  merged: number;
  /** Number of names that no training row has. */
  untrained: number;
}

/**
 * @param rows - rows of the file that are kept
 * @param train - positions in `rows`
 * @param rareBelow - values with fewer training rows than this are merged; 0 keeps all
 */
export function fitCategories(
  column: Column,
  rows: readonly number[],
  train: Uint32Array,
  rareBelow: number,
): Categories {
  const { values, codes } = column;
  const counts = new Int32Array(values.length);
  let missingInTraining = 0;
  for (const position of train) {
    const code = codes[rows[position] as number] as number;
    if (code < 0) missingInTraining++;
    else counts[code] = (counts[code] as number) + 1;
  }
  const names: string[] = [];
  const nameCounts: number[] = [];
  const append = (name: string, count: number) => {
    nameCounts.push(count);
    return names.push(name) - 1;
  };
  const codeOfValue = Int32Array.from(values, (value, code) => {
    const count = counts[code] as number;
    return count < rareBelow ? -1 : append(value, count);
  });
  const merged = codeOfValue.reduce((sum, code) => sum + (code < 0 ? 1 : 0), 0);
  if (merged > 0) {
    const count = counts.reduce((sum, n, code) => sum + (codeOfValue[code] === -1 ? n : 0), 0);
    const other = append(freeName('other', values), count);
    codeOfValue.forEach((code, value) => {
      if (code < 0) codeOfValue[value] = other;
    });
  }
  const hasMissing = rows.some((row) => codes[row] === -1);
  const missingCode = hasMissing ? append(freeName('missing', values), missingInTraining) : -1;
  return { names, codeOfValue, missingCode, merged, untrained: nameCounts.filter((n) => n === 0).length };
}

/** One code per kept row. */
export function encodeCategories({ codes }: Column, rows: readonly number[], fitted: Categories): Int32Array {
  return Int32Array.from(rows, (row) => {
    const code = codes[row] as number;
    return code < 0 ? fitted.missingCode : (fitted.codeOfValue[code] as number);
  });
}

/** One number per kept row, missing ones replaced by the mean of the training rows (0 when all of those miss it). */
export function imputeNumbers(column: Column, rows: readonly number[], train: Uint32Array) {
  const values = Float32Array.from(rows, (row) => column.numbers[row] as number);
  const known = train.filter((position) => !Number.isNaN(values[position]));
  const mean = known.length > 0 ? fitStandardisation(values, known).mean : 0;
  const missing = new Uint8Array(rows.length);
  rows.forEach((row, position) => {
    if (!isMissing(column, row)) return;
    values[position] = mean;
    missing[position] = 1;
  });
  const imputed = missing.reduce((sum, m) => sum + m, 0);
  return { values, missing: imputed > 0 ? missing : null, imputed };
}
