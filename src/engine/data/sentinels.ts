// Numbers that may stand for missing values, such as -999: noted and left as they are, for nobody but the table's maker knows.
import type { Note } from '../core/notes.ts';
import { type Column, isMissing } from './columns.ts';

/** A marker occurs in several rows, and in at most this share of them. */
const MOST = 0.5;

/** 99, -999, 9999: written by programs that had no other sign for "not known". */
const isNines = (value: number): boolean => /^-?99+$/.test(String(value));

/**
 * @param rows - rows of the table that are kept
 * @returns a note if the smallest or the largest number of a column consists of nines and lies apart from all others
 */
export function sentinelNotes(column: Column, rows: readonly number[]): Note[] {
  const all = summaryOf(column, rows);
  for (const value of [all.low, all.high].filter(isNines)) {
    const others = summaryOf(column, rows, value);
    const count = all.count - others.count;
    if (count < 2 || count > MOST * all.count || !(others.high > others.low)) continue;
    const gap = value < others.low ? others.low - value : value - others.high;
    // Further away than the others are from each other, or below zero where nothing else is.
    if (gap <= others.high - others.low && !(value < 0 && others.low >= 0)) continue;
    const range = [others.low, others.high].map((v) => Number(v.toPrecision(4))).join(' to ');
    const text = `Column ${column.name} holds ${value} in ${count} rows, apart from all other numbers (${range}): it may stand for missing values. If so, set data.missingMarkers to auto,${value}.`;
    return [{ code: 'number-may-mean-missing', column: column.name, text }];
  }
  return [];
}

/** Count, smallest and largest of the numbers that are known. @param without - a number that is left out */
function summaryOf(column: Column, rows: readonly number[], without = Number.NaN) {
  let [count, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    const value = column.numbers[row] as number;
    if (isMissing(column, row) || value === without) continue;
    count++;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { count, low, high };
}
