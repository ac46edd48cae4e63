// Columns of values that have types already.
import { describe, expect, it } from 'vitest';
import type { ReaderColumn } from './format.ts';
import { type CellValue, cellText, columnOfValues, dateOfTicks, messageOf, uniqueNames } from './values.ts';

const read = (values: CellValue[], isTextFinal = false, type?: string): ReaderColumn =>
  columnOfValues('x', values, { isTextFinal, ...(type === undefined ? {} : { type }) });
const cellsOf = (column: ReaderColumn) => {
  if (column.kind === 'numbers') return Array.from(column.values);
  return column.kind === 'codes' ? [...column.names, ...column.codes] : [...column.cells];
};
const day = new Date(Date.UTC(2024, 1, 29));

describe('a column of values', () => {
  it.each<[string, CellValue[], boolean, ReaderColumn['kind'], unknown[]]>([
    ['numbers', [1.5, null, -2, undefined], false, 'numbers', [1.5, Number.NaN, -2, Number.NaN]],
    [
      'whole numbers that float64 keeps',
      [2n ** 53n - 1n, -(2n ** 53n)],
      false,
      'numbers',
      [2 ** 53 - 1, -(2 ** 53)],
    ],
    ['numbers of both kinds', [1.5, 7n], false, 'numbers', [1.5, 7]],
    ['longer whole numbers, which stay text', [2n ** 53n, 1n], false, 'text', ['9007199254740992', '1']],
    ['negative ones', [-(2n ** 53n) - 1n], false, 'text', ['-9007199254740993']],
    ['dates', [day, null], false, 'numbers', [Date.UTC(2024, 1, 29), Number.NaN]],
    ['truths', [true, null, false, true], false, 'codes', ['true', 'false', 0, -1, 1, 0]],
    ['truths in a file whose text is final', [true, false], true, 'codes', ['true', 'false', 0, 1]],
    ['final text', ['b', 'a', undefined, 'b'], true, 'codes', ['b', 'a', 0, 1, -1, 0]],
    ['text that is read later', [' 7 ', 'a', null], false, 'text', ['7', 'a', '']],
    ['text and numbers', ['a', 7], true, 'text', ['a', '7']],
    ['numbers and truths', [7, true], false, 'text', ['7', 'true']],
    ['dates and numbers', [day, 7], false, 'text', ['2024-02-29T00:00:00.000Z', '7']],
    ['nothing', [null, undefined], true, 'text', ['', '']],
  ])('of %s', (_, values, isTextFinal, kind, cells) => {
    const column = read(values, isTextFinal);
    expect(column.kind).toBe(kind);
    expect(cellsOf(column)).toEqual(cells);
    expect('areDates' in column).toBe(kind === 'numbers' && values.includes(day));
  });

  it('has the type of the file', () => {
    expect(read([1], false, 'INT64')).toMatchObject({ name: 'x', type: 'INT64' });
    expect(read(['a'], true, 'UTF8')).toMatchObject({ name: 'x', type: 'UTF8' });
  });

  it('counts cells with blanks around them, and rows from 1 where the file has no lines', () => {
    const padded = read([' a', 'b ', 'c', null]);
    expect(padded).toMatchObject({ padded: 2, rows: 4, unit: 'row' });
    const rows = (column: ReaderColumn) => (column.kind === 'text' ? [0, 5].map(column.lineAt) : []);
    expect(rows(padded)).toEqual([1, 6]);
    const lines = columnOfValues('x', ['a'], { isTextFinal: false, lineAt: (row) => 10 * row });
    expect(rows(lines)).toEqual([0, 50]);
    expect(lines).not.toHaveProperty('unit');
  });

  it('counts dates that lose parts of a millisecond, earlier ones to the millisecond before', () => {
    const cut = [dateOfTicks(1_500n, 1000n), dateOfTicks(-1_500n, 1000n), dateOfTicks(2_000n, 1000n)];
    expect(cut.map(Number)).toEqual([1, -2, 2]);
    expect(read([...cut, null])).toMatchObject({ areDates: true, cutDates: 2 });
  });
});

describe('the text of a cell', () => {
  it.each<[CellValue, string]>([
    [null, ''],
    [undefined, ''],
    [0, '0'],
    [false, 'false'],
    [12345678901234567890n, '12345678901234567890'],
    [day, '2024-02-29T00:00:00.000Z'],
    [Uint8Array.of(0, 10, 255), '0x000aff'],
    [[1, 'a', null], '[1,"a",null]'],
    [{ a: [1n, 2.5] }, '{"a":["1",2.5]}'],
  ])('%s is %j', (value, text) => {
    expect(cellText(value, 'x')).toBe(text);
  });

  it('is refused where a value is nested too deeply, by the name of the column', () => {
    let deep: unknown[] = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(() => cellText(deep, 'temp')).toThrow('temp: expected values or short lists');
    const broken = {
      toJSON() {
        throw new TypeError('broken');
      },
    };
    expect(() => cellText(broken, 'temp')).toThrow(new TypeError('broken'));
  });
});

describe('names', () => {
  it('are unique and not empty, and every change is said', () => {
    expect(uniqueNames(['a', 'b'])).toEqual({ names: ['a', 'b'], renamed: [] });
    expect(uniqueNames(['a', ' a ', '', 'a'])).toEqual({
      names: ['a', 'a (2)', 'column 3', 'a (3)'],
      renamed: [
        'Name 2 " a " is called "a (2)" here.',
        'Name 3 "" is called "column 3" here.',
        'Name 4 "a" is called "a (3)" here.',
      ],
    });
    // A name that a change would have given is free for nobody else.
    expect(uniqueNames(['a (2)', 'a', 'a', 'a']).names).toEqual(['a (2)', 'a', 'a (3)', 'a (4)']);
  });
});

it('a message of anything thrown has no full stop, which the sentence around it sets', () => {
  expect(messageOf(new Error('no memory.'))).toBe('no memory');
  expect(messageOf(new Error('a.b failed'))).toBe('a.b failed');
  expect(messageOf(404)).toBe('404');
});
