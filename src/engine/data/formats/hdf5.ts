// HDF5 as the reference code of MultiTab-Net stores its tables: groups train, val and test, each with features_categorical,
// features_numerical and one dataset per task. Its split is taken. What reads the file itself stands behind hdf5File.ts.

import type { Note } from '../../core/notes.ts';
import type { ProgressSink } from '../progress.ts';
import type { FileFormat, LayoutSettings, ReaderColumn, TableReader } from './format.ts';
import { type Hdf5File, openHdf5 } from './hdf5File.ts';
import type { Values } from './hdf5Server.mjs';
import { checkLimits, plain, refuse } from './limits.ts';
import { half } from './numpy.ts';
import { columnOfValues } from './values.ts';

const GROUPS = [['train'], ['val', 'valid', 'validation'], ['test']] as const;
const FEATURES = { features_categorical: 'cat', features_numerical: 'num' } as const;

interface Part {
  values: Values;
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

async function open(
  blob: Blob,
  name: string,
  _settings: LayoutSettings,
  progress: ProgressSink,
): Promise<TableReader> {
  const file = await openHdf5(blob, name, progress);
  try {
    return await readFile(file, name);
  } finally {
    file.end();
  }
}

const first8 = (names: readonly string[]) => names.slice(0, 8).join(', ') || 'nothing';

async function readFile(file: Hdf5File, name: string): Promise<TableReader> {
  const keysOf = async (path: string) => {
    const item = await file.item(path);
    return item.kind === 'group' ? item.keys : null;
  };
  const found: { group: string; keys: string[] }[] = [];
  for (const names of GROUPS) {
    for (const group of names) {
      const keys = await keysOf(group);
      if (!keys) continue;
      found.push({ group, keys });
      break;
    }
  }
  const [first] = found;
  if (found.length < GROUPS.length || !first)
    throw refuse(
      name,
      'the groups train, val and test of the reference code, each with features_categorical, features_numerical and a dataset per task',
      first8((await keysOf('/')) ?? []),
      'Write the table so, or export it as Parquet or CSV: pandas reads it with read_hdf, h5py with File.',
    );
  const { group, keys } = first;
  if (!keys.some((key) => key in FEATURES))
    throw refuse(
      `${name}, ${group}`,
      'features_categorical or features_numerical',
      first8(keys),
      'Write the features under these names.',
    );
  checkLimits(keys.length, 0, `${name}, ${group}`);
  const ordered = [
    ...Object.keys(FEATURES).filter((key) => keys.includes(key)),
    ...keys.filter((key) => !(key in FEATURES)),
  ];
  const columns: HdfColumn[] = [];
  for (const key of ordered) {
    const parts: Part[] = [];
    for (const { group } of found)
      parts.push(await partOf(file, `${group}/${key}`, `${name}, ${group}/${key}`));
    columns.push(...columnsOf(key, parts, name));
  }
  return readerOf(columns, name);
}

async function partOf(file: Hdf5File, path: string, place: string): Promise<Part> {
  const item = await file.item(path);
  if (item.kind !== 'dataset')
    throw refuse(place, 'a dataset', 'none', 'Write the same datasets in each group.');
  const [rows = 0, width = 1, ...more] = item.shape;
  if (more.length > 0 || item.dtype === null)
    throw refuse(
      place,
      'one or two dimensions of numbers or text',
      `shape (${item.shape.join(', ')})`,
      'Reshape it to rows and columns.',
    );
  // Values are unpacked at once, and a small file can claim any shape.
  checkLimits(width, rows, place);
  const values = await file.values(path, rows * width);
  const got = values?.length ?? 0;
  if (!values || got < rows * width)
    throw refuse(
      place,
      `${plain(rows * width)} values`,
      plain(got),
      'It may be cut off or damaged: get it again.',
    );
  const isHalf = /^[<>]e$/.test(item.dtype);
  return {
    values: isHalf ? Float32Array.from(values as Uint16Array, half) : values,
    rows,
    width,
    dtype: item.dtype,
  };
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
