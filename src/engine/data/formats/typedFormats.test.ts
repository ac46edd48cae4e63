// Columns of Parquet and Arrow as they come out of their files: kinds, types, groups of rows, and what is no column.
import * as arrow from '@uwdata/flechette';
import { parquetWriteBuffer, schemaFromColumnData } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { UNWATCHED } from '../progress.ts';
import { arrow as arrowFormat } from './arrow.ts';
import { checkBatch } from './arrowChecks.ts';
import { type FileFormat, LAYOUT_DEFAULTS } from './format.ts';
import { parquet } from './parquet.ts';

const open = (format: FileFormat, bytes: BlobPart, name: string) =>
  format.open(new Blob([bytes]), name, LAYOUT_DEFAULTS, UNWATCHED);

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
    };
    const columns = await columnsOf(fileOf(values, types));
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

describe('a batch of an Arrow column', () => {
  type Given = Parameters<typeof checkBatch>[0];
  const batch = (given: object) =>
    ({ length: 3, nullCount: 0, type: { typeId: 2, bitWidth: 32 }, ...given }) as Given;
  const bytes = (count: number) => new Uint8Array(count);

  it('has a value for every row', () => {
    expect(() => checkBatch(batch({ values: bytes(3) }), false)).not.toThrow();
    expect(() => checkBatch(batch({ values: bytes(2) }), false)).toThrow(/3 rows with values for 2/);
    expect(() => checkBatch(batch({ values: bytes(2), length: 16 }), true)).not.toThrow();
    expect(() => checkBatch(batch({ values: bytes(2), length: 17 }), true)).toThrow(/17 rows/);
    // A column of nothing has no values.
    expect(() => checkBatch(batch({}), false)).not.toThrow();
    const wide = { values: bytes(5), type: { typeId: 7, bitWidth: 128 } };
    expect(() => checkBatch(batch(wide), false)).toThrow(/values for 2/);
    const fixed = { values: bytes(11), type: { typeId: 15, stride: 4 } };
    expect(() => checkBatch(batch(fixed), false)).toThrow(/values for 2/);
  });

  it('has marks for its missing values, and no more of them than rows', () => {
    const validity = bytes(2);
    const marked = { values: bytes(16), length: 16, validity };
    for (const nullCount of [1, 16])
      expect(() => checkBatch(batch({ ...marked, nullCount }), false)).not.toThrow();
    // Without a missing value the marks do not count.
    expect(() => checkBatch(batch({ values: bytes(17), length: 17, validity }), false)).not.toThrow();
    expect(() => checkBatch(batch({ values: bytes(9), length: 9, nullCount: 9 }), false)).not.toThrow();
    expect(() => checkBatch(batch({ length: 0, values: bytes(0) }), false)).not.toThrow();
    expect(() => checkBatch(batch({ length: -1 }), false)).toThrow(
      /a batch of -1 rows of which 0 are missing/,
    );
    expect(() => checkBatch(batch({ nullCount: -1 }), false)).toThrow(/3 rows of which -1 are missing/);
    expect(() => checkBatch(batch({ values: bytes(17), length: 17, nullCount: 1, validity }), false)).toThrow(
      /marks of missing values for 16/,
    );
    expect(() => checkBatch(batch({ values: bytes(3), nullCount: 4, validity }), false)).toThrow(
      /4 are missing/,
    );
  });

  it('has texts that lie one behind the other in their buffer', () => {
    const texts = (...offsets: number[]) => batch({ offsets: Int32Array.from(offsets), values: bytes(6) });
    expect(() => checkBatch(texts(0, 2, 2, 6), false)).not.toThrow();
    expect(() => checkBatch(texts(0, 2, 6), false)).toThrow(/offsets for 2/);
    expect(() => checkBatch(texts(1, 1, 1, 1, 0), false)).not.toThrow();
    expect(() => checkBatch(texts(0, 1, 2, 1), false)).toThrow(/ends before it begins, in row 3/);
    const none = { length: 0, offsets: Int32Array.of(9), values: bytes(1) };
    expect(() => checkBatch(batch(none), false)).not.toThrow();
    expect(() => checkBatch(batch({ offsets: Int32Array.of(0, 0, 0, 1) }), false)).toThrow(/beyond the end/);
    const wide = { offsets: BigInt64Array.of(0n, 2n, 4n, 6n), values: bytes(6) };
    expect(() => checkBatch(batch(wide), false)).not.toThrow();
    expect(() => checkBatch(batch({ ...wide, values: bytes(5) }), false)).toThrow(/beyond the end/);
    expect(() => checkBatch(texts(0, 4, 2, 6), false)).toThrow(/in row 2/);
    expect(() => checkBatch(texts(0, 2, 4, 7), false)).toThrow(/beyond the end/);
    expect(() => checkBatch(texts(-1, 2, 4, 6), false)).toThrow(/beyond the end/);
  });
});
