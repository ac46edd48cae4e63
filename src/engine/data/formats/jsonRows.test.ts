// Rows of JSON as columns: what is told of them, which are left out, and the forms of a table that is one value.
import { describe, expect, it } from 'vitest';
import type { Note } from '../../core/notes.ts';
import type { DroppedLines } from './format.ts';
import { flatten, JsonColumns } from './jsonColumns.ts';
import { JsonRows, notesOf, readable } from './jsonRows.ts';
import { readWhole } from './jsonWhole.ts';

const textsOf = (notes: readonly Note[]) => notes.map(({ code, text }) => `${code}: ${text}`);
/** Columns, lines and notes of rows. */
function finished(rows: JsonRows, notes: Note[] = []) {
  const dropped: DroppedLines[] = [];
  rows.finish(notes, dropped);
  const columns = rows.columns.names.map((name) => [name, ...rows.columns.valuesOf(name)]);
  return { columns, notes: textsOf(notes), dropped };
}
function whole(text: string, name = 't.json') {
  const rows = new JsonRows(name, 'refuse');
  const notes: Note[] = [];
  readWhole(text, name, rows, notes);
  return finished(rows, notes);
}

describe('signs that are not JSON', () => {
  it.each([
    ['[NaN, -Infinity, Infinity]', '[null, -1e999, 1e999]', 1, 0],
    [
      '["NaN \\" Infinity 1234567890123456", NaN, NaN]',
      '["NaN \\" Infinity 1234567890123456", null, null]',
      2,
      0,
    ],
    ['[1234567890123456789, -12345678901234567]', '["1234567890123456789", "-12345678901234567"]', 0, 2],
    ['[9007199254740991, 9007199254740993]', '[9007199254740991, "9007199254740993"]', 0, 1],
    ['[0.12345678901234567, 1e1234567890123456, 12345678901234567.5]', null, 0, 0],
    ['[123456789012345]', null, 0, 0],
  ])('are replaced: %s', (text, expected, missing, digits) => {
    const counts = { missing: 0, digits: 0 };
    expect(readable(text, counts)).toBe(expected ?? text);
    expect(counts).toEqual({ missing, digits });
  });

  it('are told with their number', () => {
    expect(textsOf(notesOf({ missing: 0, digits: 0 }))).toEqual([]);
    expect(textsOf(notesOf({ missing: 1, digits: 1 }))).toEqual([
      'nan-is-missing: NaN, which is no JSON, is missing in 1 place.',
      'digits-kept-as-text: 1 whole number has more digits than numbers keep, and is read as text.',
    ]);
    expect(textsOf(notesOf({ missing: 2, digits: 2000 }))).toEqual([
      'nan-is-missing: NaN, which is no JSON, is missing in 2 places.',
      'digits-kept-as-text: 2,000 whole numbers have more digits than numbers keep, and are read as text.',
    ]);
  });
});

describe('rows', () => {
  it('end when enough are read, and those that are not kept are not parsed', () => {
    const first = new JsonRows('t', 'refuse', { limit: 2 });
    expect([first.row('{"a":1}', 1), first.row('{"a":2}', 2)]).toEqual([true, false]);
    const some = new JsonRows('t', 'refuse', { isKept: (row) => row === 2 });
    // The first may hold names, so it is looked at.
    for (const [i, text] of ['{"a":1}', 'no JSON', '{"a":3}'].entries()) some.row(text, 10 + i);
    expect([some.seen, some.lines, finished(some).columns]).toEqual([3, [12], [['a', 3]]]);
    const seen: object[] = [];
    const told = new JsonRows('t', 'refuse', { isKept: () => false, onRow: (row) => seen.push(row) });
    for (const text of ['["a","b"]', '[1,2]', '[3,4]']) told.row(text, 1);
    expect([seen, told.seen]).toEqual([
      [
        { a: 1, b: 2 },
        { a: 3, b: 4 },
      ],
      2,
    ]);
  });

  it('are lists below names, or without names', () => {
    const rows = (...texts: string[]) => {
      const json = new JsonRows('t', 'refuse');
      for (const [i, text] of texts.entries()) json.row(text, i + 1);
      return finished(json).columns;
    };
    expect(rows('["a","b"]', '[1,null]')).toEqual([
      ['a', 1],
      ['b', null],
    ]);
    expect(rows('["a",2]', '["b",4]')).toEqual([
      ['column 1', 'a', 'b'],
      ['column 2', 2, 4],
    ]);
    expect(() => rows('["a","a"]')).toThrow(
      't: expected a name per column, got "a" twice. Rename one of them.',
    );
    expect(() => rows('["a","b"]', '[1]')).toThrow('t, line 2, row 1: expected a list of 2 values, got 1.');
    expect(() => rows('["a","b"]', '{}')).toThrow('expected a list of 2 values, got object.');
    expect(() => rows('{"a":1}', '[1]')).toThrow(
      't, line 2, row 2: expected an object with a value per column, got a list.',
    );
    expect(() => rows('{"a":1}', `"${'x'.repeat(90)}"`)).toThrow(`got "${'x'.repeat(59)}. Write each row`);
    expect(() => rows('[{"a":1}]')).toThrow('expected one list of rows, or a row per line');
  });

  it('that are no JSON are refused with their line, or left out and counted', () => {
    const strict = new JsonRows('t', 'refuse');
    expect(() => strict.row('{"a":\n\nx}', 5)).toThrow(
      /^t, line 7: expected an object as JSON, got .* in "\{\\"a\\":\\n\\nx\}"\. Correct the row, remove it, or set data\.badLines to leave-out/,
    );
    const rows = new JsonRows('t', 'leave-out');
    expect([rows.row('{"a":1}', 1), rows.row('{"a"', 2), rows.row('{"a":3}', 4)]).toEqual([true, true, true]);
    rows.cut('{"a"', 5, 'list');
    expect(finished(rows)).toEqual({
      columns: [['a', 1, 3]],
      notes: [
        'bad-lines-left-out: 2 rows are no JSON and are left out, as data.badLines asks (line 2, 5).',
        'file-cut-off: The list of rows does not end: the file may be cut off, in line 5.',
      ],
      dropped: [{ reason: 'broken-rows', count: 2, lines: [2, 5] }],
    });
  });

  it('at the end of a list that does not end are kept if they are whole', () => {
    const rows = new JsonRows('t', 'leave-out');
    rows.cut('{"a":1}', 3, 'list');
    expect(finished(rows)).toEqual({
      columns: [['a', 1]],
      notes: ['file-cut-off: The list of rows does not end: the file may be cut off, in line 3.'],
      dropped: [],
    });
    expect(() => new JsonRows('t', 'refuse').cut('', 3, 'list')).toThrow(
      't, line 3: expected the end of the list, got the end of the file. The file may be cut off: get it again, or set data.badLines',
    );
    expect(() => new JsonRows('t', 'refuse').cut('{"a"', 3, 'list')).toThrow(
      /got .* in "\{\\"a\\""\. The file/,
    );
  });

  it('that do not end are left out alone, and refused where others may stand in them', () => {
    const cut = (text: string, badLines: 'refuse' | 'leave-out' = 'leave-out') => {
      const rows = new JsonRows('t', badLines);
      rows.row('{"a":1}', 1);
      rows.cut(text, 2, 'object');
      return finished(rows);
    };
    expect(cut('{"a": 2,\n"b"')).toEqual({
      columns: [['a', 1]],
      notes: [
        'bad-lines-left-out: 1 row is no JSON and is left out, as data.badLines asks (line 2).',
        'file-cut-off: The last object does not end: the file may be cut off, in line 2.',
      ],
      dropped: [{ reason: 'broken-rows', count: 1, lines: [2] }],
    });
    expect(() => cut('{"a"', 'refuse')).toThrow(
      /^t, line 2: expected the end of the object that begins here, got .* in "\{\\"a\\""\. The file may be cut off/,
    );
    expect(() => cut('{"a":\n[2\n}\n{"a": 3}')).toThrow(
      /^t, line 4: expected the end of the object that begins in line 2, got .* in "\{\\"a\\":\\n\[2\\n\}\\n\{.*"\. A bracket or a quote is not closed/,
    );
  });

  it('whose objects give a key twice are told with the first lines', () => {
    const rows = new JsonRows('t', 'refuse');
    rows.row('{"a":1,"b":{"a":"\\",a:"},"l":[{"a":1},{"a":2}]}', 1);
    expect(finished(rows).notes.join()).not.toContain('keys-repeated');
    rows.row('{"a":2,\n\n"a":3}', 4);
    rows.row('{"a":2," a":3}', 9);
    rows.row('{"l":[{"c":2,"\\u0063":3}],"b.a":4,"b":{"a":5}}', 11);
    const { columns, notes } = finished(rows);
    expect(notes).toContain(
      'keys-repeated: 4 times a key is given twice in one object: "a" (line 6), "c" (line 11), "b.a" (line 11); the last value counts.',
    );
    expect(columns[0]).toEqual(['a', 1, 3, 3, undefined]);
    expect(whole('{"a":[1],\n"a":[2]}').notes).toEqual([
      'keys-repeated: A key is given twice in one object: "a" (line 2); the last value counts.',
    ]);
    expect(whole('{"columns":["a"," a"],"data":[[1,2]]}').notes).toEqual([
      'keys-repeated: A key is given twice in one object: "a" (row 1); the last value counts.',
    ]);
  });

  it('are refused where the file clearly has too many, unless some are asked for', () => {
    const seen = (wanted = {}, row = '{"a":1}') => {
      const rows = new JsonRows('t', 'refuse', wanted);
      for (let i = 0; i < 20; i++) rows.row(row, i);
      return rows;
    };
    expect(() => seen().piece(20 / 1_300_000)).toThrow(
      'at most 1,000,000 rows, got about 1,300,000 by the size',
    );
    expect(() => seen().piece(20 / 1_100_000)).not.toThrow();
    expect(() => seen({ limit: 90 }).piece(1e-9)).not.toThrow();
    expect(() => seen({ isKept: () => true }).piece(1e-9)).not.toThrow();
    const wide = `{${Array.from({ length: 100 }, (_, c) => `"${c}":1`).join()}}`;
    expect(() => seen({}, wide).piece(20 / 700_000)).toThrow('got 700,000 rows with 100 columns');
    expect(() => seen({}, wide).piece(20 / 550_000)).not.toThrow();
  });
});

describe('columns', () => {
  it('are taken out of objects in objects, to the fifth level', () => {
    const put: [string, unknown][] = [];
    const nested = flatten(
      { ' a ': 1, '': 2, b: { c: { d: { e: { f: { g: { z: 3 } } } } }, h: [4] } },
      (...one) => put.push(one as never),
    );
    expect(put).toEqual([
      ['a', 1],
      ['column', 2],
      ['b.c.d.e.f.g', { z: 3 }],
      ['b.h', [4]],
    ]);
    expect(nested).toEqual(['b', 'b.c', 'b.c.d', 'b.c.d.e', 'b.c.d.e.f']);
  });

  it('have a cell per row, and what is absent, a list or an object is told', () => {
    const columns = new JsonColumns('t');
    columns.add({ a: 1, o: { p: 'x' } });
    columns.add({ b: [1, { c: 2 }], a: null });
    columns.add({ a: 3, ' a': 4, o: { p: 'y' } });
    const notes: Note[] = [];
    columns.finish(notes);
    expect([columns.rows, columns.names.map((name) => columns.valuesOf(name))]).toEqual([
      3,
      [
        [1, null, 4],
        ['x', undefined, 'y'],
        [undefined, '[1,{"c":2}]', undefined],
      ],
    ]);
    expect(columns.valuesOf('z')).toEqual([]);
    expect(textsOf(notes)).toEqual([
      'objects-flattened: Objects in o become columns of their own.',
      'lists-as-text: Lists in b are read as text.',
      'keys-repeated: A key is given twice in one object: "a" (row 3); the last value counts.',
      'keys-absent: o.p stands in 2, b stands in 1 of 3 rows: it is missing in the others.',
    ]);
    const plain = new JsonColumns('t');
    plain.add({ a: 1 });
    const none: Note[] = [];
    plain.finish(none);
    expect(none).toEqual([]);
    const many = new JsonColumns('t');
    many.add(Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`l${i}`, [i]])));
    many.finish(none);
    expect(textsOf(none)).toEqual(['lists-as-text: Lists in l0, l1, l2, l3, l4 are read as text.']);
  });
});

describe('a table as one value', () => {
  it('may have names of columns and of rows, which are told unless they count', () => {
    const left = (name: string) =>
      `row-names-left-out: The rows have names, such as "${name}", which are left out; write them as a column to keep them.`;
    expect(whole('{"columns":["a"],"index":["p","q"],"data":[[1],[2]]}')).toEqual({
      columns: [['a', 1, 2]],
      notes: [left('p')],
      dropped: [],
    });
    expect(whole('{"columns":["a"],"index":[0,1],"data":[[1],[2]]}').notes).toEqual([]);
    expect(whole('{"a":{"p":1,"q":2},"b":{"q":4,"p":3}}')).toMatchObject({
      columns: [
        ['a', 1, 2],
        ['b', 3, 4],
      ],
      notes: [left('p')],
    });
    expect(whole('{"a":[1,NaN],"b":[3,4]}')).toMatchObject({
      columns: [
        ['a', 1, null],
        ['b', 3, 4],
      ],
      notes: ['nan-is-missing: NaN, which is no JSON, is missing in 1 place.'],
    });
    expect(whole('{"0":{"a":1,"1":2},"7":{"a":3,"1":4}}')).toMatchObject({
      columns: [
        ['1', 2, 4],
        ['a', 1, 3],
      ],
      notes: [
        'rows-by-number: The keys of the outer object are numbers and those of the inner ones are not: 2 rows by their numbers, which are left out.',
      ],
    });
    // Numbers on one level only, or none at all, are no numbers of rows.
    for (const [text, columns] of [
      ['{"x1":{"a":1},"x2":{"a":2}}', ['x1', 'x2']],
      ['{"1x":{"a":1},"2x":{"a":2}}', ['1x', '2x']],
      ['{"0":{"a":1},"k":{"a":2}}', ['0', 'k']],
    ] as const) {
      const found = whole(text);
      expect(found.columns).toEqual(columns.map((name, i) => [name, i + 1]));
      expect(found.notes).toEqual([
        'row-names-left-out: The rows have names, such as "a", which are left out; write them as a column to keep them.',
      ]);
    }
    expect(whole('{"10":{"a":1},"11":{"a":2}}').columns).toEqual([['a', 1, 2]]);
    expect(whole('{"a":{"0":null,"1":2},"b":[3,4]}')).toMatchObject({
      columns: [
        ['a', null, 2],
        ['b', 3, 4],
      ],
      notes: [],
    });
    expect(whole('{"data":[{"a":1},{"a":2}],"index":[0,"q"]}')).toMatchObject({
      columns: [['a', 1, 2]],
      notes: [expect.stringMatching(/^row-names-left-out: The rows have names, such as "0"/)],
    });
    expect(whole('{"a":1,"b":{"c":{"d":2}}}', 't.NDJSON').columns).toEqual([
      ['a', 1],
      ['b.c.d', 2],
    ]);
  });

  it.each([
    [
      '{"a":1,\n"b":x}',
      /^t\.json, line 2: expected a table as JSON: .*\. Correct the file, or write it again/,
    ],
    ['{"a":1,\n\n"b"', /^t\.json, line 3: /],
    ['{"a":x,\n\n"b":1}', /^t\.json, line 1: /],
    [
      '{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7}',
      /got one object with a, b, c, d, e and 2 more\. Put brackets/,
    ],
    ['{"a":1,"b":2,"c":3,"d":4,"e":5}', /got one object with a, b, c, d, e\. Put brackets/],
    ['{"a":[1],"b":2}', /got one object with a, b\. Write the table in one of these forms/],
    ['{"a":[],"b":2}', /got one object with a, b\. Write the table in one of these forms/],
    ['{"a":[{"x":1},2],"b":2}', /got one object with a, b\. Write the table in one of these forms/],
    ['{"a":{"x":1,"y":{"z":1}},"b":{"x":1,"y":2}}', /got one object with a, b\. Write the table in one/],
    [
      '{"n":1,"rows":[{"x":1}]}',
      /one object with n, rows\. Its "rows" is a list of objects: write that list/,
    ],
    ['{"columns":["a"],"data":[]}', /t\.json: expected at least one row, got none\. /],
    ['{"a":{"p":1},"b":{"q":1}}', /t\.json, column b: expected a value for each row of a, got none for "p"/],
    [
      '{"a":[1,2],"b":[1,2,3]}',
      /t\.json, column b: expected 2 values, as in a, got 3\. Write a value per row/,
    ],
  ])('is refused: %s', (text, message) => {
    expect(() => whole(text)).toThrow(message);
  });

  it('that is one object is a row only where the ending says so and no part of it is a column', () => {
    expect(() => whole('{"a":[1],"b":2}', 't.jsonl')).toThrow(/got one object with a, b\. /);
    expect(() => whole('{}', 't.jsonl')).toThrow(/got an object without values\. /);
    expect(whole('{"a":1}', 't.jsonl').columns).toEqual([['a', 1]]);
  });
});
