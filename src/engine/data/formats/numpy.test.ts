// Arrays of NumPy, byte by byte.
import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { UNWATCHED } from '../progress.ts';
import type { ReaderColumn } from './format.ts';
import { numpy } from './numpy.ts';

interface Npy {
  descr: string;
  shape: string;
  data: Uint8Array;
  order?: 'True' | 'False';
  version?: 1 | 2 | 3;
  /** Between keys and values. */
  blank?: string;
}

function npy({
  descr,
  shape,
  data,
  order = 'False',
  version = 1,
  blank = ' ',
}: Npy): Uint8Array<ArrayBuffer> {
  const named = descr.startsWith('[') ? descr : `'${descr}'`;
  const text = `{'descr':${blank}${named}, 'fortran_order':${blank}${order}, 'shape':${blank}(${shape}), }\n`;
  const header =
    version === 3 ? new TextEncoder().encode(text) : Uint8Array.from(text, (c) => c.charCodeAt(0));
  const start = version === 1 ? 10 : 12;
  const bytes = new Uint8Array(start + header.length + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, header.length, true);
  else view.setUint32(8, header.length, true);
  bytes.set(header, start);
  bytes.set(data, start + header.length);
  return bytes;
}
const bytesOf = (values: ArrayBufferView) => new Uint8Array(values.buffer.slice(0));
const floats = (...values: number[]) => bytesOf(Float64Array.from(values));

const cells = (column: ReaderColumn): unknown[] =>
  column.kind === 'numbers'
    ? Array.from(column.values)
    : column.kind === 'codes'
      ? Array.from(column.codes, (code) => column.names[code])
      : [...column.cells];

async function opened(bytes: Uint8Array<ArrayBuffer>, name = 't.npy'): Promise<Record<string, unknown[]>> {
  const reader = await numpy.open(new Blob([bytes]), name, {} as never, UNWATCHED);
  const { columns, rows } = reader.schema();
  const read: Record<string, unknown[]> = {};
  for (const column of columns) {
    read[column] = cells(await reader.column(column, UNWATCHED));
    expect(read[column]).toHaveLength(rows);
  }
  return read;
}
const refused = async (bytes: Uint8Array<ArrayBuffer>, name?: string) =>
  ((await opened(bytes, name).catch((error) => error)) as Error).message;

it('reads rows and columns in both orders, headers of both versions, and any blanks in them', async () => {
  const two = { descr: '<f8', shape: '2, 3', data: floats(1, 2, 3, 4, 5, 6) };
  const rowWise = { 'column 1': [1, 4], 'column 2': [2, 5], 'column 3': [3, 6] };
  expect(await opened(npy(two))).toEqual(rowWise);
  expect(await opened(npy({ ...two, version: 2 }))).toEqual(rowWise);
  expect(await opened(npy({ ...two, blank: '' }))).toEqual(rowWise);
  expect(await opened(npy({ ...two, order: 'True' }))).toEqual({
    'column 1': [1, 2],
    'column 2': [3, 4],
    'column 3': [5, 6],
  });
  expect(await opened(npy({ ...two, order: 'True', blank: '' }))).toEqual(
    await opened(npy({ ...two, order: 'True', blank: '  ' })),
  );
  expect(await opened(npy({ descr: '<f8', shape: '3,', data: floats(7, Number.NaN, 9) }))).toEqual({
    'column 1': [7, Number.NaN, 9],
  });
});

it.each<[string, number[], unknown[]]>([
  ['<f2', [0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0x01, 0x80], [1, -2, 2 ** -24, -(2 ** -24)]],
  [
    '<f2',
    [0x00, 0x7c, 0x00, 0xfc, 0x00, 0x7e, 0xff, 0x03],
    [Infinity, -Infinity, Number.NaN, 1023 * 2 ** -24],
  ],
  ['>f4', [0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0], [1.5, -2]],
  ['<i1', [1, 0xff], [1, -1]],
  ['>i2', [0xff, 0xfe, 1, 0], [-2, 256]],
  ['<i4', [0xfe, 0xff, 0xff, 0xff, 1, 0, 0, 0], [-2, 1]],
  ['<i8', [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [-2]],
  ['|u1', [0xff, 0], [255, 0]],
  ['<u2', [0xff, 0xff], [65_535]],
  ['<u4', [0xff, 0xff, 0xff, 0xff], [4_294_967_295]],
  ['>u8', [0, 0, 0, 0, 0, 0, 1, 0], [256]],
  ['|b1', [1, 0, 2], ['true', 'false', 'true']],
  ['|S3', [0x61, 0x62, 0, 0x63, 0, 0], ['ab', 'c']],
  ['<U2', [0x61, 0, 0, 0, 0xe9, 0, 0, 0, 0x62, 0, 0, 0, 0, 0, 0, 0], ['aé', 'b']],
])('reads %s', async (descr, data, expected) => {
  const read = await opened(npy({ descr, shape: `${expected.length},`, data: Uint8Array.from(data) }));
  expect(read).toEqual({ 'column 1': expected });
});

it.each<[string, bigint, string]>([
  ['Y', 54n, '2024-01-01'],
  ['M', 649n, '2024-02-01'],
  ['M', -1n, '1969-12-01'],
  ['W', 2825n, '2024-02-22'],
  ['D', 19_782n, '2024-02-29'],
  ['h', 474_768n, '2024-02-29'],
  ['m', 28_486_080n, '2024-02-29'],
  ['s', 1_709_164_800n, '2024-02-29'],
  ['ms', 1_709_164_800_000n, '2024-02-29'],
  ['us', 1_709_164_800_000_000n, '2024-02-29'],
  ['ns', 1_709_164_800_000_000_000n, '2024-02-29'],
])('reads dates in the unit %s', async (unit, count, day) => {
  const data = bytesOf(BigInt64Array.of(count, -(2n ** 63n)));
  expect(await opened(npy({ descr: `<M8[${unit}]`, shape: '2,', data }))).toEqual({
    'column 1': [Date.parse(day), Number.NaN],
  });
});

it('names the columns of a structured array, and those of an archive', async () => {
  const data = new Uint8Array(2 * 12);
  const view = new DataView(data.buffer);
  for (const row of [0, 1]) {
    view.setFloat64(12 * row, row + 0.5, true);
    view.setInt32(12 * row + 8, 7 - row, true);
  }
  const structured = (name: string) => npy({ descr: `[(${name}, '<f8'), ('n', '<i4')]`, shape: '2,', data });
  for (const [written, name] of [
    [`'it'`, 'it'],
    [`"it's"`, "it's"],
    [String.raw`'it\'s "it"'`, `it's "it"`],
    [`'a), (b'`, 'a), (b'],
  ] as const)
    expect(await opened(structured(written))).toEqual({ [name]: [0.5, 1.5], n: [7, 6] });
  const greek = npy({ descr: "[('\u03bc', '<f8'), ('n', '<i4')]", shape: '2,', data, version: 3 });
  expect(Object.keys(await opened(greek))).toEqual(['\u03bc', 'n']);
  const people = structured(`'it'`);
  const flat = npy({ descr: '<f8', shape: '2,', data: floats(1, 2) });
  const wide = npy({ descr: '<f8', shape: '2, 2', data: floats(3, 4, 5, 6) });
  const archive = zipSync({ 'x.npy': flat, 'y.npy.npy': wide, 'who.npy': people }).slice();
  expect(Object.keys(await opened(archive, 't.npz'))).toEqual(['x', 'y.npy 1', 'y.npy 2', 'who it', 'who n']);
  const longer = zipSync({
    'x.npy': flat,
    'z.npy': npy({ descr: '<f8', shape: '3,', data: floats(1, 2, 3) }),
  });
  expect(await refused(longer.slice(), 't.npz')).toMatch(
    /^t\.npz: expected 2 rows in each array, as in x, got 3 in z\./,
  );
});

const one = { descr: '<f8', shape: '1,', data: floats(1) };

it.each<[string, Uint8Array<ArrayBuffer>, RegExp]>([
  [
    'a long double, of whose bytes two would pass for a number',
    npy({ ...one, descr: '<f16', data: new Uint8Array(16) }),
    /got the type <f16\. Convert it to float or int/,
  ],
  ['numbers of three bytes', npy({ ...one, descr: '<i3', data: new Uint8Array(3) }), /got the type <i3\./],
  ['complex numbers', npy({ ...one, descr: '<c16', data: new Uint8Array(16) }), /got the type <c16\./],
  ['objects', npy({ ...one, descr: '|O' }), /got the type \|O\. Objects are stored as a pickle/],
  [
    'objects of eight bytes',
    npy({ ...one, descr: '|O8' }),
    /got the type \|O8\. Objects are stored as a pickle/,
  ],
  [
    'dates in steps of 25 seconds',
    npy({ ...one, descr: '<M8[25s]' }),
    /got the type <M8\[25s\]\. Dates are read in the units Y, M, W, D, h,/,
  ],
  ['dates without a unit', npy({ ...one, descr: '<M8' }), /got the type <M8\. Dates are read in the units/],
  ['spans of time', npy({ ...one, descr: '<m8[s]' }), /got the type <m8\[s\]\. Convert it to float/],
  ['no dimension', npy({ ...one, shape: '' }), /one or two dimensions, got shape \(\)/],
  ['three dimensions', npy({ ...one, shape: '1, 1, 1' }), /got shape \(1, 1, 1\)/],
  ['no row', npy({ ...one, shape: '0,', data: new Uint8Array(0) }), /expected at least one row, got none/],
  [
    'fewer bytes than its shape',
    npy({ ...one, shape: '2,' }),
    /expected an array of NumPy, got 8 of 16 bytes/,
  ],
  ['a negative size', npy({ ...one, shape: '-1,' }), /expected an array of NumPy, got the header/],
  ['a broken size among good ones', npy({ ...one, shape: '1, 1.5' }), /got the header/],
  [
    'a size that is no number',
    npy({ ...one, shape: 'n,' }),
    /got the header \{'descr': '<f8', 'fortran_order': False, 'shape': \(n,\), \}/,
  ],
  [
    'a field of several numbers, behind which all others would move',
    npy({ ...one, descr: "[('a', '<f8', (2,)), ('b', '<f8')]", data: new Uint8Array(24) }),
    /expected fields with a name and one type each, got \('a', '<f8', \(2,\)\)/,
  ],
  [
    'nested fields',
    npy({ ...one, descr: "[('a', [('b', '<f8')]), ('c', '<f8')]", data: new Uint8Array(16) }),
    /expected fields with a name and one type each/,
  ],
  ['no type', npy({ ...one, descr: '[]' }), /got the header/],
  ['a header beyond its end', npy(one).slice(0, 40), /got 40 bytes/],
  ['eleven bytes', npy(one).slice(0, 11), /got other bytes/],
])('refuses %s', async (_, bytes, message) => {
  expect(await refused(bytes)).toMatch(message);
});
