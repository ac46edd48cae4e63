// What a Parquet file claims of its columns, pages and runs is refused where it cannot be, before values are repeated.
import { describe, expect, it } from 'vitest';
import { LAYOUT_DEFAULTS } from './format.ts';
import { checkMetadata, checkPages, chunkSpan, type PageHeader } from './parquetChecks.ts';
import { type ColumnFacts, checkContent } from './parquetRuns.ts';

const facts = (given: Partial<ColumnFacts> = {}): ColumnFacts => ({
  type: 'INT32',
  maxLevel: 0,
  decompress: (bytes) => bytes,
  unpackDeltas: () => {},
  ...given,
});
const pageOf = (encoding: string, count: number, size: number): PageHeader => ({
  type: 'DATA_PAGE',
  compressed_page_size: size,
  uncompressed_page_size: size,
  data_page_header: { num_values: count, encoding },
});
const check = (encoding: string, count: number, bytes: number[], given?: Partial<ColumnFacts>) => () =>
  checkContent(pageOf(encoding, count, bytes.length), Uint8Array.from(bytes), facts(given));

/** Run headers: an even one is twice the length of a run; an odd one is twice the number of packed groups of eight, plus 1. */
describe('runs of a page', () => {
  it('give as many values as the page has', () => {
    expect(check('RLE_DICTIONARY', 9, [2, 2, 1, 3, 0, 0])).not.toThrow();
    expect(check('RLE_DICTIONARY', 5, [2, 3, 0, 0])).not.toThrow();
    expect(check('PLAIN', 5, [])).not.toThrow();
  });

  it.each<[string, string, number, number[], RegExp]>([
    ['a run beyond the page', 'RLE_DICTIONARY', 5, [2, 12, 1], /one of 6 where a run of at most 5/],
    ['one of billions', 'RLE_DICTIONARY', 5, [2, 0xfe, 0xff, 0xff, 0xff, 0x0f, 1], /one of 2,147,483,647/],
    ['a length without an end', 'RLE_DICTIONARY', 5, [2, 255, 255, 255, 255, 255, 1], /length of a run/],
    ['packed values beyond padding', 'RLE_DICTIONARY', 5, [0, 0x83, 0x02], /one of 1,032/],
    ['too few values', 'RLE_DICTIONARY', 5, [2, 8, 1], /an end where runs of all values/],
    ['indices of 33 bits', 'RLE_DICTIONARY', 5, [33, 10, 1], /33 bits/],
    ['booleans behind their bytes', 'RLE', 5, [9, 0, 0, 0, 10, 1], /with 9 where runs in 2 bytes/],
    ['differences in no parts', 'DELTA_BINARY_PACKED', 5, [0x80, 1, 0, 5, 0], /128 in 0 parts/],
    [
      'in parts below none',
      'DELTA_BINARY_PACKED',
      5,
      [0x80, 1, 255, 255, 255, 255, 15],
      /in 4,294,967,295 parts/,
    ],
  ])('are refused: %s', (_, encoding, count, bytes, message) => {
    expect(check(encoding, count, bytes)).toThrow(message);
  });

  it('follow as many marks as there are values', () => {
    // Two of three values are present, by a packed run of levels; then a run of two indices, or of three.
    const marks = [2, 0, 0, 0, 3, 0b101];
    expect(check('RLE_DICTIONARY', 3, [...marks, 2, 4, 1], { maxLevel: 1 })).not.toThrow();
    expect(check('RLE_DICTIONARY', 3, [...marks, 2, 6, 1], { maxLevel: 1 })).toThrow(/at most 2 values/);
  });
});

describe('a page of the second version', () => {
  /** Marks of missing values stand before what may be compressed. */
  const page = (encoding: string, [values, nulls]: [number, number], size: number, given: object = {}) => ({
    type: 'DATA_PAGE_V2',
    compressed_page_size: size,
    uncompressed_page_size: size,
    data_page_header_v2: { num_values: values, num_nulls: nulls, num_rows: values, encoding, ...given },
  });
  type Given = { header?: object; column?: Partial<ColumnFacts>; size?: number };
  const check2 = (encoding: string, counts: [number, number], bytes: number[], given: Given = {}) => {
    const { header, column, size = bytes.length } = given;
    return () => checkContent(page(encoding, counts, size, header), Uint8Array.from(bytes), facts(column));
  };
  const marks = { definition_levels_byte_length: 2 };

  it('has as many values as are not missing', () => {
    const present = [3, 0b101];
    const column = { maxLevel: 1 };
    const header = marks;
    expect(check2('RLE_DICTIONARY', [3, 1], [...present, 2, 4, 1], { header, column })).not.toThrow();
    expect(check2('RLE_DICTIONARY', [3, 1], [...present, 2, 6, 1], { header, column })).toThrow(
      /one of 3 where a run of at most 2 values/,
    );
    expect(check2('RLE_DICTIONARY', [3, 0], [2, 6, 1])).not.toThrow();
    expect(check2('PLAIN', [3, 1], [...present, 9, 9], { header, column })).not.toThrow();
    // Marks of repetition stand first.
    const both = { ...marks, repetition_levels_byte_length: 1 };
    expect(check2('PLAIN', [3, 1], [0, ...present], { header: both, column })).not.toThrow();
    expect(check2('RLE_DICTIONARY', [3, 1], [0, ...present, 2, 6, 1], { header: both, column })).toThrow(
      /one of 3 where a run of at most 2 values/,
    );
  });

  it('has marks for each of its values, within its bytes', () => {
    const column = { maxLevel: 1 };
    expect(check2('PLAIN', [4, 1], [6, 1, 0], { header: marks, column })).toThrow(/an end where runs of all/);
    expect(check2('PLAIN', [2, 1], [6, 1, 0], { header: marks, column })).toThrow(/one of 3 where .* most 2/);
    expect(check2('PLAIN', [4, 1], [6, 1, 0], { header: marks })).not.toThrow();
    const lengths = (defined: number, repeated = 0) => ({
      header: { definition_levels_byte_length: defined, repetition_levels_byte_length: repeated },
    });
    expect(check2('PLAIN', [3, 0], [1, 2], lengths(2))).not.toThrow();
    for (const [defined, repeated] of [
      [3, 0],
      [1, 2],
      [-1, 0],
      [2, -1],
    ] as const)
      expect(check2('PLAIN', [3, 0], [1, 2], lengths(defined, repeated))).toThrow(
        `a page with ${defined + repeated} where marks of missing values in 2 bytes should be`,
      );
    expect(check2('PLAIN', [3, 0], [1, 2], { ...lengths(2), size: 1 })).toThrow(
      /with 2 where marks of missing/,
    );
  });

  it('is decompressed where it says so and has something to decompress, behind its marks', () => {
    const seen: [number[], number][] = [];
    const decompress = (bytes: Uint8Array, size: number) => {
      seen.push([[...bytes], size]);
      return Uint8Array.of(2, 6, 1);
    };
    const column = { maxLevel: 1, decompress };
    const bytes = [6, 1, 77];
    const given = (header: object, size = 9) => ({ header: { ...marks, ...header }, column, size });
    expect(check2('RLE_DICTIONARY', [3, 0], bytes, given({}))).not.toThrow();
    expect(check2('RLE_DICTIONARY', [3, 0], bytes, given({ is_compressed: true }))).not.toThrow();
    expect(seen).toEqual([
      [[77], 7],
      [[77], 7],
    ]);
    expect(check2('RLE_DICTIONARY', [3, 0], [6, 1, 2, 6, 1], given({ is_compressed: false }))).not.toThrow();
    expect(check2('PLAIN', [3, 0], bytes, given({}))).not.toThrow();
    // All values are missing, so that nothing stands behind the marks.
    expect(check2('DELTA_BINARY_PACKED', [3, 3], [6, 0], given({}, 2))).not.toThrow();
    expect(seen).toHaveLength(2);
  });
});

describe('a page of the first version', () => {
  it('is only unpacked where it has runs', () => {
    const seen: [number, number][] = [];
    const decompress = (bytes: Uint8Array, size: number) => {
      seen.push([bytes.length, size]);
      return bytes;
    };
    expect(check('PLAIN', 5, [1, 2], { decompress })).not.toThrow();
    expect(seen).toEqual([]);
    expect(check('PLAIN', 3, [2, 0, 0, 0, 3, 0b101], { decompress, maxLevel: 1 })).not.toThrow();
    expect(check('PLAIN_DICTIONARY', 3, [2, 6, 1], { decompress })).not.toThrow();
    expect(seen).toEqual([
      [6, 6],
      [3, 3],
    ]);
  });

  it.each<[string, string, number, number[], Partial<ColumnFacts>]>([
    ['booleans', 'RLE', 5, [2, 0, 0, 0, 10, 1], { type: 'BOOLEAN' }],
    ['indices without a bit, of one value', 'RLE_DICTIONARY', 5, [0, 10], {}],
    ['indices of 32 bits', 'RLE_DICTIONARY', 5, [32, 10, 1, 2, 3, 4], {}],
    ['a run of two bytes behind one', 'RLE_DICTIONARY', 5, [9, 4, 1, 2, 6, 3, 4], {}],
    ['packed indices of three bits behind a run', 'RLE_DICTIONARY', 10, [3, 4, 1, 3, 9, 9, 9], {}],
    ['packed indices before a run', 'RLE_DICTIONARY', 10, [3, 3, 9, 9, 9, 4, 1], {}],
    ['packed values with the most padding', 'RLE_DICTIONARY', 8, [0, 0x83, 0x01], {}],
    ['a run of 200', 'RLE_DICTIONARY', 200, [2, 0x90, 0x03, 1], {}],
    ['differences', 'DELTA_BINARY_PACKED', 5, [0x80, 1, 4, 5, 0], {}],
    ['differences in one part', 'DELTA_LENGTH_BYTE_ARRAY', 5, [0x80, 1, 1, 5, 0], {}],
    ['differences in as many parts as values', 'DELTA_BINARY_PACKED', 5, [4, 4, 5, 0], {}],
    ['no differences where all is missing', 'DELTA_BINARY_PACKED', 3, [2, 0, 0, 0, 6, 0], { maxLevel: 1 }],
  ])('may have %s', (_, encoding, count, bytes, given) => {
    expect(check(encoding, count, bytes, given)).not.toThrow();
  });

  it.each<[string, string, number, number[], Partial<ColumnFacts>, RegExp]>([
    ['booleans by indices', 'RLE_DICTIONARY', 5, [2, 10, 1], { type: 'BOOLEAN' }, /an encoding of booleans/],
    ['booleans without a length', 'RLE', 5, [2, 0, 0], {}, /a page with -1 where runs in 0 bytes/],
    ['more booleans than values', 'RLE', 5, [2, 0, 0, 0, 12, 1], {}, /one of 6 where a run of at most 5/],
    [
      'marks that end early',
      'PLAIN',
      5,
      [2, 0, 0, 0, 8, 1],
      { maxLevel: 1 },
      /an end where runs of all values/,
    ],
    [
      'marks beyond the page',
      'PLAIN',
      5,
      [3, 0, 0, 0, 8, 1],
      { maxLevel: 1 },
      /with 3 where runs in 2 bytes/,
    ],
    ['packed values beyond the most padding', 'RLE_DICTIONARY', 7, [0, 0x83, 0x01], {}, /one of 520 where/],
    ['a second run beyond the page', 'RLE_DICTIONARY', 5, [2, 4, 1, 8, 1], {}, /one of 4 where .* most 3/],
    ['differences in unequal parts', 'DELTA_BINARY_PACKED', 5, [0x80, 1, 3, 5, 0], {}, /128 in 3 parts/],
    ['fewer differences than parts', 'DELTA_BINARY_PACKED', 5, [2, 4, 5, 0], {}, /2 in 4 parts/],
    ['too many differences', 'DELTA_BINARY_PACKED', 5, [0x80, 0x80, 0x80, 9, 4, 5, 0], {}, /in 4 parts/],
    ['differences without an end', 'DELTA_BINARY_PACKED', 5, [0x80], {}, /an end where runs of all values/],
    ['no differences', 'DELTA_BINARY_PACKED', 5, [], {}, /an end where runs of all values/],
  ])('is refused with %s', (_, encoding, count, bytes, given, message) => {
    expect(check(encoding, count, bytes, given)).toThrow(message);
  });
});

it('lengths of texts may be as the one before allows, and no more', () => {
  const block = [0x80, 1, 4, 3, 0];
  const texts = (prefixes: number[], suffixes: number[]) => {
    const lists = [prefixes, suffixes];
    const unpackDeltas: ColumnFacts['unpackDeltas'] = (reader, count, output) => {
      expect([count, output.length]).toEqual([3, 3]);
      output.set(lists.shift() ?? []);
      reader.offset += block.length;
    };
    return check('DELTA_BYTE_ARRAY', 3, [...block, ...block], { unpackDeltas });
  };
  expect(texts([0, 3, 4], [3, 1, 0])).not.toThrow();
  expect(texts([0, 3, 5], [3, 1, 0])).toThrow(/with 5 where at most 4 characters/);
  expect(texts([1, 0, 0], [3, 1, 0])).toThrow(/with 1 where at most 0 characters/);
  expect(texts([0, -1, 0], [3, 1, 0])).toThrow(/with -1 where at most 3 characters/);
  expect(texts([0, 0, 0], [3, -1, 0])).toThrow(/where at most 3 characters/);
  expect(texts([0, 2 ** 29, 0], [2 ** 29, 0, 0])).toThrow(
    'a page with 536,870,912 where at most 503,316,480 bytes of text should be',
  );
  expect(texts([0, 2 ** 28, 0], [2 ** 28, 0, 0])).toThrow('a page with 536,870,912 where at most');
  expect(texts([0, 0, 0], [503_316_480, 0, 0])).not.toThrow();
});

it('texts take no more of the one before than it has', () => {
  const lists = [
    [0, 9, 0],
    [3, 1, 1],
  ];
  const block = [0x80, 1, 4, 3, 0];
  const unpackDeltas: ColumnFacts['unpackDeltas'] = (reader, _, output) => {
    output.set(lists.shift() ?? []);
    reader.offset += block.length;
  };
  expect(check('DELTA_BYTE_ARRAY', 3, [...block, ...block], { unpackDeltas })).toThrow(
    /with 9 where at most 3 characters/,
  );
});

it('the pages of a Parquet column are walked through to the last row, each with its own bytes', () => {
  const seen: [string | undefined, number, number][] = [];
  const pages = [
    { type: 'DICTIONARY_PAGE', compressed_page_size: 3, dictionary_page_header: { num_values: 320 } },
    { data_page_header: { num_values: 4 }, compressed_page_size: 0, uncompressed_page_size: 0 },
    { type: 'DATA_PAGE_V2', data_page_header_v2: { num_values: 3, num_nulls: 3, num_rows: 3 } },
    { data_page_header: { num_values: 9 } },
  ];
  const bytes = Uint8Array.from({ length: 30 }, (_, i) => i);
  const check = (rows: number) =>
    checkPages(
      bytes.buffer,
      rows,
      (reader) => {
        reader.offset += 2;
        return { type: 'DATA_PAGE', compressed_page_size: 5, uncompressed_page_size: 40, ...pages.shift() };
      },
      (page, content) => seen.push([page.type, content[0] ?? -1, content.length]),
    );
  check(7);
  expect(seen).toEqual([
    ['DATA_PAGE', -1, 0],
    ['DATA_PAGE_V2', 9, 5],
  ]);
  expect(pages).toHaveLength(1);
  // A page of one byte is none.
  expect(() => checkPages(new ArrayBuffer(1), 1, () => expect.unreachable())).toThrow(
    'a page with 0 where 1 values in all should be',
  );
});

it.each<[string, object[], string | null]>([
  ['no bytes', [{ compressed_page_size: 0 }], null],
  ['all bytes that are left', [{ compressed_page_size: 18, data_page_header: { num_values: 5 } }], null],
  ['one more', [{ compressed_page_size: 19 }], 'with 19 where at most 18 bytes'],
  ['fewer than none', [{ compressed_page_size: -1 }], 'with -1 where at most 18 bytes'],
  ['more of them unpacked', [{ uncompressed_page_size: 503_316_481 }], '503,316,480 bytes unpacked'],
  ['more in two', Array(2).fill({ uncompressed_page_size: 2 ** 28 }), '503,316,480 bytes unpacked'],
  ['a value per bit', [{ type: 'DICTIONARY_PAGE', dictionary_page_header: { num_values: 64 } }, {}], null],
  [
    'more',
    [{ type: 'DICTIONARY_PAGE', dictionary_page_header: { num_values: 65 } }],
    'with 65 where a number of d',
  ],
  ['an unknown number', [{ type: 'DICTIONARY_PAGE' }], 'with undefined where a number of distinct values'],
  ['more values than rows', [{}, { data_page_header: { num_values: 3 } }], 'with 3 where at most 2 values'],
  ['no header', [{ data_page_header: undefined }], 'with undefined where at most 5 values'],
  ['as many nulls as values', [{ data_page_header_v2: { num_values: 5, num_nulls: 5 } }], null],
  [
    'one more null',
    [{ data_page_header_v2: { num_values: 5, num_nulls: 6 } }],
    'with 6 where a number of nulls',
  ],
])('pages of a Parquet column may have %s, or are refused', (_, pages, message) => {
  const usual = { type: 'DATA_PAGE', compressed_page_size: 2, uncompressed_page_size: 8 };
  const given = pages.values();
  const values = [3, 2];
  const check = () =>
    checkPages(new ArrayBuffer(20), 5, (reader) => {
      reader.offset += 2;
      const page: Partial<PageHeader> = given.next().value ?? {};
      const header = page.type ? undefined : { num_values: values.shift() };
      return { ...usual, data_page_header: header, ...page } as PageHeader;
    });
  if (message) expect(check).toThrow(message);
  else expect(check).not.toThrow();
});

describe('the footer of a Parquet file', () => {
  const column = (name: string, given: object = {}) => ({
    meta_data: {
      path_in_schema: name.split('.'),
      num_values: 5n,
      data_page_offset: 40n,
      total_compressed_size: 20n,
      ...given,
    },
  });
  const group = (columns: object[], rows: unknown = 5n) => ({ num_rows: rows, columns });
  const check = (groups: object[], rows: unknown = 5n, layout = LAYOUT_DEFAULTS) =>
    checkMetadata({ num_rows: rows, row_groups: groups } as never, ['a', 'b.c'], 100, 't.parquet', layout);
  const whole = [column('x', { num_values: 1n }), column('a'), column('b.c', { dictionary_page_offset: 9n })];

  it('says where the pages of each column lie', () => {
    expect(() => check([group(whole)])).not.toThrow();
    expect(() => check([group(whole), group(whole)], 10n)).not.toThrow();
    const empty = ['a', 'b.c'].map((name) => column(name, { num_values: 0n }));
    expect(() => check([group(empty, 0n)], 0n)).not.toThrow();
    expect(() => check([], 0)).not.toThrow();
    expect(chunkSpan({ data_page_offset: 40n, total_compressed_size: 20n } as never)).toEqual([40, 60]);
    const withDictionary = { dictionary_page_offset: 9n, data_page_offset: 40n, total_compressed_size: 20n };
    expect(chunkSpan(withDictionary as never)).toEqual([9, 29]);
  });

  it.each<[string, object, RegExp]>([
    ['more values than rows', { num_values: 6n }, /column chunk with 6 where 5 values should be/],
    ['fewer values than rows', { num_values: 4n }, /column chunk with 4 where 5 values should be/],
    ['pages before the file begins', { data_page_offset: 3n }, /with 3 where the offset of its pages/],
    ['pages behind its end', { data_page_offset: 101n }, /with 101 where the offset of its pages/],
    ['pages nowhere', { data_page_offset: undefined }, /with undefined where the offset of its pages/],
    ['pages at a text', { data_page_offset: '40' }, /with 40 where the offset of its pages/],
    ['pages between bytes', { data_page_offset: 4.5 }, /with 4.5 where the offset of its pages/],
    ['a dictionary below 0', { dictionary_page_offset: -1n }, /with -1 where the offset of its dictionary/],
    [
      'a dictionary behind its pages',
      { dictionary_page_offset: 41n },
      /with 41 where the offset of its dict/,
    ],
    ['a size below 0', { total_compressed_size: -1n }, /with -1 where a size within the file/],
    ['a size beyond the file', { total_compressed_size: 61n }, /with 61 where a size within the file/],
    ['a size of 2 to the 60', { total_compressed_size: 2n ** 60n }, /where a size within the file/],
  ])('is refused with %s', (_what, given, message) => {
    expect(() => check([group([column('a', given), column('b.c')])])).toThrow(message);
    expect(() => check([group([column('a'), column('b.c', given)])])).toThrow(message);
  });

  it('may have pages from its first byte behind the sign to its last', () => {
    const edges = [
      { data_page_offset: 4n, total_compressed_size: 96n },
      { data_page_offset: 100n, total_compressed_size: 0n },
      { data_page_offset: 40n, dictionary_page_offset: 0n, total_compressed_size: 60n },
      { data_page_offset: 40n, dictionary_page_offset: 40n },
    ];
    for (const edge of edges)
      expect(() => check([group([column('a', edge), column('b.c', edge)])])).not.toThrow();
  });

  it('has all columns in each of its groups, and as many rows as these', () => {
    expect(() => check([group([column('a'), column('c')])])).toThrow(
      'a column chunk with nothing where column b.c should be',
    );
    expect(() => check([group([column('a'), {}])])).toThrow('nothing where column b.c');
    expect(() => check([group(whole)], 6n)).toThrow('a footer with 5 where 6 rows in its groups should be');
    expect(() => check([group(whole), group(whole)], 9n)).toThrow('10 where 9 rows in its groups');
    expect(() => check([group(whole, 6n)])).toThrow('a footer with 6 where rows of a group should be');
    expect(() => check([group(whole, -1n)])).toThrow('a footer with -1 where rows of a group should be');
    expect(() => check([], -1n)).toThrow('a footer with -1 where a number of rows should be');
    expect(() => check([], 2n ** 60n)).toThrow('where a number of rows should be');
    expect(() => check([], 1_000_001n)).toThrow('t.parquet: expected at most 1,000,000 rows');
    // The limit of rows is that of the sample.
    expect(() => check([], 1_000_001n, { ...LAYOUT_DEFAULTS, sample: 'first' })).toThrow(
      '1,000,001 rows in its',
    );
  });
});
