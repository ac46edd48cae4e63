// What the text of a column means: numbers or categories, how much is missing, and which task it could be.
import type { ColumnPreview, TablePreview } from '../protocol.ts';
import type { RawTable } from './formats/format.ts';
import type { TaskTypeId } from './table.ts';

const MISSING = new Set(['', 'na', 'nan', 'null', 'none', '?']);
const MAX_CLASSES = 50;

export interface Column {
  name: string;
  kind: 'numeric' | 'categorical';
  rows: number;
  missing: number;
  /** NaN where missing; empty for categorical columns. */
  numbers: Float64Array;
  /** null where missing. */
  texts: (string | null)[];
  /** Sorted, without missing. */
  distinct: string[];
}

/** Numeric when every cell that is there reads as a finite number. */
export function readColumn(name: string, cells: readonly string[]): Column {
  const texts = cells.map((cell) => (MISSING.has(cell.toLowerCase()) ? null : cell));
  const numbers = Float64Array.from(texts, (t) => (t === null ? Number.NaN : Number(t)));
  const present = texts.filter((t): t is string => t !== null);
  const isNumeric = present.length > 0 && texts.every((t, i) => t === null || Number.isFinite(numbers[i]));
  const distinct = [...new Set(present)];
  distinct.sort(isNumeric ? (a, b) => Number(a) - Number(b) : undefined);
  return {
    name,
    kind: isNumeric ? 'numeric' : 'categorical',
    rows: cells.length,
    missing: cells.length - present.length,
    numbers: isNumeric ? numbers : new Float64Array(0),
    texts,
    distinct,
  };
}

/** Text that differs in most rows names rows rather than describing them. */
export function isIdentifier(column: Column): boolean {
  return column.kind === 'categorical' && column.distinct.length > Math.max(MAX_CLASSES, (column.rows - column.missing) / 2);
}

/** The task a column suggests as a target, or why it can be none. */
export function suggestTask(column: Column): { type: TaskTypeId } | { reason: string } {
  const { distinct, kind } = column;
  if (distinct.length < 2) return { reason: distinct.length === 0 ? 'no values' : 'only one value' };
  if (distinct.length === 2) return { type: 'binary' };
  if (kind === 'numeric') {
    const integers = distinct.every((d) => Number.isInteger(Number(d)));
    return { type: integers && distinct.length <= 10 ? 'multiclass' : 'regression' };
  }
  if (distinct.length > MAX_CLASSES) return { reason: `${distinct.length} different texts, at most ${MAX_CLASSES} can be classes` };
  return { type: 'multiclass' };
}

export function previewColumns(name: string, raw: RawTable, columns: readonly Column[]): TablePreview {
  return {
    name,
    rows: raw.rows,
    columns: columns.map((column): ColumnPreview => {
      const suggestion = suggestTask(column);
      const base = {
        name: column.name,
        kind: column.kind,
        distinct: column.distinct.length,
        missing: column.missing,
        examples: column.distinct.slice(0, 4),
      };
      return 'type' in suggestion
        ? { ...base, suggestedTask: suggestion.type }
        : { ...base, suggestedTask: null, reason: suggestion.reason };
    }),
    notes: raw.notes,
  };
}
