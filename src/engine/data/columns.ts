// A column as typed arrays, and which task it could be a target of. How its text is read is decided in readColumns.ts.

import { clip } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import type { DroppedLines } from './formats/format.ts';
import type { ColumnPreview } from './preview.ts';
import type { ColumnType } from './reading.ts';
import type { Split, TaskTypeId } from './table.ts';

type SplitName = keyof Split;

/** The largest number of classes of a target, and of values of a text column that is taken for categories without a note. */
export const MAX_CLASSES = 50;
/** Integers with at most this many distinct values suggest classes. */
const MAX_INTEGER_CLASSES = 10;

/** A date is never a feature itself; its parts are, see dateParts.ts. */
export type ColumnKind = 'numeric' | 'categorical' | 'date';

export interface MarkerCount {
  text: string;
  count: number;
}

/** A column as typed arrays; its text cells can be released afterwards. */
export interface Column {
  name: string;
  kind: ColumnKind;
  /** Why it has this kind, shown to the user. */
  reason: string;
  rows: number;
  missing: number;
  /** Texts that were taken for missing; empty cells are not counted. */
  markers: readonly MarkerCount[];
  /** Numeric: one per row, NaN where missing. Date: milliseconds since 1970-01-01 UTC. Otherwise empty. */
  numbers: Float64Array;
  /** Categorical: index into `values` per row, -1 where missing. Otherwise empty. */
  codes: Int32Array;
  /** Number of distinct values, missing ones excluded. */
  distinct: number;
  /** The distinct values, sorted; for a numeric column at most the MAX_CLASSES smallest. */
  values: string[];
  /** Where each of `values` stands first, if the column was read from text and has at most MAX_CLASSES of them. */
  firstPlaces?: { lines: number[]; unit?: 'line' | 'row' };
  /** The type was set by the user. */
  isAsked: boolean;
  /** The date column whose part this is. */
  partOf?: string;
  /** The type that reads other cells as these were read, notation included; that of its kind where left out. */
  readAs?: ColumnType;
  /** It is to be left out, as its type says. */
  isIgnored?: boolean;
  /** Texts that are not numbers, in file order; for a numeric column only if the type was set. */
  texts: CellsOfText;
  /** Numbers beyond float32, infinity included; a column with any cannot be used. */
  beyond: CellsOfText;
}

/** A file as typed columns. */
export interface ParsedTable {
  /** Name of the file. */
  name: string;
  /** Id of the format that it was read as. */
  format: string;
  rows: number;
  columns: Column[];
  /** Per row: 0 training, 1 validation, 2 test; present if the file defines the split. */
  split?: Uint8Array;
  /** The files that it is joined of, in their order, where splits have files of their own. */
  files?: { name: string; split: SplitName; rows: number }[];
  /** Lines of the file that are no rows, per reason. */
  dropped: readonly DroppedLines[];
  /** The cells of the first line if it does not name the columns; null if it does. */
  firstRow: string[] | null;
  /** Notes from reading: lines left out, renamed headers, number notation, columns spoilt by texts. */
  notes: Note[];
}

/** Unusual cells, with the first few of them. */
export interface CellsOfText {
  count: number;
  /** At most FIRST_CELLS distinct texts, each with the line where it occurs first, or the row if the file has no lines. */
  first: { text: string; line: number }[];
  /** What `line` counts: rows if the file has no lines. */
  unit?: 'line' | 'row';
}

export const FIRST_CELLS = 3;
export const NO_CELLS: CellsOfText = { count: 0, first: [] };

/** `"unknown" (line 79), "n.s." (line 90), 4 cells in all` */
export function describeCells({ count, first, unit = 'line' }: CellsOfText): string {
  const list = first.map(({ text, line }) => `"${clip(text)}" (${unit} ${line})`).join(', ');
  return count > first.length ? `${list}, ${count} cells in all` : list;
}

/**
 * If at least this share of the cells are numbers, text among them is an error in a column of numbers, not a sign of
 * categories.
 */
export const MOSTLY_NUMERIC = 0.5;

export const isSpoilt = ({ kind, texts, rows, missing }: Column): boolean =>
  kind === 'categorical' && texts.count > 0 && texts.count <= (1 - MOSTLY_NUMERIC) * (rows - missing);

export const isMissing = ({ kind, numbers, codes }: Column, row: number): boolean =>
  kind === 'categorical' ? codes[row] === -1 : Number.isNaN(numbers[row]);

/** In how many of the rows the cell is missing. */
export function countMissing(column: Column, rows: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < rows.length; i++) if (isMissing(column, rows[i] as number)) count++;
  return count;
}

/** Index into `values` per row, -1 where missing; for numeric columns with at most MAX_CLASSES values too. */
export function classCodes({ kind, numbers, codes, values }: Column): Int32Array {
  if (kind === 'categorical') return codes;
  const codeOf = new Map(values.map((text, code) => [Number(text), code]));
  return Int32Array.from(numbers, (value) => codeOf.get(value) ?? -1);
}

/** Text that is different in most rows identifies rows instead of describing them. */
export function isIdentifier({ kind, distinct, rows, missing, isAsked }: Column): boolean {
  return kind === 'categorical' && !isAsked && distinct > Math.max(MAX_CLASSES, (rows - missing) / 2);
}

/** The task type for a column as target, or why it cannot be a target. */
export function suggestTask({ kind, distinct, values }: Column): { type: TaskTypeId } | { reason: string } {
  if (distinct < 2) return { reason: distinct === 0 ? 'no values' : 'only one value' };
  if (kind === 'date') return { reason: 'dates, which are read as features' };
  if (distinct === 2) return { type: 'binary' };
  if (kind === 'numeric') {
    const areClasses = distinct <= MAX_INTEGER_CLASSES && values.every((v) => Number.isInteger(Number(v)));
    return { type: areClasses ? 'multiclass' : 'regression' };
  }
  if (distinct <= MAX_CLASSES) return { type: 'multiclass' };
  return {
    reason: `${distinct.toLocaleString('en')} different texts, at most ${MAX_CLASSES} can be classes`,
  };
}

export function previewColumn(column: Column): ColumnPreview {
  const { name, kind, distinct, missing, values } = column;
  const suggestion = suggestTask(column);
  const preview = { name, kind, distinct, missing, examples: values.slice(0, 4) };
  return 'type' in suggestion
    ? { ...preview, suggestedTask: suggestion.type }
    : { ...preview, suggestedTask: null, reason: suggestion.reason };
}
