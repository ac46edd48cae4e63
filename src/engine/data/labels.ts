// Missing labels, per task. In a dataset such a label is NaN, which cannot be mistaken for a number; on a device, where NaN may
// not survive, it is a number that no label has.
import type { Dataset, Split } from './table.ts';

/** Stands for a missing label in a batch: the lowest float32. Used as a label, its squared error would be infinite. */
export const MISSING_LABEL = -(2 - 2 ** -23) * 2 ** 127;

export const isLabelled = (label: number): boolean => !Number.isNaN(label);

/** @param column - labels of a task, NaN where missing */
export const hasMissingLabels = (column: ArrayLike<number>): boolean => {
  for (let row = 0; row < column.length; row++) if (Number.isNaN(column[row])) return true;
  return false;
};

/** The rows that have a label; the same array if all have one. */
export function labelledOf(column: ArrayLike<number>, rows: Uint32Array): Uint32Array {
  if (countLabelled(column, rows) === rows.length) return rows;
  return rows.filter((row) => isLabelled(column[row] as number));
}

/** How many of `rows[from..to)` have a label. */
export function countLabelled(
  column: ArrayLike<number>,
  rows: Uint32Array,
  from = 0,
  to = rows.length,
): number {
  let count = 0;
  for (let i = from; i < to; i++) if (isLabelled(column[rows[i] as number] as number)) count++;
  return count;
}

/** Labelled rows per split. */
export type LabelCounts = Record<keyof Split, number>;

/** Per task. */
export const labelCountsOf = ({ targets, split }: Pick<Dataset, 'targets' | 'split'>): LabelCounts[] =>
  targets.map((column) => ({
    train: countLabelled(column, split.train),
    validation: countLabelled(column, split.validation),
    test: countLabelled(column, split.test),
  }));
