// HDF5 as the reference code of MultiTab-Net stores its tables: groups train, val and test, each with features_categorical,
// features_numerical and one dataset per task. The split is taken from the groups. h5wasm (1 MB) is loaded only here.

import { newId } from '../../core/newId.ts';
import type { Note } from '../../core/notes.ts';
import type { FileFormat, ReaderColumn, TableReader } from './format.ts';
import { checkLimits, damagedFile, plain, refuse } from './limits.ts';
import { columnOfValues } from './values.ts';

const GROUPS = [['train'], ['val', 'valid', 'validation'], ['test']] as const;
const FEATURES = { features_categorical: 'cat', features_numerical: 'num' } as const;

interface Part {
  values: ArrayLike<number | bigint | string>;
  rows: number;
  width: number;
  dtype: string;
}

interface HdfColumn {
  name: string;
  isCategorical: boolean;
  /** One entry per group of the file. */
  parts: Part[];
  c: number;
}

async function open(blob: Blob, name: string): Promise<TableReader> {
  const h5wasm = await import('h5wasm');
  const { FS, activate_throwing_error_handler } = await h5wasm.ready;
  activate_throwing_error_handler();
  const path = `table-${newId()}.h5`;
  FS.writeFile(path, new Uint8Array(await blob.arrayBuffer()));
  try {
    return readFile(new h5wasm.File(path, 'r'), name, h5wasm);
  } catch (error) {
    throw damagedFile('HDF5', name, error);
  } finally {
    FS.unlink(path);
  }
}

type H5 = typeof import('h5wasm');

function readFile(file: InstanceType<H5['File']>, name: string, { Group, Dataset }: H5): TableReader {
  try {
    const found = GROUPS.map((names) => names.find((group) => file.get(group) instanceof Group));
    if (!found.every((group) => group !== undefined)) {
      const got = file.keys().slice(0, 8).join(', ') || 'nothing';
      throw refuse(
        name,
        'the groups train, val and test of the reference code, each with features_categorical, features_numerical and a dataset per task',
        got,
        'Write the table so, or export it as Parquet or CSV: pandas reads it with read_hdf, h5py with File.',
      );
    }
    const partsOf = (key: string) =>
      found.map((group) => {
        const item = file.get(`${group}/${key}`);
        const place = `${name}, ${group}/${key}`;
        if (!(item instanceof Dataset))
          throw refuse(place, 'a dataset', 'none', 'Write the same datasets in each group.');
        return partOf(item, place);
      });
    const first = file.get(found[0] as string);
    const keys = first instanceof Group ? first.keys() : [];
    if (!keys.some((key) => key in FEATURES))
      throw refuse(
        `${name}, ${found[0]}`,
        'features_categorical or features_numerical',
        keys.slice(0, 8).join(', ') || 'nothing',
        'Write the features under these names.',
      );
    const ordered = [
      ...Object.keys(FEATURES).filter((key) => keys.includes(key)),
      ...keys.filter((key) => !(key in FEATURES)),
    ];
    const columns = ordered.flatMap((key) => columnsOf(key, partsOf(key), name));
    return readerOf(columns, name);
  } finally {
    file.close();
  }
}

function partOf(dataset: { shape: number[] | null; dtype: unknown; value: unknown }, place: string): Part {
  const [rows = 0, width = 1, ...more] = dataset.shape ?? [];
  if (more.length > 0 || typeof dataset.dtype !== 'string')
    throw refuse(
      place,
      'one or two dimensions of numbers or text',
      `shape (${dataset.shape?.join(', ')})`,
      'Reshape it to rows and columns.',
    );
  // Values are unpacked at once, and a small file can claim any shape.
  checkLimits(width, rows, place);
  return { values: dataset.value as Part['values'], rows, width, dtype: dataset.dtype };
}

function columnsOf(key: string, parts: Part[], file: string): HdfColumn[] {
  const width = parts[0]?.width ?? 0;
  const other = parts.find((part) => part.width !== width);
  if (other)
    throw refuse(
      `${file}, ${key}`,
      `${width} columns in each group`,
      String(other.width),
      'Write the same columns in each group.',
    );
  const short = key in FEATURES ? FEATURES[key as keyof typeof FEATURES] : null;
  return Array.from({ length: width }, (_, c) => ({
    name: short ? `${short} ${c}` : width > 1 ? `${key} ${c}` : key,
    isCategorical: key === 'features_categorical',
    parts,
    c,
  }));
}

function readerOf(columns: HdfColumn[], name: string): TableReader {
  const [first] = columns;
  const rowsPerGroup = first?.parts.map((part) => part.rows) ?? [];
  for (const column of columns) {
    column.parts.forEach((part, g) => {
      if (part.rows !== rowsPerGroup[g])
        throw refuse(
          `${name}, ${GROUPS[g]?.[0]}/${column.name}`,
          `${plain(rowsPerGroup[g] ?? 0)} rows, as in ${first?.name}`,
          plain(part.rows),
          'Write a row per label in each dataset of a group.',
        );
    });
  }
  const rows = rowsPerGroup.reduce((a, b) => a + b, 0);
  const split = new Uint8Array(rows);
  let at = 0;
  rowsPerGroup.forEach((count, g) => {
    split.fill(g, at, at + count);
    at += count;
  });
  const text = `The file has splits of its own: ${rowsPerGroup.map((count, g) => `${plain(count)} ${['training', 'validation', 'test'][g]}`).join(', ')} rows, which are kept unless data.split says otherwise.`;
  const notes: Note[] = [{ code: 'split-of-file', text }];
  return {
    schema: () => ({
      columns: columns.map((c) => c.name),
      rows,
      firstRow: null,
      hasSemicolons: false,
      notes,
      split,
    }),
    column: async (column) => read(columns.find((c) => c.name === column) as HdfColumn, rows),
  };
}

function read({ name, parts, c, isCategorical }: HdfColumn, rows: number): ReaderColumn {
  const values: (number | bigint | string | null)[] = [];
  for (const part of parts) {
    for (let row = 0; row < part.rows; row++) {
      const value = part.values[row * part.width + c] as number | bigint | string;
      values.push(typeof value === 'number' && Number.isNaN(value) ? null : value);
    }
  }
  const type = `HDF5 ${parts[0]?.dtype}`;
  if (!isCategorical) return columnOfValues(name, values, { isTextFinal: true, type });
  const texts = values.map((value) => (value === null ? null : String(value)));
  const column = columnOfValues(name, texts, { isTextFinal: true, type });
  return column.kind === 'codes' && column.codes.length === rows
    ? column
    : { kind: 'codes', name, codes: new Int32Array(rows).fill(-1), names: [], type };
}

export const hdf5: FileFormat = {
  id: 'hdf5',
  label: 'HDF5',
  summary: 'HDF5 of the reference code',
  extensions: ['.h5', '.hdf5', '.hdf'],
  open,
};
