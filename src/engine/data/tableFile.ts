// A file as typed columns. Parsing is the expensive part of planning, and planning happens at every edit, so the last
// file is kept: by identity, and by content where a message brought a copy.
import type { Note } from '../core/notes.ts';
import type { ColumnPreview, TablePreview } from '../protocol.ts';
import { type Column, previewColumn, readColumn } from './columns.ts';
import { formatOf } from './formats/registry.ts';
import { positiveClass } from './positive.ts';
import type { FileInput } from './source.ts';

export interface ParsedTable {
  rows: number;
  columns: Column[];
  /** What happened while reading: ragged lines, renamed headers, spoilt numbers. */
  notes: Note[];
}

let last: { file: FileInput; table: ParsedTable } | null = null;

function isSame(a: FileInput, b: FileInput): boolean {
  if (a.name !== b.name || a.bytes.length !== b.bytes.length) return false;
  if (a.bytes === b.bytes) return true;
  for (let i = 0; i < a.bytes.length; i++) if (a.bytes[i] !== b.bytes[i]) return false;
  return true;
}

/** @throws WorkbenchError (file) */
export function parseTable(file: FileInput): ParsedTable {
  if (last && isSame(last.file, file)) return last.table;
  const raw = formatOf(file.name).read(file.bytes, file.name);
  const columns = raw.columns.map(({ name, cells }) => readColumn(name, cells));
  const table = { rows: raw.rows, columns, notes: [...raw.notes, ...columns.flatMap((c) => c.note ?? [])] };
  last = { file, table };
  return table;
}

const previewed = (column: Column): ColumnPreview =>
  column.distinct === 2
    ? { ...previewColumn(column), positive: positiveClass(column).positive }
    : previewColumn(column);

/** @throws WorkbenchError (file) */
export async function previewTable(file: FileInput): Promise<TablePreview> {
  const { rows, columns, notes } = parseTable(file);
  return { name: file.name, rows, columns: columns.map(previewed), notes };
}
