// Files written by pandas, pyarrow, h5py and NumPy (testing/files/make.py) are read with the numbers that these tools report.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startNodeThread } from '../../../platform/hdf5/node.ts';
import { defaultsOf } from '../../config/params.ts';
import { tableInput } from '../../config/tableInput.ts';
import { WorkbenchError } from '../../core/errors.ts';
import { inspectFile } from '../inspect.ts';
import { parseTable } from '../tableFile.ts';
import { tableSource } from '../tableSource.ts';
import { generateTable } from '../testing/files.ts';
import { readHdf5In } from './hdf5File.ts';
import { decodeLz4Frame } from './lz4.ts';

readHdf5In(startNodeThread);

const bytesOf = (name: string) =>
  new Uint8Array(readFileSync(new URL(`./testing/files/${name}`, import.meta.url)));
const fileOf = (name: string) => tableInput(name, new Blob([bytesOf(name)]));

interface Expected {
  missing: number;
  distinct: number;
  min?: number | string;
  max?: number | string;
  mean?: number;
}
const expected: Record<string, Expected> = JSON.parse(new TextDecoder().decode(bytesOf('expected.json')));

describe.each([
  ['t_zstd.parquet', 'parquet', 9],
  ['t_groups.parquet', 'parquet', 9],
  ['t_lz4.feather', 'arrow', 9],
  ['t_zstd.feather', 'arrow', 9],
  ['t.arrows', 'arrow', 9],
  ['t_split.json', 'json', 9],
  ['t.npz', 'numpy', 4],
  ['r.npy', 'numpy', 3],
])('%s', (name, format, columns) => {
  it('is read back equal', async () => {
    const seen = await inspectFile(fileOf(name));
    expect([seen.format, seen.rows]).toEqual([format, 60]);
    const known = seen.columns.filter((column) => column.name in expected);
    expect(known).toHaveLength(columns);
    for (const { name, missing, distinct, min, max, mean } of known) {
      const want = expected[name] as Expected;
      // NumPy text has no missing values, so make.py writes empty strings.
      expect([name, missing, distinct]).toEqual([name, want.missing, want.distinct]);
      if (typeof want.min === 'number') {
        expect(min).toBeCloseTo(want.min, 5);
        expect(max).toBeCloseTo(want.max as number, 5);
        expect((mean as number) / (want.mean as number)).toBeCloseTo(1, 8);
      } else if (want.min !== undefined && name !== 'c') {
        expect([min, max].map((d) => new Date(`${d}Z`.replace(/^(.{10})Z/, '$1T00:00Z')).getTime())).toEqual(
          [want.min, want.max].map((d) => new Date(`${d}Z`).getTime()),
        );
      }
    }
  });
});

it('bytes of Parquet that are no text are digits, so that different ones stay different', async () => {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const bytes = [
    [255, 1],
    [254, 1],
    [111, 107],
  ].map((cell) => Uint8Array.from(cell));
  const columnData = [
    { name: 'raw', data: bytes, type: 'BYTE_ARRAY' as const },
    { name: 'text', data: bytes.map(() => Uint8Array.from([111, 107])), type: 'BYTE_ARRAY' as const },
  ];
  const file = new Uint8Array(parquetWriteBuffer({ columnData }));
  const { columns, notes } = await inspectFile(tableInput('t.parquet', new Blob([file])));
  expect(columns.map((column) => column.examples)).toEqual([['0x6f6b', '0xfe01', '0xff01'], ['ok']]);
  expect(notes.filter((n) => n.code === 'bytes-are-no-text').map((n) => n.column)).toEqual(['raw']);
});

describe('times finer than a millisecond', () => {
  const ticks = [1_700_000_000_000_000n, 1_700_000_000_000_001n, -1n];
  const seen = async (name: string, bytes: Uint8Array<ArrayBuffer>) => {
    const { columns, notes } = await inspectFile(tableInput(name, new Blob([bytes])));
    return [
      ...columns.map(({ name, min, reason }) => [name, min, reason]),
      ...notes.flatMap(({ code, text }) => (code === 'dates-cut-to-milliseconds' ? [text] : [])),
    ];
  };
  const cut = (name: string) =>
    `Column ${name}: 2 of its dates have parts of a millisecond, which are cut off.`;

  it('are cut off with a note in Parquet, and times have their unit', async () => {
    const { parquetWriteBuffer, schemaFromColumnData } = await import('hyparquet-writer');
    const columnData = [
      { name: 'us', data: ticks },
      { name: 'ns', data: ticks.map((tick) => tick * 1000n) },
      { name: 'at', data: [1n, 2n, 4n] },
    ];
    const schema = schemaFromColumnData({ columnData });
    const logical = [
      { type: 'TIMESTAMP', unit: 'MICROS', isAdjustedToUTC: false },
      { type: 'TIMESTAMP', unit: 'NANOS', isAdjustedToUTC: false },
      { type: 'TIME', unit: 'MICROS', isAdjustedToUTC: false },
    ] as const;
    for (const [i, logical_type] of logical.entries()) Object.assign(schema[i + 1] ?? {}, { logical_type });
    expect(await seen('t.parquet', new Uint8Array(parquetWriteBuffer({ columnData, schema })))).toEqual([
      ['us', '1969-12-31T23:59:59', 'dates in the file (timestamp)'],
      ['ns', '1969-12-31T23:59:59', 'dates in the file (timestamp)'],
      ['at', 1, 'numbers in the file (time in microseconds)'],
      cut('us'),
      cut('ns'),
    ]);
  });

  it('are cut off with a note in Arrow, and durations have their unit', async () => {
    const arrow = await import('@uwdata/flechette');
    const table = arrow.tableFromArrays(
      { s: [1000, 2000, null], us: [1.5, 2, -0.5], d: [1, 2, 4] },
      {
        types: {
          s: arrow.timestamp(arrow.TimeUnit.SECOND),
          us: arrow.timestamp(arrow.TimeUnit.MICROSECOND),
          d: arrow.duration(arrow.TimeUnit.NANOSECOND),
        },
      },
    );
    const bytes = arrow.tableToIPC(table, { format: 'file' })?.slice() ?? new Uint8Array();
    expect(await seen('t.arrow', bytes)).toEqual([
      ['s', '1970-01-01T00:00:01', 'dates in the file (timestamp)'],
      ['us', '1969-12-31T23:59:59', 'dates in the file (timestamp)'],
      ['d', 1, 'numbers in the file (duration in nanoseconds)'],
      cut('us'),
    ]);
  });
});

it('a column without values in Parquet by LZ4 has empty pages', async () => {
  const { rows, columns } = await inspectFile(fileOf('nulls_lz4.parquet'));
  expect([rows, columns.map((c) => [c.name, c.distinct, c.missing])]).toEqual([
    3,
    [
      ['x', 2, 1],
      ['none', 0, 3],
      ['bytes', 2, 1],
    ],
  ]);
});

describe('arrays of NumPy', () => {
  it('are read in any byte order and precision', async () => {
    for (const [name, tolerance] of [
      ['be.npy', 6],
      ['f16.npy', 2],
    ] as const) {
      const { columns } = await inspectFile(fileOf(name));
      expect(columns.map((c) => c.name)).toEqual(['column 1', 'column 2', 'column 3']);
      expect(columns[1]?.mean).toBeCloseTo(expected.f32?.mean as number, tolerance);
      expect(columns[2]?.missing).toBe(1);
    }
  });

  it.each([
    ['obj.npy', /got the type \|O\. Objects are stored as a pickle, which is not opened/],
    ['d3.npy', /expected an array of one or two dimensions, got shape \(2, 3, 4\)/],
  ])('are refused: %s', async (name, message) => {
    await expect(inspectFile(fileOf(name))).rejects.toThrow(message);
  });
});

describe('HDF5 of the reference code', () => {
  it('is read with its own split', async () => {
    const { split, targets, tasks, notes, features } = await generateTable({
      data: { ...defaultsOf(tableSource.dataParams), standardiseTargets: false },
      tasks: {
        targets: [
          { column: 'y1', type: 'regression' },
          { column: 'y3', type: 'multiclass' },
        ],
      },
      file: fileOf('ref_nocat.hdf5'),
    });
    expect([split.train, split.validation, split.test].map((rows) => [rows.length, rows[0]])).toEqual([
      [60, 0],
      [20, 60],
      [20, 80],
    ]);
    expect(targets[0]?.[0]).toBeCloseTo(0.2187698632478714, 6);
    expect(Array.from(targets[1]?.subarray(60, 63) ?? [])).toEqual([2, 1, 3]);
    expect(tasks.map((t) => t.name)).toEqual(['y1', 'y3']);
    expect(features.map((f) => f.name)).toEqual(['num 0', 'num 1', 'num 2', 'y2']);
    expect(notes[0]).toMatchObject({
      code: 'split-of-file',
      text: expect.stringContaining('60 training, 20 validation, 20 test'),
    });
    const halves = await parseTable(fileOf('half.h5'));
    expect(halves.columns.map(({ numbers }) => Array.from(numbers))).toEqual([
      [1.5, 65504, Number.NaN, 3, Number.POSITIVE_INFINITY],
      [-2, 2 ** -24, Math.fround(0.0999755859375), 4, -0],
      [0, 1, 0, 1, 0],
    ]);
    const { columns } = await parseTable(fileOf('ref_nocat.hdf5'));
    expect(columns[2]?.numbers[99]).toBeCloseTo(0.28943994641304016, 6);
  });

  it('is split anew where another split is asked for', async () => {
    const { split } = await generateTable({
      data: { ...defaultsOf(tableSource.dataParams), split: 'random' },
      tasks: { targets: [{ column: 'y1', type: 'regression' }] },
      file: fileOf('ref_nocat.hdf5'),
    });
    expect(split.train).toHaveLength(70);
  });

  it.each([
    ['other.h5', /expected the groups train, val and test .* got data\. Write the table so/],
    ['ragged.h5', /ragged\.h5, train\/y: expected 5 rows, as in num 0, got 4/],
  ])('is refused: %s', async (name, message) => {
    await expect(inspectFile(fileOf(name))).rejects.toThrow(message);
  });
});

describe('damaged files', () => {
  it.each([
    't_zstd.parquet',
    't_lz4.feather',
    't.arrows',
    't.npz',
    'r.npy',
    't_split.json',
    'ref_nocat.hdf5',
  ])('give a table or a refusal: %s', async (name) => {
    const whole = bytesOf(name);
    const damage = fc.tuple(fc.integer({ min: 1, max: whole.length - 1 }), fc.boolean(), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(damage, async ([at, isCut, byte]) => {
        const bytes = isCut ? whole.slice(0, at) : Uint8Array.from(whole, (b, i) => (i === at ? byte : b));
        try {
          expect((await inspectFile(tableInput(name, new Blob([bytes])))).rows).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(WorkbenchError);
        }
      }),
      // A thread of its own for each HDF5 file takes a while to load the library.
      { numRuns: name.endsWith('.hdf5') ? 5 : 25 },
    );
  });

  it('end a library that would never come back from them', async () => {
    // A second after which the library is at it still, and would be for ever.
    readHdf5In(startNodeThread, 4);
    onTestFinished(() => readHdf5In(startNodeThread));
    const bytes = Uint8Array.from(bytesOf('ragged.h5'), (b, i) => (i === 1456 ? 48 : b));
    await expect(inspectFile(tableInput('loop.h5', new Blob([bytes])))).rejects.toThrow(
      /loop\.h5: expected a whole HDF5 file, got no end of reading (train|its beginning) after 1 s/,
    );
  });

  // Each of these took gigabytes, or gave rows that are not in the file, before lengths were checked against bytes.
  it.each([
    [
      't_zstd.parquet',
      3569,
      178,
      /got a column chunk with undefined where the offset of its pages should be/,
    ],
    ['t_zstd.parquet', 2811, 22, /got parts that do not fit together/],
    ['t_lz4.feather', 2398, 202, /got a message with a list of 13238281 that it has no room for/],
    ['t_lz4.feather', 2500, 109, /got a message with a column of 468151435324 rows/],
    ['t_lz4.feather', 2466, 144, /expected (at most 1,000,000 rows|a whole Arrow file), got/],
    ['t.arrows', 3764, 188, /got a message with a column of 807453851661 rows/],
    ['t.arrows', 1344, 165, /got a message with a list of 16777215/],
  ])('are refused where they claim more than they hold: %s, byte %i', async (name, at, byte, message) => {
    const bytes = Uint8Array.from(bytesOf(name), (b, i) => (i === at ? byte : b));
    await expect(inspectFile(tableInput(name, new Blob([bytes])))).rejects.toThrow(message);
  });

  it('are refused where they end early', async () => {
    for (const name of [
      't_zstd.parquet',
      't_lz4.feather',
      't.npz',
      'r.npy',
      't_split.json',
      'ref_nocat.hdf5',
    ]) {
      const bytes = bytesOf(name);
      const half = bytes.slice(0, bytes.length / 2);
      await expect(inspectFile(tableInput(name, new Blob([half])))).rejects.toThrow(/expected .* got .*\. /);
    }
  });
});

describe('LZ4', () => {
  const little = (n: number, bytes = 4) =>
    Array.from({ length: bytes }, (_, i) => Math.floor(n / 256 ** i) % 256);
  const letters = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
  /** A block as it stands is marked by the highest bit of its length. */
  const stored = (text: string) => ({ size: text.length + 2 ** 31, bytes: letters(text) });
  const packed = (...bytes: number[]) => ({ size: bytes.length, bytes });
  type Block = ReturnType<typeof packed>;
  const frame = (blocks: Block[], flags = 0x40, head: number[] = [], checksum: number[] = []) =>
    Uint8Array.of(
      ...[0x04, 0x22, 0x4d, 0x18, flags, 0x40, ...head, 0],
      ...blocks.flatMap(({ size, bytes }) => [...little(size), ...bytes, ...checksum]),
      ...little(0),
    );
  const textOf = (bytes: Uint8Array) => new TextDecoder().decode(decodeLz4Frame(bytes));
  const long = Array.from({ length: 300 }, (_, i) => String.fromCharCode(97 + ((i * i) % 23))).join('');

  it.each<[string, Block[], string]>([
    ['what it has written, overlapping', [packed(0x22, ...letters('ab'), 2, 0, 0x10, 99)], 'ababababc'],
    ['the last letter', [packed(0x10, 97, 1, 0, 0x10, 98)], 'aaaaab'],
    ['nothing', [packed(0xf0, 0, ...letters(long.slice(0, 15)))], long.slice(0, 15)],
    ['nothing in long literals', [packed(0xf0, 255, 3, ...letters(long.slice(0, 273)))], long.slice(0, 273)],
    ['a letter often', [packed(0x1f, 97, 1, 0, 255, 2, 0x10, 98)], `${'a'.repeat(277)}b`],
    ['a letter 19 times', [packed(0x1f, 97, 1, 0, 0, 0x10, 98)], `${'a'.repeat(20)}b`],
    [
      'from far away',
      [packed(0xf0, 255, 30, ...letters(long), 4, 1, 0x10, 122)],
      `${long}${long.slice(40, 44)}z`,
    ],
    ['from the block before', [packed(0x20, 97, 98), packed(0x00, 2, 0, 0x10, 99)], 'abababc'],
    ['from a block as it stands', [stored('xyz'), packed(0x00, 3, 0, 0x10, 99)], 'xyzxyzxc'],
    ['nothing, without a block', [], ''],
  ])('repeats %s', (_, blocks, expected) => {
    expect(textOf(frame(blocks))).toBe(expected);
  });

  const blocks = [stored('abc'), packed(0x20, 97, 98)];
  it.each<[string, number, number[], number[]]>([
    ['the size', 0x48, little(5, 8), []],
    ['a size that is too small', 0x48, little(0, 8), []],
    ['a size beyond all memory', 0x48, little(2 ** 60, 8), []],
    ['a checksum behind each block', 0x50, [], [9, 9, 9, 9]],
    ['a dictionary', 0x41, [1, 2, 3, 4], []],
    ['all of these', 0x59, [...little(5, 8), 1, 2, 3, 4], [9, 9, 9, 9]],
  ])('reads a frame that has %s', (_, flags, head, checksum) => {
    expect(textOf(frame(blocks, flags, head, checksum))).toBe('abcab');
    // Within a larger buffer.
    const whole = Uint8Array.of(7, 7, 7, ...frame(blocks, flags, head, checksum), 7);
    expect(textOf(whole.subarray(3, -1))).toBe('abcab');
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['another sign at its beginning', frame(blocks).fill(5, 3, 4), /no frame/],
    ['no more than its beginning', frame([]).slice(0, 6), /no frame/],
    ['no end', frame(blocks).slice(0, -4), /the frame is cut off/],
    ['no whole end', frame(blocks).slice(0, -1), /the frame is cut off/],
    ['an end within a block', frame(blocks).slice(0, -5), /a block is cut off/],
    [
      'a block as it stands beyond its end',
      frame([{ ...stored('abc'), size: 2 ** 31 + 8 }]),
      /block is cut off/,
    ],
    ['too few literals', frame([packed(0x30, 97, 98)]), /a block is cut off/],
    ['literals without their number', frame([packed(0xf0)]), /a block is cut off/],
    ['half a distance', frame([packed(0x10, 97, 1)]), /a block is cut off/],
    ['a repetition without its length', frame([packed(0x1f, 97, 1, 0)]), /a block is cut off/],
    ['a repetition of what comes', frame([packed(0x10, 97, 0, 0, 0)]), /a match lies before the start/],
    ['a repetition from before all', frame([packed(0x10, 97, 2, 0, 0)]), /a match lies before the start/],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => decodeLz4Frame(bytes)).toThrow(message);
  });
});
