// A column as typed arrays, and which task it could be. How its text is read is decided in readColumns.ts.
import type { Note } from '../core/notes.ts';
import type { DroppedLines } from './formats/format.ts';
import type { ColumnPreview } from './preview.ts';
import type { ColumnType } from './reading.ts';
import type { Split, TaskTypeId } from './table.ts';

type SplitName = keyof Split;

/** Most classes of a target, and most values of a text column that is taken for categories without question. */
export const MAX_CLASSES = 50;
/** Numbers in whole steps with at most this many values suggest classes. */
const MAX_INTEGER_CLASSES = 10;

/** A date is never trained on as it is: its parts are, see dateParts.ts. */
export type ColumnKind = 'numeric' | 'categorical' | 'date';

export interface MarkerCount {
  text: string;
  count: number;
}

/** A column as typed arrays; its cells can be dropped afterwards. */
export interface Column {
  name: string;
  kind: ColumnKind;
  /** Why it is of that kind, for people. */
  reason: string;
  rows: number;
  missing: number;
  /** Texts that were taken for missing, empty cells not counted. */
  markers: readonly MarkerCount[];
  /** Numeric: one per row, NaN where missing. Date: milliseconds since 1970-01-01 UTC. Otherwise empty. */
  numbers: Float64Array;
  /** Categorical: index into `values` per row, -1 where missing. Otherwise empty. */
  codes: Int32Array;
  /** Number of different values, without missing. */
  distinct: number;
  /** The different values, sorted; of a numeric column at most the MAX_CLASSES smallest. */
  values: string[];
  /** The type was given by a setting. */
  isAsked: boolean;
  /** The date whose part it is. */
  partOf?: string;
  /** The type that reads other cells as these were read, notation included; that of its kind where left out. */
  readAs?: ColumnType;
  /** It is to be left out, as its type says. */
  isIgnored?: boolean;
  /** Texts that are no numbers, in the order of the file; of a numeric column only where the type was given. */
  texts: CellsOfText;
  /** Numbers beyond float32, infinity included; the column cannot be used while they stand. */
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
  /** Per row 0 for training, 1 for validation, 2 for test, where the file says so. */
  split?: Uint8Array;
  /** The files that it is joined of, in their order, where splits have files of their own. */
  files?: { name: string; split: SplitName; rows: number }[];
  /** Lines of the file that are no rows, per reason. */
  dropped: readonly DroppedLines[];
  /** The cells of the first line where that names no columns; null where it does. */
  firstRow: string[] | null;
  /** What happened while reading: lines left out, renamed headers, notation of numbers, spoilt columns. */
  notes: Note[];
}

/** Cells that stand out, with the first few of them. */
export interface CellsOfText {
  count: number;
  /** At most FIRST_CELLS different texts, each with the line of the file, or where it has no lines the row, where it is first met. */
  first: { text: string; line: number }[];
  /** What `line` counts: rows where the file has no lines. */
  unit?: 'line' | 'row';
}

export const FIRST_CELLS = 3;
export const NO_CELLS: CellsOfText = { count: 0, first: [] };

/** `"unknown" (line 79), "n.s." (line 90), 4 cells in all` */
export function describeCells({ count, first, unit = 'line' }: CellsOfText): string {
  const list = first.map(({ text, line }) => `"${text}" (${unit} ${line})`).join(', ');
  return count > first.length ? `${list}, ${count} cells in all` : list;
}

/** Text among at least this share of numbers spoils a column of numbers rather than naming categories. */
export const MOSTLY_NUMERIC = 0.5;

export const isSpoilt = ({ kind, texts, rows, missing }: Column): boolean =>
  kind === 'categorical' && texts.count > 0 && texts.count <= (1 - MOSTLY_NUMERIC) * (rows - missing);

export const isMissing = ({ kind, numbers, codes }: Column, row: number): boolean =>
  kind === 'categorical' ? codes[row] === -1 : Number.isNaN(numbers[row]);

/** Index into `values` per row, -1 where missing; of a numeric column with at most MAX_CLASSES values. */
export function classCodes({ kind, numbers, codes, values }: Column): Int32Array {
  if (kind === 'categorical') return codes;
  const codeOf = new Map(values.map((text, code) => [Number(text), code]));
  return Int32Array.from(numbers, (value) => codeOf.get(value) ?? -1);
}

/** Text that differs in most rows names rows rather than describing them. */
export function isIdentifier({ kind, distinct, rows, missing, isAsked }: Column): boolean {
  return kind === 'categorical' && !isAsked && distinct > Math.max(MAX_CLASSES, (rows - missing) / 2);
}

/** The task a column suggests as a target, or why it can be none. */
export function suggestTask({ kind, distinct, values }: Column): { type: TaskTypeId } | { reason: string } {
  if (distinct < 2) return { reason: distinct === 0 ? 'no values' : 'only one value' };
  if (kind === 'date') return { reason: 'dates, which are read as features' };
  if (distinct === 2) return { type: 'binary' };
  if (kind === 'numeric') {
    const areClasses = distinct <= MAX_INTEGER_CLASSES && values.every((v) => Number.isInteger(Number(v)));
    return { type: areClasses ? 'multiclass' : 'regression' };
  }
  if (distinct <= MAX_CLASSES) return { type: 'multiclass' };
  return { reason: `${distinct} different texts, at most ${MAX_CLASSES} can be classes` };
}

export function previewColumn(column: Column): ColumnPreview {
  const { name, kind, distinct, missing, values } = column;
  const suggestion = suggestTask(column);
  const preview = { name, kind, distinct, missing, examples: values.slice(0, 4) };
  return 'type' in suggestion
    ? { ...preview, suggestedTask: suggestion.type }
    : { ...preview, suggestedTask: null, reason: suggestion.reason };
}
