// Reads cells as the only column of a table; row r is on line r + 2 of the file.
import { defaultsOf, type Params } from '../../config/params.ts';
import { readColumns, type TextTable } from '../readColumns.ts';
import { readingParams, readingSettings } from '../reading.ts';

function textTable(columns: Record<string, readonly string[]>): TextTable {
  return {
    columns: Object.entries(columns).map(([name, cells]) => ({
      kind: 'text',
      name,
      rows: cells.length,
      cells: [...cells],
      padded: 0,
      lineAt: (row) => row + 2,
    })),
    hasSemicolons: false,
  };
}

/** @param data - reading settings that differ from the default */
export function readTable(columns: Record<string, readonly string[]>, data: Params = {}) {
  return readColumns(textTable(columns), readingSettings({ ...defaultsOf(readingParams), ...data }));
}

export function readColumn(name: string, cells: readonly string[], data: Params = {}) {
  const { columns, notes } = readTable({ [name]: cells }, data);
  const [column] = columns;
  if (!column) throw new Error('a table of one column has one');
  return { column, notes: notes.map((note) => `${note.code}: ${note.text}`) };
}
