// What separates the cells of a text file, found by its first lines.
import { describe, expect, it } from 'vitest';
import { BLANKS, delimiterOf, readSepLine, usualCells, withSingleTabs } from './delimiter.ts';
import type { LayoutSettings } from './format.ts';

const found = (text: string, settings: Partial<LayoutSettings> = {}) =>
  delimiterOf(text, { delimiter: 'auto', comment: '#', ...settings } as LayoutSettings);

describe('a delimiter', () => {
  it.each<[string, string, string]>([
    ['commas', 'a,b\n1,2\n3,4\n', ','],
    ['semicolons around decimal commas', 'a;b\n1,5;2,5\n3,5;4,5\n', ';'],
    ['tabulators', 'a\tb\n1\t2\n', '\t'],
    ['bars', 'a|b\n1|2\n', '|'],
    ['the one that cuts more lines', 'a,b;c\n1;2,5\n3;4\n5;6\n', ';'],
    ['one column, which has none', 'a\n1\n2\n', ','],
    ['nothing', '', ','],
    ['blanks', 'a b\n1 2\n3 4\n', BLANKS],
    ['several blanks, and lines that begin with them', '  a    b\n  1    2\n 13   14\n', BLANKS],
    ['blanks, with an odd line in five', 'a b\n1 2\n3 4\n5 6\n7\n', BLANKS],
    ['blanks, with two odd lines in five', 'a b\n1 2\n3 4\n5\n7\n', ','],
    ['blanks in words', 'one word\ntwo words\nthree words\n', ','],
    ['blanks, with half of the cells numbers', 'a b\nx 1\ny 2\n', ','],
    ['blanks, with most of the cells numbers', 'a b c\nx 1 4\ny 2 5\n', BLANKS],
    ['blanks, in one line alone', '1 2\n', ','],
    ['blanks beside commas in half of the lines', 'a b\n1 2,5\n3 4,5\n5 6\n', ','],
    ['blanks beside commas in fewer', 'a b\n1 2,5\n3 4\n5 6\n7 8\n', BLANKS],
  ])('of %s', (_, text, expected) => {
    expect(found(text)).toBe(expected);
  });

  it('is not looked for in comments, which may stand anywhere', () => {
    const comments = '# a;b\n# c;d\n# e;f\n# g;h\n';
    expect(found(`${comments}a,b\n1,2\n3,4\n`)).toBe(',');
    expect(found(`${comments}a,b\n1,2\n3,4\n`, { comment: '' })).toBe(';');
    expect(found(`${comments}a b\n1 2\n3 4\n`)).toBe(BLANKS);
    expect(found('a,b;#\n1,2;#\n3,4;#\n# no\n', { comment: '#' })).toBe(';');
    expect(found('% one\n% two\n% three\n% four\na b\n1 2\n3 4\n', { comment: '%' })).toBe(BLANKS);
    expect(found('a b\n1 #\n3 #\n', { comment: '#' })).toBe(',');
  });

  it('is the one that is asked for', () => {
    const text = 'a,b\n1,2\n';
    expect(
      (['comma', 'semicolon', 'tab', 'bar', 'blank'] as const).map((delimiter) => found(text, { delimiter })),
    ).toEqual([',', ';', '\t', '|', BLANKS]);
  });

  it('is found by the first 65,536 characters, without the line that they cut', () => {
    const later = '3;4,5\n'.repeat(20_000);
    expect(found(`${'1,2;\n'.repeat(14_000)}${later}`)).toBe(';');
    expect(found(`a,b\n1,2\n${'x'.repeat(66_000)};y\n${'p;q\n'.repeat(10)}`)).toBe(',');
    // One line alone may be longer.
    expect(found(`${'1;'.repeat(40_000)}2`)).toBe(';');
  });

  it('is found by the first 500 records', () => {
    const records = (count: number, text: string) => text.repeat(count);
    expect(found(records(300, '1,2\n') + records(250, '1;2\n'))).toBe(',');
    expect(found(records(200, '1,2\n') + records(350, '1;2\n'))).toBe(';');
    expect(found(records(450, '1 2\n') + records(900, '1,2\n'))).toBe(BLANKS);
  });
});

describe('a line that names the delimiter', () => {
  it.each<[string, ReturnType<typeof readSepLine>]>([
    ['sep=;\na;b\n', { delimiter: ';', length: 6 }],
    ['SEP=,\na,b\n', { delimiter: ',', length: 6 }],
    ['"sep=|"\na|b\n', { delimiter: '|', length: 8 }],
    ['sep=\\t\na\tb\n', { delimiter: '\t', length: 7 }],
    ['sep=\t\na\tb\n', { delimiter: '\t', length: 6 }],
    ['sep=;;;\na;b\n', { delimiter: ';', length: 8 }],
    ['sep=;', { delimiter: ';', length: 5 }],
    ['sep=\na', null],
    ['a\nsep=;\n', null],
    ['sep=; # x\n', null],
  ])('%j', (text, expected) => {
    expect(readSepLine(text)).toEqual(expected);
  });
});

it('the usual number of cells is that of most records, two at least, the first of equal ones', () => {
  const of = (...widths: number[]) => usualCells(widths.map((width) => Array(width).fill('')));
  expect(of(2, 3, 3)).toEqual({ cells: 3, records: 2 });
  expect(of(1, 1, 1, 2)).toEqual({ cells: 2, records: 1 });
  expect(of(3, 2)).toEqual({ cells: 3, records: 1 });
  expect(of(1, 1)).toEqual({ cells: 1, records: 0 });
});

it('runs of blanks become one tabulator, outside of quotes', () => {
  expect(withSingleTabs('  a  b \t c  \n\t1 2\t\n')).toBe('a\tb\tc\n1\t2\n');
  expect(withSingleTabs('"New  York" 7 "a ""b""  c"')).toBe('"New  York"\t7\t"a ""b""  c"');
});
