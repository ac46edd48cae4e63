// A format with types, for tests: JSON with a list per column, of numbers or of texts, null where missing.
import type { CodeColumn, FileFormat, NumberColumn, TableReader } from '../format.ts';

type Cells = (number | string | null)[];

async function open(blob: Blob): Promise<TableReader> {
  const table = new Map(Object.entries<Cells>(JSON.parse(await blob.text())));
  const columns = [...table.keys()];
  return {
    schema: () => ({
      columns,
      rows: table.get(columns[0] ?? '')?.length ?? 0,
      firstRow: null,
      hasSemicolons: false,
      notes: [],
    }),
    column: async (name) => columnOf(name, table.get(name) ?? []),
  };
}

function columnOf(name: string, cells: Cells): NumberColumn | CodeColumn {
  if (!cells.some((cell) => typeof cell === 'string'))
    return { kind: 'numbers', name, values: Float64Array.from(cells, (cell) => Number(cell ?? Number.NaN)) };
  const names = [...new Set(cells.map(String))];
  const codes = Int32Array.from(cells, (cell) => (cell === null ? -1 : names.indexOf(String(cell))));
  return { kind: 'codes', name, codes, names };
}

export const toyFormat: FileFormat = {
  id: 'toy',
  label: 'Toy',
  summary: 'JSON with a list per column',
  extensions: ['.toy'],
  open,
};
