// NumPy: one array (.npy) or several by name (.npz). A two-dimensional array has one column per array column; a structured
// array names its columns; in an archive, each one-dimensional array is a column.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
import type { FileFormat, TableReader } from './format.ts';
import { checkLimits, plain, refuse } from './limits.ts';
import { checkUnpacked, filesOfZip } from './unzip.ts';
import { type CellValue, columnOfValues, dateOfTicks } from './values.ts';

interface Field {
  name: string;
  /** Type descriptor such as `<f8`. */
  type: string;
  offset: number;
}

interface NpyArray {
  shape: number[];
  isFortran: boolean;
  fields: Field[];
  /** Bytes per element. */
  itemSize: number;
  view: DataView;
}

const ITEM = /^([<>|=])([a-zA-Z])(\d+)$/;

/** Bytes of the numbers that are read, per letter; a `long double` of 16 is none of them. */
const SIZES: Record<string, readonly string[]> = {
  f: ['2', '4', '8'],
  i: ['1', '2', '4', '8'],
  u: ['1', '2', '4', '8'],
  b: ['1'],
};

function sizeOf(type: string, place: string): number {
  const [, , letter = '', digits = ''] = ITEM.exec(type) ?? [];
  if (letter === 'U') return 4 * Number(digits);
  if (letter === 'S' || SIZES[letter]?.includes(digits)) return Number(digits);
  if (unitOfDate(type)) return 8;
  const remedy =
    letter === 'O' || type === '|O'
      ? 'Objects are stored as a pickle, which is not opened: convert the array, such as array.astype(float) or astype(str).'
      : /^[<>=|]?M8/.test(type)
        ? `Dates are read in the units ${Object.keys(UNITS).join(', ')}: convert them, as with array.astype("datetime64[ms]").`
        : 'Convert it to float or int with array.astype.';
  throw refuse(place, 'numbers, booleans, text or dates', `the type ${type}`, remedy);
}

/** @param place - shown in messages */
function readNpy(bytes: Uint8Array, place: string): NpyArray {
  const damaged = (got: string) =>
    refuse(place, 'an array of NumPy', got, 'It may be cut off or damaged: get it again.');
  if (bytes.length < 12 || bytes[0] !== 0x93) throw damaged('other bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isV1 = bytes[6] === 1;
  const length = isV1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = (isV1 ? 10 : 12) + length;
  if (start > bytes.length) throw damaged(`${bytes.length} bytes`);
  const header = new TextDecoder(bytes[6] === 3 ? 'utf-8' : 'latin1').decode(
    bytes.subarray(isV1 ? 10 : 12, start),
  );
  const shape = /'shape':\s*\(([^)]*)\)/
    .exec(header)?.[1]
    ?.split(',')
    .map((n) => n.trim())
    .filter((n) => n !== '')
    .map(Number);
  const isFortran = /'fortran_order':\s*True/.test(header);
  const plainType = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  if (!shape || shape.some((n) => !Number.isSafeInteger(n) || n < 0))
    throw damaged(`the header ${header.slice(0, 60)}`);
  const fields =
    plainType !== undefined
      ? [{ name: '', type: plainType, offset: 0 }]
      : structured(header, (list) =>
          refuse(
            place,
            'fields with a name and one type each',
            list.slice(0, 200),
            'Save nested fields and fields of several numbers as columns of their own.',
          ),
        );
  let itemSize = 0;
  for (const field of fields) {
    field.offset = itemSize;
    itemSize += sizeOf(field.type, place);
  }
  if (fields.length === 0) throw damaged(`the header ${header.slice(0, 60)}`);
  const needed = shape.reduce((a, b) => a * b, 1) * itemSize;
  if (bytes.length - start < needed)
    throw damaged(`${plain(bytes.length - start)} of ${plain(needed)} bytes`);
  return {
    shape,
    isFortran,
    fields,
    itemSize,
    view: new DataView(bytes.buffer, bytes.byteOffset + start, needed),
  };
}

/** A field as Python writes it; a name with an apostrophe stands in double quotes. */
const FIELD = /\((?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"),\s*'([^']*)'\)(?:,\s*|$)/g;

/** @param refuseFields - called if a field is no plain one: to leave it out would move all others */
function structured(header: string, refuseFields: (list: string) => Error): Field[] {
  const list = /'descr':\s*\[(.*?)\]\s*,\s*'/.exec(header)?.[1] ?? '';
  if (list.replace(FIELD, '').trim() !== '') throw refuseFields(list);
  return [...list.matchAll(FIELD)].map(([, single, double, type = '']) => ({
    name: (single ?? double ?? '').replace(/\\(.)/g, '$1'),
    type,
    offset: 0,
  }));
}

function cellAt({ view }: NpyArray, type: string, at: number): CellValue {
  const [, order, letter = '', digits = ''] = ITEM.exec(type) ?? [];
  const isLittle = order !== '>';
  const size = Number(digits);
  if (unitOfDate(type)) return dateAt(view, type, at, isLittle);
  switch (letter) {
    case 'f':
      return size === 8
        ? view.getFloat64(at, isLittle)
        : size === 4
          ? view.getFloat32(at, isLittle)
          : half(view.getUint16(at, isLittle));
    case 'i':
      return size === 8
        ? view.getBigInt64(at, isLittle)
        : size === 4
          ? view.getInt32(at, isLittle)
          : size === 2
            ? view.getInt16(at, isLittle)
            : view.getInt8(at);
    case 'u':
      return size === 8
        ? view.getBigUint64(at, isLittle)
        : size === 4
          ? view.getUint32(at, isLittle)
          : size === 2
            ? view.getUint16(at, isLittle)
            : view.getUint8(at);
    case 'b':
      return view.getUint8(at) !== 0;
    case 'S': {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + at, size);
      return new TextDecoder().decode(bytes).replace(/\0+$/, '');
    }
    default: {
      let text = '';
      for (let k = 0; k < size; k++) {
        const code = view.getUint32(at + 4 * k, isLittle);
        if (code !== 0) text += String.fromCodePoint(Math.min(code, 0x10ffff));
      }
      return text;
    }
  }
}

/** Units of dates: the ticks in a millisecond, or the milliseconds in a tick. */
const UNITS: Record<string, { perMs: bigint } | { ms: bigint } | { months: number }> = {
  Y: { months: 12 },
  M: { months: 1 },
  W: { ms: 604_800_000n },
  D: { ms: 86_400_000n },
  h: { ms: 3_600_000n },
  m: { ms: 60_000n },
  s: { ms: 1000n },
  ms: { ms: 1n },
  us: { perMs: 1000n },
  ns: { perMs: 1_000_000n },
};

/** The unit of a type such as `<M8[ms]`; undefined for other types, and for units such as `[25s]`. */
function unitOfDate(type: string) {
  const unit = /^[<>=|]?M8\[(\w+)\]$/.exec(type)?.[1] ?? '';
  return Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
}

/** Null for the value that means no time. */
function dateAt(view: DataView, type: string, at: number, isLittle: boolean): Date | null {
  const unit = unitOfDate(type);
  const count = view.getBigInt64(at, isLittle);
  if (!unit || count === -(2n ** 63n)) return null;
  if ('months' in unit) return new Date(Date.UTC(1970, Number(count) * unit.months));
  return 'perMs' in unit ? dateOfTicks(count, unit.perMs) : new Date(Number(count * unit.ms));
}

/** The number of IEEE 754 binary16 with these bits. */
export function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

interface NpyColumn {
  name: string;
  array: NpyArray;
  field: Field;
  /** Position among the array's columns. */
  c: number;
}

/** @param before - number of columns in the arrays before it */
function columnsOf(array: NpyArray, name: string, place: string, before = 0): NpyColumn[] {
  const { shape, fields } = array;
  if (shape.length === 0 || shape.length > 2)
    throw refuse(
      place,
      'an array of one or two dimensions',
      `shape (${shape.join(', ')})`,
      'Reshape it to rows and columns.',
    );
  const width = shape[1] ?? 1;
  // An array without rows takes no bytes, whatever its width.
  checkLimits(before + width * fields.length, 0, place);
  return fields.flatMap((field) =>
    Array.from({ length: width }, (_, c) => ({
      name: [
        name,
        field.name,
        width > 1 || (name === '' && field.name === '')
          ? name === '' && field.name === ''
            ? `column ${c + 1}`
            : String(c + 1)
          : '',
      ]
        .filter((part) => part !== '')
        .join(' '),
      array,
      field,
      c,
    })),
  );
}

function read({ array, field, c, name }: NpyColumn) {
  const { shape, isFortran, itemSize } = array;
  const [rows = 0, width = 1] = shape;
  const values: CellValue[] = new Array(rows);
  for (let row = 0; row < rows; row++) {
    const index = isFortran ? c * rows + row : row * width + c;
    const value = cellAt(array, field.type, index * itemSize + field.offset);
    values[row] = typeof value === 'number' && Number.isNaN(value) ? null : value;
  }
  return columnOfValues(name, values, { isTextFinal: false, type: field.type });
}

async function open(blob: Blob, name: string): Promise<TableReader> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const columns =
    bytes[0] === 0x93 ? columnsOf(readNpy(bytes, name), '', name) : await fromArchive(bytes, name);
  const [first] = columns;
  const rows = first?.array.shape[0] ?? 0;
  if (!first || rows === 0) throw refuse(name, 'at least one row', 'none', 'Choose a file with rows.');
  const other = columns.find(({ array }) => array.shape[0] !== rows);
  if (other) {
    const got = `${plain(other.array.shape[0] ?? 0)} in ${other.name}`;
    throw refuse(
      name,
      `${plain(rows)} rows in each array, as in ${first.name}`,
      got,
      'Save the arrays of one table in a file of their own.',
    );
  }
  return {
    schema: () => ({
      columns: columns.map((column) => column.name),
      rows,
      firstRow: null,
      hasSemicolons: false,
      notes: [],
    }),
    column: async (column) => read(columns.find((other) => other.name === column) as NpyColumn),
  };
}

async function fromArchive(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<NpyColumn[]> {
  const files = filesOfZip(bytes, name);
  checkUnpacked(files, name, bytes.length);
  const columns: NpyColumn[] = [];
  for (const file of files) {
    const array = file.name.replace(/\.npy$/, '');
    const content = new Uint8Array(await (await file.unpack()).arrayBuffer());
    const place = `${name}, array ${array}`;
    columns.push(...columnsOf(readNpy(content, place), array, place, columns.length));
  }
  return columns;
}

export const numpy: FileFormat = {
  id: 'numpy',
  label: 'NumPy',
  summary: 'arrays of NumPy (NPY, NPZ)',
  extensions: ['.npy', '.npz'],
  kinds: ['zip'],
  open,
};
