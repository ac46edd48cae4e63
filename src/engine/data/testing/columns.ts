// A column out of its cells, as a table with that column alone is read; row r stands in line r + 2 of the file.
import { defaultsOf, type Params } from '../../config/params.ts';
import type { RawTable } from '../formats/format.ts';
import { readColumns } from '../readColumns.ts';
import { readingParams, readingSettings } from '../reading.ts';

export function rawTable(columns: Record<string, readonly string[]>): RawTable {
  const entries = Object.entries(columns);
  const rows = entries[0]?.[1].length ?? 0;
  return {
    columns: entries.map(([name, cells]) => ({ name, cells: [...cells], padded: 0 })),
    rows,
    lines: Int32Array.from({ length: rows }, (_, row) => row + 2),
    breaks: new Map(),
    firstRow: null,
    hasSemicolons: false,
    notes: [],
  };
}

/** @param data - settings of reading that are not the default */
export function readTable(columns: Record<string, readonly string[]>, data: Params = {}) {
  return readColumns(rawTable(columns), readingSettings({ ...defaultsOf(readingParams), ...data }));
}

export function readColumn(name: string, cells: readonly string[], data: Params = {}) {
  const { columns, notes } = readTable({ [name]: cells }, data);
  const [column] = columns;
  if (!column) throw new Error('a table of one column has one');
  return { column, notes: notes.map((note) => `${note.code}: ${note.text}`) };
}
