// What separates the cells of a text file, found by its first lines, and how its pieces become records and columns.
import { describe, expect, it } from 'vitest';
import { UNWATCHED } from '../progress.ts';
import { csv } from './csv.ts';
import { DelimitedText, type Wanted } from './delimitedText.ts';
import { BLANKS, delimiterOf, readSepLine, usualCells, withSingleTabs } from './delimiter.ts';
import { LAYOUT_DEFAULTS, type LayoutSettings, SAMPLED_BYTES, type TextColumn } from './format.ts';

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

describe('pieces of a text', () => {
  const textOf = (given: Partial<LayoutSettings> = {}, wanted: Wanted = {}, size = 100) =>
    new DelimitedText('t.csv', size, { ...LAYOUT_DEFAULTS, ...given }, wanted);
  const cellsOf = (text: DelimitedText) => {
    const records = text.records();
    return records.where(() => true).map(records.cells);
  };

  it('are refused by their rows and the size of the file before they are all read, unless a part is', () => {
    const piece = '1,2\n'.repeat(10);
    // A row of four bytes: 1.2 million of them are certainly more than a million.
    const take = (size: number, wanted: Wanted = {}, isLast = false) =>
      textOf({}, wanted, size).take(piece, isLast);
    expect(() => take(4_800_000)).toThrow(
      /^t\.csv: expected at most 1,000,000 rows, got about 1,200,000 by the size of the file\. /,
    );
    expect(take(4_790_000)).toBe(true);
    expect(take(4_800_000, {}, true)).toBe(true);
    expect(take(4_800_000, { limit: 50 })).toBe(true);
    expect(take(4_800_000, { isKept: () => true })).toBe(true);
    const twice = textOf({}, {}, 4_800_000);
    // The second piece has no row end, so that there are fewer rows in as many bytes.
    const long = `1,${'2'.repeat(37)}\n`;
    expect(() => twice.take(long, false)).not.toThrow();
    expect(() => twice.take(piece, false)).not.toThrow();
  });

  it('are enough as soon as as many records are seen as are wanted', () => {
    const text = textOf({}, { limit: 3 });
    expect(text.take('a,b\n1,2\n', false)).toBe(true);
    expect(text.take('3,4\n5,6\n', false)).toBe(false);
    expect(text.seen).toBe(4);
    expect(textOf().seen).toBe(0);
  });

  it('have a line that names the delimiter in the first of them alone', () => {
    const text = textOf();
    text.take('sep=;\na;b\n', false);
    text.take('sep=;\n1;2\n', true);
    expect(cellsOf(text)).toEqual([
      ['a', 'b'],
      ['sep=', ''],
      ['1', '2'],
    ]);
    expect(text.notes.map((note) => note.text)).toEqual([
      'Line 1 says that ";" stands between cells, and is no row.',
    ]);
    expect(text.dropped).toEqual([{ reason: 'sep-line', count: 1, lines: [1] }]);
    const tab = textOf();
    tab.take('sep=\\t\na\tb\n1\t2\n', true);
    expect(tab.notes.map((note) => note.text)).toEqual([
      'Line 1 says that a tab stands between cells, and is no row.',
    ]);
    // It is no row where another delimiter is asked for either.
    const asked = textOf({ delimiter: 'comma' });
    asked.take('sep=;\na,b\n1,2\n', true);
    expect([asked.delimiter, cellsOf(asked)[0]]).toEqual([',', ['a', 'b']]);
  });

  it('start over with nothing of what they were', () => {
    const text = textOf();
    text.take('sep=|\n\u200ba|b\n 1| "x"\n', false);
    text.restart();
    text.take('a;b\n3; "y, z"\n', false);
    text.take('\u200b5;6\n', true);
    expect(text.delimiter).toBe(';');
    expect(cellsOf(text)).toEqual([
      ['a', 'b'],
      ['3', 'y, z'],
      ['5', '6'],
    ]);
    expect(text.dropped).toEqual([]);
    expect(text.notes.map((note) => note.text)).toEqual([
      '1 quoted cell has blanks before the quote, which do not count.',
      '1 end of a cell has characters without width, left out.',
    ]);
  });

  it.each([',', '|'])('have quoted cells behind blanks, whichever of them shows it: %s', (sign) => {
    const text = 'a; b; "c"\n  "1"; "x; ""y"" "; 2\n3; ""; 4\n5; "u; "; 6\n'.replaceAll(';', sign);
    const expected = [
      ['a', 'b', 'c'],
      ['1', `x${sign} "y"`, '2'],
      ['3', '', '4'],
      ['5', `u${sign}`, '6'],
    ];
    for (let at = 12; at < text.length; at++) {
      const parts = textOf();
      parts.take(text.slice(0, at), false);
      parts.take(text.slice(at), true);
      expect(cellsOf(parts).map((record) => record.map((cell) => cell.trim()))).toEqual(expected);
      expect(parts.notes.map((note) => note.code)).toEqual(['blanks-before-quotes']);
    }
    // Quotes and blanks within a cell stay.
    const within = textOf();
    within.take('a;b\n"x; ""y""";1\nz; 2\n'.replaceAll(';', sign), true);
    expect(cellsOf(within).slice(1)).toEqual([
      [`x${sign} "y"`, '1'],
      ['z', ' 2'],
    ]);
  });

  it('with blanks between cells are cut together, and told of where that was found', () => {
    const pieces = (given: Partial<LayoutSettings> = {}) => {
      const text = textOf(given);
      expect(text.take('a b\n1  2\n3 4', false)).toBe(true);
      expect(text.take('5 \n6\t\u200b"7 8"\n', true)).toBe(true);
      return { cells: cellsOf(text), codes: text.notes.map((note) => note.code) };
    };
    const cells = [
      ['a', 'b'],
      ['1', '2'],
      ['3', '45'],
      ['6', '7 8'],
    ];
    expect(pieces()).toEqual({ cells, codes: ['blanks-between-cells', 'invisible-characters-left-out'] });
    expect(pieces({ delimiter: 'blank' })).toEqual({ cells, codes: ['invisible-characters-left-out'] });
  });

  it('keep what has no width within cells, and within a piece that others follow', () => {
    // The sign that decides may stand in the next piece.
    for (const pieces of [
      ['a,b\n1,x\u200b', 'y\u2060,2\n', '\ufeff3,"z\u200b', '\u2060"\n\u200b', '5,u'],
      ['a,b\n1,x\u200by\u2060,2\n\ufeff3,"z\u200b\u2060"\n\u200b5,u'],
    ]) {
      const text = textOf();
      for (const [i, piece] of pieces.entries()) text.take(piece, i === pieces.length - 1);
      expect(cellsOf(text)).toEqual([
        ['a', 'b'],
        ['1', 'x\u200by', '2'],
        ['3', 'z'],
        ['5', 'u'],
      ]);
      expect(text.notes[0]?.text).toMatch(/^4 ends of cells have/);
    }
    const first = textOf();
    first.take('\ufeff\u200ba,b\n1,2\u200b', true);
    expect(cellsOf(first)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(first.notes.map((note) => note.text)).toEqual([
      '2 ends of cells have characters without width, left out.',
    ]);
  });
});

describe('a delimited file', () => {
  const open = (text: string, given: Partial<LayoutSettings> = {}, progress = UNWATCHED) =>
    csv.open(new Blob([text]), 't.csv', { ...LAYOUT_DEFAULTS, ...given }, progress);
  const textOf = async (reader: Awaited<ReturnType<typeof open>>, name: string) => {
    const column = await reader.column(name, UNWATCHED);
    if (column.kind !== 'text') throw new Error(`${name}: expected text, got ${column.kind}.`);
    return column;
  };
  const all = ({ parts }: TextColumn) => [...(parts?.() ?? [])].flat();

  it('has its columns in parts or whole, trimmed, each with the line that a cell begins on', async () => {
    const reader = await open('a,b,c\n"x\ny", 2,"u\nv"\n3 , 4,w\n');
    expect(reader.schema()).toMatchObject({ columns: ['a', 'b', 'c'], rows: 2, hasSemicolons: false });
    const b = await textOf(reader, 'b');
    expect([all(b), b.rows]).toEqual([['2', '4'], 2]);
    expect([b.cells, b.padded]).toEqual([['2', '4'], 2]);
    expect(all(b)).toEqual(['2', '4']);
    const a = await textOf(reader, 'a');
    expect([a.padded, a.cells, all(a)]).toEqual([1, ['x\ny', '3'], ['x\ny', '3']]);
    expect(all(b)).toEqual(['2', '4']);
    const c = await textOf(reader, 'c');
    expect([a, b, c].map((column) => [column.lineAt(0), column.lineAt(1)])).toEqual([
      [2, 5],
      [3, 5],
      [3, 5],
    ]);
    c.release?.();
    const named = await open('a;b\nr1;"x\ny";2\nr2;z;4\n');
    expect(named.schema()).toMatchObject({ columns: ['a', 'b'], hasSemicolons: true });
    const lines = await Promise.all(['a', 'b'].map((name) => textOf(named, name)));
    expect(lines.map(({ lineAt }) => [lineAt(0), lineAt(1)])).toEqual([
      [2, 4],
      [3, 4],
    ]);
  });

  it('has a row at least, beside its names where it has any', async () => {
    expect((await open('1,2\n', { header: 'none' })).schema().rows).toBe(1);
    await expect(open('', { header: 'none' })).rejects.toThrow(/got no line\. /);
    await expect(open('1,2\n', { header: 'present' })).rejects.toThrow(/got one line\. /);
    expect((await open('1,2\n3,4\n', { header: 'present' })).schema().rows).toBe(1);
  });

  it('is read once, or three times for rows that are drawn, as progress tells', async () => {
    const text = `kind,x\n${Array.from({ length: 20 }, (_, i) => `${i % 4 ? 'a' : 'b'},${i}\n`).join('')}`;
    const told = async (given: Partial<LayoutSettings>) => {
      const shares: number[] = [];
      const reader = await open(text, { sampleRows: 8, ...given }, async (share) => {
        shares.push(Math.round(share * 300) / 300);
      });
      const { rows, isSampled, notes } = reader.schema();
      const note = notes.find(({ code }) => code === 'sample-of-rows')?.text.split(', as ')[0];
      return { shares, rows, isSampled, note };
    };
    expect(await told({})).toEqual({ shares: [1], rows: 20, isSampled: false, note: undefined });
    expect(await told({ sample: 'first' })).toEqual({
      shares: [1],
      rows: 8,
      isSampled: true,
      note: '8 rows are read, the first',
    });
    const drawn = {
      shares: [1 / 3, 2 / 3, 1].map((share) => Math.round(share * 300) / 300),
      rows: 8,
      isSampled: true,
    };
    expect(await told({ sample: 'random' })).toEqual({
      ...drawn,
      note: '8 of 20 rows are read, drawn at random',
    });
    expect(await told({ sample: 'stratified', sampleBy: 'kind' })).toEqual({
      ...drawn,
      note: '8 of 20 rows are read, drawn at random, each value of kind in its share',
    });
    const shares = await open(text, { sample: 'stratified', sampleBy: 'kind', sampleRows: 8 });
    expect((await textOf(shares, 'kind')).cells.filter((cell) => cell === 'b')).toHaveLength(2);
    const named = text.replace('kind,x', 'x').replace(/^(?=[ab])/gm, (_, at) => `r${at},`);
    const rows = await open(named.replace(/^x$/m, 'kind,x'), {
      sample: 'stratified',
      sampleBy: 'kind',
      sampleRows: 8,
    });
    expect(rows.schema().columns).toEqual(['kind', 'x']);
    expect((await textOf(rows, 'kind')).cells.filter((cell) => cell === 'b')).toHaveLength(2);
  });

  it('may be larger where a part of it is read', async () => {
    const head = new Blob(['a,b\n1,2\n3,4\n']);
    const sized = (size: number, given: Partial<LayoutSettings>) =>
      csv.open(
        { size, slice: head.slice.bind(head) } as Blob,
        't.csv',
        { ...LAYOUT_DEFAULTS, ...given },
        UNWATCHED,
      );
    await expect(sized(2 ** 30, {})).rejects.toThrow(/at most 480 MiB, got 1024 MiB/);
    await expect(sized(SAMPLED_BYTES + 2 ** 30, { sample: 'first' })).rejects.toThrow(
      /at most 16384 MiB, got 17408/,
    );
  });
});
