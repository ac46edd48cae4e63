// Columns of Parquet and Arrow as they come out of their files: kinds, types, groups of rows, and what is no column.
import { readFileSync } from 'node:fs';
import * as arrow from '@uwdata/flechette';
import { parquetWriteBuffer, schemaFromColumnData } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { UNWATCHED } from '../progress.ts';
import { arrow as arrowFormat } from './arrow.ts';
import { type FileFormat, LAYOUT_DEFAULTS, type ReaderColumn } from './format.ts';
import { parquet } from './parquet.ts';

const open = (format: FileFormat, bytes: BlobPart, name: string) =>
  format.open(new Blob([bytes]), name, LAYOUT_DEFAULTS, UNWATCHED);

const stored = (name: string) =>
  Uint8Array.from(readFileSync(new URL(`./testing/files/${name}`, import.meta.url)));

/** The cells of a column, however they are kept. */
const cellsOf = (column: ReaderColumn) => {
  if (column.kind === 'text') return column.cells;
  if (column.kind === 'numbers') return [...column.values];
  return Array.from(column.codes, (code) => column.names[code] ?? null);
};

describe('Parquet', () => {
  type Given = Parameters<typeof parquetWriteBuffer>[0];
  const fileOf = (given: Given) => new Uint8Array(parquetWriteBuffer(given));
  const ten = Array.from({ length: 10 }, (_, i) => i);
  const columns = (): Given['columnData'] => [
    { name: 'x', data: ten.map((i) => i / 2) },
    { name: 's', data: ten.map((i) => (i === 4 ? null : 'abc'[i % 3])), type: 'STRING' },
  ];

  it('is read by groups of rows, and progress is told of each', async () => {
    const reader = await open(parquet, fileOf({ columnData: columns(), rowGroupSize: 3 }), 't.parquet');
    expect(reader.schema()).toEqual({
      columns: ['x', 's'],
      rows: 10,
      firstRow: null,
      hasSemicolons: false,
      notes: [],
    });
    const told: [number, string][] = [];
    const x = await reader.column('x', async (share, phase) => {
      told.push([share, phase]);
    });
    expect(x).toEqual({
      kind: 'numbers',
      name: 'x',
      values: Float64Array.from(ten, (i) => i / 2),
      type: 'double',
    });
    expect(told).toEqual([0.3, 0.6, 0.9, 1].map((share) => [share, 'reading columns']));
    expect(await reader.column('s', UNWATCHED)).toEqual({
      kind: 'codes',
      name: 's',
      codes: Int32Array.of(0, 1, 2, 0, -1, 2, 0, 1, 2, 0),
      names: ['a', 'b', 'c'],
      type: 'utf8',
    });
  });

  it.each<[number[], number[]]>([
    [
      [0, 2, 4, 9],
      [0.3, 0.6, 1],
    ],
    [[3], [0.6]],
    [
      [5, 6],
      [0.6, 0.9],
    ],
    [[9], [1]],
    [ten, [0.3, 0.6, 0.9, 1]],
    [[], []],
  ])('gives the rows %j without reading groups that have none of them', async (rows, shares) => {
    const reader = await open(parquet, fileOf({ columnData: columns(), rowGroupSize: 3 }), 't.parquet');
    const told: number[] = [];
    const column = await reader.someOf?.('x', Uint32Array.from(rows), async (share) => {
      told.push(share);
    });
    if (rows.length > 0) expect(column).toMatchObject({ values: Float64Array.from(rows, (i) => i / 2) });
    expect(told).toEqual(shares);
  });

  it('has names for its types, and for the units of times', async () => {
    const columnData = [
      { name: 'a', data: [1, 2], type: 'INT32' as const },
      { name: 'b', data: [1n, 2n], type: 'INT64' as const },
      { name: 'c', data: [1, 2], type: 'INT32' as const },
      { name: 'd', data: [1n, 2n], type: 'INT64' as const },
      { name: 'e', data: [1, 2], type: 'INT32' as const },
      { name: 'f', data: [true, false], type: 'BOOLEAN' as const },
    ];
    const schema = schemaFromColumnData({ columnData });
    Object.assign(schema[3] ?? {}, { converted_type: 'TIME_MILLIS' });
    Object.assign(schema[4] ?? {}, { converted_type: 'TIME_MICROS' });
    Object.assign(schema[5] ?? {}, {
      logical_type: { type: 'TIME', unit: 'MILLIS', isAdjustedToUTC: true },
    });
    const untyped = columnData.map(({ name, data }) => ({ name, data }));
    const reader = await open(parquet, fileOf({ columnData: untyped, schema }), 't.parquet');
    const types = await Promise.all(
      [...'abcdef'].map(async (name) => {
        const column = await reader.column(name, UNWATCHED);
        return column.kind === 'text' ? 'text' : column.type;
      }),
    );
    expect(types).toEqual([
      'int32',
      'int64',
      'time in milliseconds',
      'time in microseconds',
      'time in milliseconds',
      'boolean',
    ]);
  });

  it('has texts that are final where their type says text or a list of values', async () => {
    const kinds: Record<string, object> = {
      a: { converted_type: 'UTF8' },
      b: { converted_type: 'ENUM' },
      c: { logical_type: { type: 'STRING' } },
      d: { logical_type: { type: 'ENUM' } },
      e: {},
      f: { repetition_type: 'OPTIONAL' },
    };
    const schema: NonNullable<Given['schema']> = [
      { name: 'root', num_children: 6 },
      ...Object.entries(kinds).map(([name, more]) => ({
        name,
        type: 'BYTE_ARRAY' as const,
        repetition_type: 'REQUIRED' as const,
        ...more,
      })),
    ];
    const raw = [Uint8Array.of(255, 1), null, Uint8Array.of(111, 107)];
    const columnData = [...'abcdef'].map((name) => ({ name, data: name === 'f' ? raw : ['1', '2', '1'] }));
    const reader = await open(parquet, fileOf({ columnData, schema }), 't.parquet');
    const read = () => Promise.all([...'abcdef'].map((name) => reader.column(name, UNWATCHED)));
    const found = await read();
    expect(found.map(({ kind }) => kind)).toEqual(['codes', 'codes', 'codes', 'codes', 'text', 'text']);
    expect(found.map(cellsOf).at(-2)).toEqual(['1', '2', '1']);
    expect(found.map(cellsOf).at(-1)).toEqual(['0xff01', '', '0x6f6b']);
    // Read again, the column is noted once.
    expect(await read()).toHaveLength(6);
    expect(reader.schema().notes).toMatchObject([{ code: 'bytes-are-no-text', column: 'f' }]);
  });

  it('has times finer than a millisecond cut off, and counted', async () => {
    const ticks = [1_700_000_000_123_000n, 1_700_000_000_123_001n, -1n];
    const columnData = [
      { name: 'us', data: ticks },
      { name: 'ns', data: ticks.map((tick) => 1000n * tick) },
    ];
    const schema = schemaFromColumnData({ columnData });
    for (const [i, unit] of ['MICROS', 'NANOS'].entries())
      Object.assign(schema[i + 1] ?? {}, {
        logical_type: { type: 'TIMESTAMP', unit, isAdjustedToUTC: false },
      });
    const reader = await open(parquet, fileOf({ columnData, schema }), 't.parquet');
    for (const name of ['us', 'ns'])
      expect(await reader.column(name, UNWATCHED)).toMatchObject({
        values: Float64Array.of(1_700_000_000_123, 1_700_000_000_123, -1),
        areDates: true,
        cutDates: 2,
        type: 'timestamp',
      });
  });

  it('leaves columns of lists out with a note, and makes names unique', async () => {
    const list = (name: string) => [
      { name, repetition_type: 'OPTIONAL' as const, converted_type: 'LIST' as const, num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED' as const, num_children: 1 },
      { name: 'element', type: 'INT32' as const, repetition_type: 'OPTIONAL' as const },
    ];
    const value = (name: string) => ({
      name,
      type: 'INT32' as const,
      repetition_type: 'REQUIRED' as const,
    });
    const [one, two] = [
      [1, 2],
      [3, 4],
    ];
    const schema = [{ name: 'root', num_children: 3 }, value('x'), ...list('l'), value('x ')];
    const columnData = [
      { name: 'x', data: one },
      { name: 'l', data: [one, two] },
      { name: 'x ', data: two },
    ];
    const reader = await open(parquet, fileOf({ columnData, schema }), 't.parquet');
    const { columns: names, notes } = reader.schema();
    expect(names).toEqual(['x', 'x (2)']);
    expect(notes.map((note) => note.text)).toEqual([
      'Columns that hold lists or records are left out: l.',
      'Name 2 "x " is called "x (2)" here.',
    ]);
    expect(await reader.column('x (2)', UNWATCHED)).toMatchObject({ values: Float64Array.of(3, 4) });
    const alone = fileOf({
      columnData: [{ name: 'l', data: [one, two] }],
      schema: [{ name: 'root', num_children: 1 }, ...list('l')],
    });
    await expect(open(parquet, alone, 't.parquet')).rejects.toThrow(
      /^t\.parquet: expected columns of values and at least one row, got 0 columns and 2 rows\. /,
    );
    const empty = fileOf({ columnData: [{ name: 'x', data: [], type: 'INT32' }] });
    await expect(open(parquet, empty, 't.parquet')).rejects.toThrow(/got 1 columns and 0 rows\. /);
  });

  it('is refused where it is none', async () => {
    await expect(open(parquet, new Uint8Array(40), 't.parquet')).rejects.toThrow(
      /^t\.parquet: expected a whole Parquet file, got /,
    );
    const pages = stored('t_zstd.parquet').with(3569, 178);
    await expect(open(parquet, pages, 't.parquet')).rejects.toThrow(
      /whole Parquet file, got a column chunk with undefined where the offset of its pages/,
    );
    const runs = await open(parquet, stored('t_groups.parquet').with(68, 104), 't.parquet');
    await expect(runs.column('i8', UNWATCHED)).rejects.toThrow(
      /^t\.parquet, column i8: expected a whole Parquet file, got a page with an end where runs/,
    );
  });
});

describe('Arrow', () => {
  const { TimeUnit } = arrow;
  type Types = NonNullable<Parameters<typeof arrow.tableFromArrays>[1]>['types'];
  const fileOf = (values: Record<string, unknown[]>, types: Types = {}, format: 'file' | 'stream' = 'file') =>
    arrow.tableToIPC(arrow.tableFromArrays(values as never, { types }), { format })?.slice() ??
    new Uint8Array();
  const columnsOf = async (bytes: BlobPart) => {
    const reader = await open(arrowFormat, bytes, 't.arrow');
    const { columns } = reader.schema();
    return Promise.all(columns.map((name) => reader.column(name, UNWATCHED)));
  };

  it.each(['file', 'stream'] as const)('has numbers, classes and flags as they are: %s', async (format) => {
    const values = {
      f: [1.5, Number.NaN, null],
      i: [1n, 2n, 2n ** 40n],
      b: [true, null, false],
      s: ['u', 'v', 'u'],
    };
    const types = { f: arrow.float64(), i: arrow.int64(), b: arrow.bool(), s: arrow.utf8() };
    expect(await columnsOf(fileOf(values, types, format))).toEqual([
      { kind: 'numbers', name: 'f', values: Float64Array.of(1.5, Number.NaN, Number.NaN), type: 'float' },
      { kind: 'numbers', name: 'i', values: Float64Array.of(1, 2, 2 ** 40), type: 'int' },
      { kind: 'codes', name: 'b', codes: Int32Array.of(0, -1, 1), names: ['true', 'false'], type: 'bool' },
      { kind: 'codes', name: 's', codes: Int32Array.of(0, 1, 0), names: ['u', 'v'], type: 'utf8' },
    ]);
    const reader = await open(arrowFormat, fileOf(values, types, format), 't.arrow');
    expect(reader.schema()).toEqual({
      columns: ['f', 'i', 'b', 's'],
      rows: 3,
      firstRow: null,
      hasSemicolons: false,
      notes: [],
    });
    // More digits than numbers keep, and flags that are packed eight to a byte.
    const many = { i: [2n ** 60n + 1n, 5n], b: [true, false] };
    expect((await columnsOf(fileOf(many, types, format))).map(cellsOf)).toEqual([
      ['1152921504606846977', '5'],
      ['true', 'false'],
    ]);
    const flags = Array.from({ length: 100 }, (_, i) => i % 3 === 0);
    expect((await columnsOf(fileOf({ b: flags }, types, format))).map(cellsOf)).toEqual([flags.map(String)]);
    // Nothing but NaN is nothing.
    const none = fileOf({ f: [Number.NaN, Number.NaN] }, { f: arrow.float64() }, format);
    expect(await columnsOf(none)).toMatchObject([{ kind: 'text', cells: ['', ''] }]);
  });

  it('has dates in every unit, in dictionaries too', async () => {
    const at = [1_700_000_000_000, null, 86_400_000];
    const values = { s: at, ms: at, us: at, ns: at, d: at };
    const types = {
      s: arrow.timestamp(TimeUnit.SECOND),
      ms: arrow.timestamp(TimeUnit.MILLISECOND),
      us: arrow.timestamp(TimeUnit.MICROSECOND),
      ns: arrow.timestamp(TimeUnit.NANOSECOND),
      d: arrow.dictionary(arrow.timestamp(TimeUnit.SECOND)),
      day: arrow.dateDay(),
    };
    const columns = await columnsOf(fileOf(values, types));
    expect(columns.map((column) => column.kind === 'numbers' && column.type)).toEqual([
      ...Array(4).fill('timestamp'),
      'dictionary',
    ]);
    const days = await columnsOf(fileOf({ day: [new Date(86_400_000), null] }, types));
    expect(days).toMatchObject([
      { areDates: true, values: Float64Array.of(86_400_000, Number.NaN), type: 'date' },
    ]);
    const fine = await columnsOf(fileOf({ us: [1.5, 2, -0.5] }, types));
    expect(fine).toMatchObject([{ areDates: true, values: Float64Array.of(1, 2, -1), cutDates: 2 }]);
    for (const column of columns) {
      expect(column).toMatchObject({ kind: 'numbers', areDates: true, cutDates: 0 });
      expect(column.kind === 'numbers' && [...column.values]).toEqual([at[0], Number.NaN, at[2]]);
    }
  });

  it('names the units of times', async () => {
    const values = { a: [1, 2], b: [1, 2], c: [1n, 2n], d: [1n, 2n] };
    const types = {
      a: arrow.timeSecond(),
      b: arrow.timeMillisecond(),
      c: arrow.timeMicrosecond(),
      d: arrow.duration(TimeUnit.SECOND),
    };
    const found = await columnsOf(fileOf(values, types));
    expect(found.map((column) => column.kind === 'numbers' && column.areDates)).toEqual(
      Array(4).fill(undefined),
    );
    expect(found.map((column) => column.kind === 'numbers' && column.type)).toEqual([
      'time in seconds',
      'time in milliseconds',
      'time in microseconds',
      'duration in seconds',
    ]);
  });

  it('leaves columns of lists out with a note, and makes names unique', async () => {
    const lists = [[1, 2], [3]];
    const types = { l: arrow.list(arrow.int32()), m: arrow.fixedSizeList(arrow.int32(), 1) };
    const reader = await open(
      arrowFormat,
      fileOf({ x: [1, 2], l: lists, 'x ': [3, 4], m: [[5], [6]] }, types),
      't.arrow',
    );
    const { columns, notes } = reader.schema();
    expect(columns).toEqual(['x', 'x (2)']);
    expect(notes.map((note) => note.text)).toEqual([
      'Columns that hold lists or records are left out: l, m.',
      'Name 2 "x " is called "x (2)" here.',
    ]);
    expect(await reader.column('x (2)', UNWATCHED)).toMatchObject({ values: Float64Array.of(3, 4) });
    const nine = Object.fromEntries([...'abcdefghi'].map((name) => [name, lists]));
    const listed = Object.fromEntries([...'abcdefghi'].map((name) => [name, types.l]));
    const some = await open(arrowFormat, fileOf({ x: [1, 2], ...nine }, listed), 't.arrow');
    expect(some.schema().notes[0]?.text).toBe(
      'Columns that hold lists or records are left out: a, b, c, d, e, f, g, h.',
    );
    await expect(open(arrowFormat, fileOf({ l: lists }, types), 't.arrow')).rejects.toThrow(
      /^t\.arrow: expected columns of values and at least one row, got 0 columns and 2 rows\. /,
    );
    await expect(open(arrowFormat, fileOf({ x: [] }, { x: arrow.int32() }), 't.arrow')).rejects.toThrow(
      /got 1 columns and 0 rows\. /,
    );
    await expect(open(arrowFormat, fileOf({ x: [1] }).slice(0, -20), 't.arrow')).rejects.toThrow(
      /^t\.arrow: expected a whole Arrow file, got /,
    );
  });
});

it('the same table comes out of every compression, version and format', async () => {
  const files = ['t_zstd.parquet', 't_groups.parquet', 't_lz4.feather', 't_zstd.feather', 't.arrows'];
  const tables = await Promise.all(
    files.map(async (name) => {
      const reader = await open(name.endsWith('parquet') ? parquet : arrowFormat, stored(name), name);
      const { columns, notes } = reader.schema();
      expect(notes).toEqual([]);
      return Promise.all(columns.map(async (column) => cellsOf(await reader.column(column, UNWATCHED))));
    }),
  );
  expect(tables[0]).toHaveLength(9);
  for (const table of tables) expect(table).toEqual(tables[0]);
  const lost = await open(parquet, stored('nulls_lz4.parquet'), 't.parquet');
  expect(cellsOf(await lost.column('none', UNWATCHED))).toEqual(['', '', '']);
});
