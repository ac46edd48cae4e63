// A file as typed columns. Parsing is the expensive part of planning, and planning happens at every edit, so the last
// file is kept: by identity, by content where a message brought a copy, and by the settings it was read with.
import { defaultsOf, type Params } from '../config/params.ts';
import type { Note } from '../core/notes.ts';
import { type Column, previewColumn } from './columns.ts';
import { formatOf } from './formats/registry.ts';
import { positiveClass } from './positive.ts';
import type { ColumnPreview, TablePreview } from './preview.ts';
import { readColumns } from './readColumns.ts';
import { readingKey, readingParams, readingSettings } from './reading.ts';
import type { FileInput } from './source.ts';

export interface ParsedTable {
  /** Name of the file. */
  name: string;
  rows: number;
  columns: Column[];
  /** The cells of the first line where that names no columns; null where it does. */
  firstRow: string[] | null;
  /** What happened while reading: lines left out, renamed headers, notation of numbers, spoilt columns. */
  notes: Note[];
}

let last: { file: FileInput; key: string; table: ParsedTable } | null = null;

function isSame(a: FileInput, b: FileInput): boolean {
  if (a.name !== b.name || a.bytes.length !== b.bytes.length) return false;
  if (a.bytes === b.bytes) return true;
  for (let i = 0; i < a.bytes.length; i++) if (a.bytes[i] !== b.bytes[i]) return false;
  return true;
}

/**
 * @param data - settings of a table source; those of reading that are left out take their defaults
 * @throws WorkbenchError (file)
 */
export function parseTable(file: FileInput, data: Params = {}): ParsedTable {
  const params = { ...defaultsOf(readingParams), ...data };
  const key = readingKey(params);
  if (last && last.key === key && isSame(last.file, file)) return last.table;
  const settings = readingSettings(params);
  const raw = formatOf(file.name).read(file.bytes, file.name, settings.layout);
  const { columns, notes } = readColumns(raw, settings);
  const { rows, firstRow } = raw;
  const table = { name: file.name, rows, columns, firstRow, notes: [...raw.notes, ...notes] };
  last = { file, key, table };
  return table;
}

const previewed = (column: Column): ColumnPreview =>
  column.distinct === 2
    ? { ...previewColumn(column), positive: positiveClass(column).positive }
    : previewColumn(column);

/** @throws WorkbenchError (file) */
export async function previewTable(file: FileInput, data: Params = {}): Promise<TablePreview> {
  const { rows, columns, notes } = parseTable(file, data);
  return { name: file.name, rows, columns: columns.map(previewed), notes };
}
