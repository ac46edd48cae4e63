// What an Arrow file claims of its messages, and a batch of its buffers, is refused where there is no room for it.
import { describe, expect, it } from 'vitest';
import { checkBatch } from './arrowChecks.ts';
import { checkMessages } from './arrowMessages.ts';

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

describe('the messages of an Arrow file', () => {
  /** A field of a FlatBuffers table; `at` says where an offset leads in place of what it should. */
  type Field =
    | null
    | { number: number; bytes: 1 | 8 }
    | { table: Field[] }
    | { tables: Field[][]; count?: number }
    | { list: number[]; stride: number; count?: number };
  const little = (n: number, bytes: number) =>
    Array.from({ length: bytes }, (_, i) => Number((BigInt(n) >> BigInt(8 * i)) & 255n));
  const put = (bytes: number[], at: number, values: number[]) => bytes.splice(at, values.length, ...values);

  /** A table behind what is written: its offsets to fields, the fields, and what these lead to. Returns its place. */
  function write(bytes: number[], fields: Field[]): number {
    const sizes = fields.map((field) => (field === null ? 0 : 'number' in field ? field.bytes : 4));
    const start = bytes.length;
    const table = start + 4 + 2 * fields.length;
    const places = sizes.map((_, i) => 4 + sizes.slice(0, i).reduce<number>((sum, size) => sum + size, 0));
    const slots = places.flatMap((place, i) => little(sizes[i] === 0 ? 0 : place, 2));
    bytes.push(...little(4 + 2 * fields.length, 2), ...little(0, 2), ...slots, ...little(table - start, 4));
    bytes.push(...sizes.flatMap((size) => Array<number>(size).fill(0)));
    for (const [i, field] of fields.entries()) {
      const at = table + (places[i] ?? 0);
      if (field === null) continue;
      if ('number' in field) put(bytes, at, little(field.number, field.bytes));
      else put(bytes, at, little(writePart(bytes, field) - at, 4));
    }
    return table;
  }
  function writePart(bytes: number[], field: Exclude<Field, null | { number: number }>): number {
    if ('table' in field) return write(bytes, field.table);
    const place = bytes.length;
    const { count } = field;
    if ('list' in field)
      bytes.push(
        ...little(count ?? field.list.length, 4),
        ...field.list.flatMap((n) => little(n, field.stride)),
      );
    else {
      const first = place + 4;
      bytes.push(
        ...little(count ?? field.tables.length, 4),
        ...Array<number>(4 * field.tables.length).fill(0),
      );
      for (const [i, table] of field.tables.entries()) {
        const at = first + 4 * i;
        put(bytes, at, little(write(bytes, table) - at, 4));
      }
    }
    return place;
  }
  const flat = (fields: Field[]) => {
    const bytes = little(0, 4);
    put(bytes, 0, little(write(bytes, fields), 4));
    return bytes;
  };
  const byte = (number: number): Field => ({ number, bytes: 1 });
  const long = (number: number): Field => ({ number, bytes: 8 });
  const text = (letters: string, count?: number): Field => ({
    list: [...letters].map((letter) => letter.charCodeAt(0)),
    stride: 1,
    ...(count === undefined ? {} : { count }),
  });
  const longs = (...list: number[]): Field => ({ list, stride: 8 });
  /** Pairs of numbers, counted as pairs. */
  const pairs = (...list: number[]): Field => ({ list, stride: 8, count: list.length / 2 });

  const [SCHEMA, DICTIONARY, BATCH] = [1, 2, 3];
  const message = (kind: number, header: Field[], body = 0, claimed = body) => {
    const head = flat([null, byte(kind), { table: header }, long(claimed)]);
    return [...little(-1, 4), ...little(head.length, 4), ...head, ...Array<number>(body).fill(0)];
  };
  const check = (...parts: number[][]) => checkMessages(Uint8Array.from(parts.flat()));
  const batch = (nodes: Field, buffers: Field, variadic: Field = null): Field[] => [
    long(3),
    nodes,
    buffers,
    { table: [byte(0)] },
    variadic,
  ];
  const field = (...more: Field[]): Field[] => [text('a'), null, null, null, null, ...more];
  const typed = (kind: number, type: Field[]): Field[] => [text('a'), null, byte(kind), { table: type }];
  const schema = (...tables: Field[][]): Field[] => [null, { tables }];
  const whole = batch(pairs(3, 1), pairs(0, 8, 8, 24));

  it('are whole', () => {
    const metadata: Field = { tables: [[text('key'), text('value')], []] };
    expect(() =>
      check(
        message(SCHEMA, [null, { tables: [field({ tables: [field()] }, metadata)] }, metadata, longs(1, 2)]),
        message(DICTIONARY, [long(1), { table: whole }], 32),
        message(BATCH, whole, 32),
        little(-1, 4),
        little(0, 4),
        [9, 9, 9, 9, 255],
      ),
    ).not.toThrow();
    expect(() => check(message(BATCH, whole, 32), [1, 2])).not.toThrow();
    expect(() => check(message(BATCH, whole, 32), little(-1, 4), [1, 2])).not.toThrow();
    // As files before Arrow 0.15 have them.
    expect(() => check(message(BATCH, whole, 32).slice(4))).not.toThrow();
    expect(() => check(message(9, whole))).not.toThrow();
    expect(() => check(message(BATCH, batch(pairs(0, 0, 3, 0), pairs())))).not.toThrow();
    expect(() => check(message(BATCH, batch(null, null)))).not.toThrow();
    expect(() => check(message(BATCH, batch(null, pairs(0, 8), longs(1, 1)), 8))).not.toThrow();
    expect(() => check(message(BATCH, batch(pairs(50_000_000, 50_000_000), pairs()), 0))).not.toThrow();
  });

  it.each<[string, number[], RegExp]>([
    [
      'a column of more rows than there may be',
      message(BATCH, batch(pairs(50_000_001, 0), pairs())),
      /a column of 50000001 rows, of which 0/,
    ],
    [
      'a column of fewer rows than none',
      message(BATCH, batch(pairs(-1, -1), pairs())),
      /a column of -1 rows/,
    ],
    [
      'more missing values than rows',
      message(BATCH, batch(pairs(5, 5, 3, 4), pairs())),
      /a column of 3 rows, of which 4 are missing/,
    ],
    ['fewer missing values than none', message(BATCH, batch(pairs(3, -1), pairs())), /3 rows, of which -1/],
    [
      'a buffer behind its body',
      message(BATCH, batch(pairs(3, 1), pairs(0, 8, 8, 25)), 32),
      /a buffer beyond its end/,
    ],
    [
      'a buffer before its body',
      message(BATCH, batch(pairs(3, 1), pairs(-1, 1)), 32),
      /a buffer beyond its end/,
    ],
    [
      'a buffer of less than nothing',
      message(BATCH, batch(pairs(3, 1), pairs(8, -1)), 32),
      /a buffer beyond its end/,
    ],
    [
      'a buffer behind the body, of a dictionary',
      message(DICTIONARY, [long(1), { table: batch(null, pairs(0, 33)) }], 32),
      /a buffer beyond its end/,
    ],
    [
      'more buffers of a column than there are',
      message(BATCH, batch(null, pairs(0, 8), longs(1, 2)), 32),
      /that claims more buffers than it has/,
    ],
    [
      'a list of columns that it has no room for',
      message(BATCH, batch({ list: [3, 1], stride: 8, count: 99 }, null)),
      /with a list of 99 that it has no room for/,
    ],
    [
      'a list of buffers that it has no room for',
      message(BATCH, batch(null, { list: [3, 1], stride: 8, count: 99 })),
      /with a list of 99/,
    ],
    [
      'a list of counts that it has no room for',
      message(BATCH, batch(null, null, { list: [1], stride: 8, count: 99 })),
      /with a list of 99/,
    ],
    ['a name that it has no room for', message(SCHEMA, schema([text('a', 999)])), /with a list of 999/],
    [
      'a name of one letter more than it has',
      message(SCHEMA, schema([text('a', 2)])),
      /with a list of 2 that/,
    ],
    [
      'fields that it has no room for',
      message(SCHEMA, [null, { tables: [field()], count: 999 }]),
      /with a list of 999/,
    ],
    [
      'a name of a field in a field that it has no room for',
      message(SCHEMA, schema(field({ tables: [[text('b', 999)]] }))),
      /with a list of 999/,
    ],
    [
      'a key that it has no room for',
      message(SCHEMA, [null, null, { tables: [[text('k', 999)]] }]),
      /with a list of 999/,
    ],
    [
      'a value that it has no room for',
      message(SCHEMA, [null, null, { tables: [[null, text('v', 999)]] }]),
      /with a list of 999/,
    ],
    [
      'a key of a field that it has no room for',
      message(SCHEMA, schema(field(null, { tables: [[text('k', 999)]] }))),
      /with a list of 999/,
    ],
    [
      'features that it has no room for',
      message(SCHEMA, [null, null, null, { list: [1], stride: 8, count: 99 }]),
      /with a list of 99/,
    ],
    [
      'kinds of a union that it has no room for',
      message(SCHEMA, schema(typed(14, [null, { list: [1], stride: 4, count: 99 }]))),
      /with a list of 99/,
    ],
    [
      'a time zone that it has no room for',
      message(SCHEMA, schema(typed(10, [null, text('UTC', 999)]))),
      /with a list of 999/,
    ],
    ['a body that is cut off', message(BATCH, whole, 32).slice(0, -1), /whose body is cut off/],
    ['a body of less than nothing', message(BATCH, whole, 32, -1), /whose body is cut off/],
    ['an end within it', message(BATCH, whole).slice(0, -1), /a message that is cut off/],
    [
      'fewer bytes than a message has',
      [...little(-1, 4), ...little(7, 4), ...Array<number>(9).fill(0)],
      /a message that is cut off/,
    ],
    ['fewer bytes than none', [...little(-2, 4), ...Array<number>(9).fill(0)], /a message that is cut off/],
  ])('are refused with %s', (_what, bytes, expected) => {
    expect(() => check(bytes)).toThrow(expected);
    // What stands before it does not hide it.
    expect(() => check(message(BATCH, whole, 32), bytes)).toThrow(expected);
  });

  it('may have lists of types and names of zones within their room', () => {
    for (const type of [
      typed(14, [null, { list: [1, 2], stride: 4 }]),
      typed(10, [byte(1), text('UTC')]),
      typed(10, [byte(1)]),
      // What other types have there is no list.
      typed(2, [null, long(2 ** 31)]),
      [text('a'), null, byte(14)],
    ])
      expect(() => check(message(SCHEMA, schema(type)))).not.toThrow();
  });

  it('are refused where fields in fields have no end', () => {
    const nested = (depth: number): Field[] =>
      depth === 0 ? field() : field({ tables: [nested(depth - 1)] });
    expect(() => check(message(SCHEMA, schema(nested(63))))).not.toThrow();
    expect(() => check(message(SCHEMA, schema(nested(64))))).toThrow(/more parts than it has room for/);
  });

  it('stand where the end of a file says', () => {
    const sign = [...'ARROW1'].map((letter) => letter.charCodeAt(0));
    const file = (
      blocks: Field,
      { of = whole, cut = 0, own = [] as Field[], dictionaries = null as Field } = {},
    ) => {
      const foot = flat([null, { table: own }, dictionaries, blocks]);
      const parts = [...sign, 0, 0, ...message(BATCH, of, 32), ...foot, ...little(foot.length - cut, 4)];
      return () => check([...parts, ...sign]);
    };
    const blocks = (...places: number[]): Field => ({
      list: places.flatMap((place) => [place, 0, 0]),
      stride: 8,
      count: places.length,
    });
    const broken = batch(pairs(3, 4), pairs());
    expect(file(blocks(8))).not.toThrow();
    expect(file(blocks(8, 8))).not.toThrow();
    expect(file(null, { of: broken })).not.toThrow();
    expect(file(blocks(8), { of: broken })).toThrow(/of which 4 are missing/);
    expect(file(null, { of: broken, dictionaries: blocks(8) })).toThrow(/of which 4 are missing/);
    expect(file({ list: [8, 0, 0], stride: 8, count: 99 })).toThrow(/with a list of 99/);
    expect(file(blocks(8), { own: schema([text('a', 999)]) })).toThrow(/with a list of 999/);
    for (const cut of [-900, 900]) expect(file(blocks(8), { cut })).toThrow(/at the end that is cut off/);
  });
});
