// What the text of a column means: numbers or categories, how much is missing, and which task it could be.
import type { Note } from '../core/notes.ts';
import type { ColumnPreview } from '../protocol.ts';
import type { TaskTypeId } from './table.ts';

const MISSING = new Set(['', 'na', 'nan', 'null', '?']);
/** Most classes of a target, and most values of a text column that is taken for categories without question. */
export const MAX_CLASSES = 50;
/** Numbers in whole steps with at most this many values suggest classes. */
const MAX_INTEGER_CLASSES = 10;
/** Share of numbers above which a column of categories looks like a spoilt column of numbers. */
const NEARLY_NUMERIC = 0.9;

/** A column as typed arrays; its cells can be dropped afterwards. */
export interface Column {
  name: string;
  kind: 'numeric' | 'categorical';
  rows: number;
  missing: number;
  /** Numeric: one per row, NaN where missing. Otherwise empty. */
  numbers: Float64Array;
  /** Categorical: index into `values` per row, -1 where missing. Otherwise empty. */
  codes: Int32Array;
  /** Number of different values, without missing. */
  distinct: number;
  /** The different values, sorted; of a numeric column at most the MAX_CLASSES smallest. */
  values: string[];
  /** What a user should know of how it was read. */
  note?: Note;
}

/** Numeric when every cell that is there reads as a finite number. */
export function readColumn(name: string, cells: readonly string[]): Column {
  const isThere = (cell: string) => !MISSING.has(cell.toLowerCase());
  const numbers = Float64Array.from(cells, (cell) => (isThere(cell) ? Number(cell) : Number.NaN));
  const present = cells.filter(isThere);
  const readable = numbers.reduce((count, n) => count + (Number.isFinite(n) ? 1 : 0), 0);
  const base = { name, rows: cells.length, missing: cells.length - present.length };
  if (present.length > 0 && readable === present.length) {
    const distinct = Float64Array.from(new Set(numbers.filter(Number.isFinite))).sort();
    const values = Array.from(distinct.subarray(0, MAX_CLASSES), String);
    return { ...base, kind: 'numeric', numbers, codes: new Int32Array(0), distinct: distinct.length, values };
  }
  const values = [...new Set(present)].sort();
  const codeOf = new Map(values.map((text, code) => [text, code]));
  const codes = Int32Array.from(cells, (cell) => (isThere(cell) ? (codeOf.get(cell) ?? -1) : -1));
  const column: Column = {
    ...base,
    kind: 'categorical',
    numbers: new Float64Array(0),
    codes,
    distinct: values.length,
    values,
  };
  if (readable < NEARLY_NUMERIC * present.length || present.length === 0) return column;
  const spoiling = present.find((cell) => !Number.isFinite(Number(cell)));
  return {
    ...column,
    note: {
      code: 'column-read-as-categories',
      text: `Column ${name} is read as categories because of values such as "${spoiling}".`,
    },
  };
}

export const isMissing = ({ kind, numbers, codes }: Column, row: number): boolean =>
  kind === 'numeric' ? Number.isNaN(numbers[row]) : codes[row] === -1;

/** Index into `values` per row, -1 where missing; of a numeric column with at most MAX_CLASSES values. */
export function classCodes({ kind, numbers, codes, values }: Column): Int32Array {
  if (kind === 'categorical') return codes;
  const codeOf = new Map(values.map((text, code) => [Number(text), code]));
  return Int32Array.from(numbers, (value) => codeOf.get(value) ?? -1);
}

/** Text that differs in most rows names rows rather than describing them. */
export function isIdentifier({ kind, distinct, rows, missing }: Column): boolean {
  return kind === 'categorical' && distinct > Math.max(MAX_CLASSES, (rows - missing) / 2);
}

/** The task a column suggests as a target, or why it can be none. */
export function suggestTask({ kind, distinct, values }: Column): { type: TaskTypeId } | { reason: string } {
  if (distinct < 2) return { reason: distinct === 0 ? 'no values' : 'only one value' };
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
