import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { UNWATCHED } from '../progress.ts';
import { readWhole } from '../testing/files.ts';
import { csv } from './csv.ts';
import { FILE_LIMITS, LAYOUT_DEFAULTS } from './format.ts';

const read = (text: string) => readWhole(csv, text);
const cells = async (text: string) => (await read(text)).columns.map(({ name, cells }) => [name, ...cells]);

describe('csv', () => {
  it.each([',', ';', '\t', '|'])('guesses the delimiter %j', async (d) => {
    expect(await cells(`a${d}b\n1${d}x\n2${d}y\n`)).toEqual([
      ['a', '1', '2'],
      ['b', 'x', 'y'],
    ]);
  });

  it('takes the delimiter of the header where the rows are too ragged to tell', async () => {
    expect(await cells('a;b\n1\n2\n3;4\n')).toEqual([
      ['a', '1', '2', '3'],
      ['b', '', '', '4'],
    ]);
  });

  it('reads quotes, line breaks inside them, a byte order mark and every kind of line end', async () => {
    const expected = [
      ['a', 'x, "y"\nz', '1'],
      ['b', '2', '3'],
    ];
    for (const end of ['\n', '\r\n']) {
      expect(await cells(`\ufeffa,b${end}"x, ""y""\nz",2${end}1,3${end}`)).toEqual(expected);
    }
    expect(await cells('a,b\r1,2\r')).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
  });

  it('reads a single column', async () => {
    expect(await cells('a\n1\n2\n')).toEqual([['a', '1', '2']]);
  });

  it('counts lines that end early and names them as lines of the file', async () => {
    const { columns, notes, lines } = await read('a,b\n\n"x\ny",2\n3\n4,5\n');
    expect(columns.map((c) => c.cells)).toEqual([
      ['x\ny', '3', '4'],
      ['2', '', '5'],
    ]);
    expect(lines).toEqual([3, 5, 6]);
    expect(notes).toEqual([
      {
        code: 'ragged-lines',
        text: '1 line has fewer than 2 cells (line 5): missing cells are empty.',
      },
    ]);
  });

  it('reads what R writes by default: blanks between quoted texts, names of rows', async () => {
    const { columns, notes } = await read('"x" "kind"\n"1" 0.5 "b c"\n"2" NA "a"\n"3" 2 "b c"\n');
    expect(columns.map((c) => [c.name, ...c.cells])).toEqual([
      ['x', '0.5', 'NA', '2'],
      ['kind', 'b c', 'a', 'b c'],
    ]);
    expect(notes.map((n) => n.code)).toEqual(['blanks-between-cells', 'row-names-left-out']);
  });

  it('reads what NumPy writes with a header between blanks', async () => {
    expect(await cells('# temp flow\n1.5e+00 2.5e+00\n3.5e+00 4.5e+00\n')).toEqual([
      ['temp', '1.5e+00', '3.5e+00'],
      ['flow', '2.5e+00', '4.5e+00'],
    ]);
  });

  it.each([
    ['with the name of the index', ',mean,mean,std\ny,0,1,0\nk,,,\na,0.5,1,2\nb,1.5,2,3\n', ['k', 'a', 'b']],
    ['without', ',mean,mean,std\n,0,1,0\n0,0.5,1,2\n1,1.5,2,3\n', null],
  ])('joins names of several levels, as pandas writes them: %s', async (_what, text, index) => {
    const { columns, rows, notes } = await read(text);
    expect(columns.map((c) => [c.name, ...c.cells])).toEqual([
      ...(index ? [index] : []),
      ['mean 0', '0.5', '1.5'],
      ['mean 1', '1', '2'],
      ['std 0', '2', '3'],
    ]);
    expect([rows, notes[0]?.code]).toEqual([2, 'names-in-several-lines']);
  });

  it('leaves characters without width at the ends of cells out, and keeps those within', async () => {
    const { columns, notes } = await read('\u200ba,b\n1\u200b,x\u200by\n2,"\u2060z"\n3,u');
    expect(columns.map((c) => [c.name, ...c.cells])).toEqual([
      ['a', '1', '2', '3'],
      ['b', 'x\u200by', 'z', 'u'],
    ]);
    expect(notes.map((n) => n.text)).toEqual(['3 ends of cells have characters without width, left out.']);
    expect(await cells('a|b\n1\u200b|x\n2|y\n')).toContainEqual(['a', '1', '2']);
  });

  it('a name that repeats above rows is one line of names', async () => {
    expect((await read('k,a,a\nx,1,2\ny,3,4\n')).rows).toBe(2);
    expect((await read(',a,a\nx,1,2\ny,3,4\nz,5,6\n')).rows).toBe(3);
    expect((await read('k,a,a\nx,1,2\ny,,\nz,5,6\n')).rows).toBe(3);
  });

  it('leaves lines of dashes out, with a note', async () => {
    const psql = await read(' x | k\n---+---\n 1 | a\n 2 | b\n(2 rows)\n');
    expect(psql.columns.map((c) => [c.name, ...c.cells])).toEqual([
      ['x', '1', '2'],
      ['k', 'a', 'b'],
    ]);
    expect(psql.dropped).toEqual([
      { reason: 'rule-lines', count: 1, lines: [2] },
      { reason: 'footer-lines', count: 1, lines: [5] },
    ]);
    const markdown = await cells('| x | k |\n|:--|--:|\n| 1 | a |\n| 2 | b |\n');
    expect(markdown.slice(1, 3)).toEqual([
      ['x', '1', '2'],
      ['k', 'a', 'b'],
    ]);
    // Missing values further below are cells.
    expect(await cells('x,k\n1,a\n2,b\n3,c\n--,--\n4,d\n')).toHaveLength(2);
    expect((await read('x,k\n1,a\n2,b\n3,c\n--,--\n4,d\n')).rows).toBe(5);
  });

  it('takes errors of a spreadsheet for cells, not for comments', async () => {
    const { columns, dropped } = await read('a,b\n#DIV/0!,1\n#N/A,2\n# gone\n3,4\n5,6\n7,8\n');
    expect(columns[0]?.cells).toEqual(['#DIV/0!', '#N/A', '3', '5', '7']);
    expect(dropped).toEqual([{ reason: 'comment-lines', count: 1, lines: [4] }]);
  });

  it('makes empty and repeated headers unique, visibly', async () => {
    const { columns, notes } = await read('a,,a,a (2)\n1,2,3,x\n');
    expect(columns.map((c) => c.name)).toEqual(['a', 'column 2', 'a (2)', 'a (2) (2)']);
    expect(notes).toHaveLength(3);
    expect(notes[1]?.text).toBe('Header 3 "a" is called "a (2)" here.');
  });

  it.each([
    ['', /header line and at least one row, got no line\. Choose a file/],
    ['a,b\n', /header line and at least one row, got one line\. Add rows below the header/],
    ['a,b\n1,2\n"x,3\n', /table\.csv, line 3: expected quoted cells/],
    ['a,b\n\n"x\ny",1\n"x"y,2\n', /table\.csv, line 5: expected quoted cells/],
    ['PK\0\0', /binary data/],
  ])('refuses %j', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('refuses more columns than the limit', async () => {
    const wide = `${'a,'.repeat(FILE_LIMITS.columns)}a\n1\n`;
    await expect(readWhole(csv, wide, 't.csv', { header: 'present', delimiter: 'comma' })).rejects.toThrow(
      /at most 20,000 columns, got 20,001/,
    );
  });

  it('refuses what is not UTF-8', async () => {
    await expect(readWhole(csv, Uint8Array.of(0x61, 0x0a, 0x81, 0x32, 0xff))).rejects.toThrow(
      /line 2: expected text in UTF-8, got byte 0x81 at position 3/,
    );
  });

  it('refuses more bytes than the limit before decoding them', async () => {
    const huge = { size: FILE_LIMITS.bytes + 1 } as Blob;
    await expect(csv.open(huge, 'x.csv', LAYOUT_DEFAULTS, UNWATCHED)).rejects.toThrow(
      /^x\.csv: expected at most 480 MiB \(503,316,480 bytes\), got 503,316,481 bytes\. /,
    );
    const larger = { size: 2 * FILE_LIMITS.bytes } as Blob;
    await expect(csv.open(larger, 'x.csv', LAYOUT_DEFAULTS, UNWATCHED)).rejects.toThrow(
      /^x\.csv: expected at most 480 MiB, got 960 MiB\. /,
    );
  });

  it('reads any mixture of line ends alike, with the lines of the file', async () => {
    const lines = ['a,b', '1,"x', 'y"', '', '2,z', '3,"p""q"', '4,w'];
    const end = fc.constantFrom('\n', '\r\n', '\r');
    const plainRead = await read(lines.join('\n'));
    expect(plainRead.lines).toEqual([2, 5, 6, 7]);
    await fc.assert(
      fc.asyncProperty(fc.array(end, { minLength: 7, maxLength: 7 }), async (ends) => {
        // A carriage return followed by a line feed is one line end.
        fc.pre(!ends.some((e, i) => e === '\r' && lines[i + 1] === '' && ends[i + 1] === '\n'));
        expect(await read(lines.map((line, i) => line + ends[i]).join(''))).toEqual(plainRead);
      }),
    );
  });

  describe('what is no row', () => {
    const codes = async (text: string, settings = {}) => {
      const table = await readWhole(csv, text, 'table.csv', settings);
      return {
        columns: table.columns.map(({ name, cells }) => [name, ...cells].join(' ')),
        lines: table.lines,
        notes: table.notes.map((note) => note.code),
        firstRow: table.firstRow,
      };
    };

    it.each<[string, string, string[], number[], string[]]>([
      ['a sep= line', 'sep=;\na;b\n1;2\n', ['a 1', 'b 2'], [3], ['sep-line']],
      ['a quoted sep= line', '"sep=|"\r\na|b\r\n1|2', ['a 1', 'b 2'], [3], ['sep-line']],
      ['a sep= line with a tab', 'sep=\\t\na\tb\n1\t2\n', ['a 1', 'b 2'], [3], ['sep-line']],
      [
        'comments',
        '# one\n# two, three\na,b\n1,2\n# end\n3,4\n',
        ['a 1 3', 'b 2 4'],
        [4, 6],
        ['comment-lines-left-out'],
      ],
      ['a title', 'My table\n\na,b\n1,2\n3,4\n', ['a 1 3', 'b 2 4'], [4, 5], ['title-lines-left-out']],
      ['a padded title', 'My table,,\na,b,c\n1,2,3\n', ['a 1', 'b 2', 'c 3'], [3], ['title-lines-left-out']],
      [
        'a title with delimiters',
        'one, two, and three\na,b\n1,2\n3,4\n',
        ['a 1 3', 'b 2 4'],
        [3, 4],
        ['title-lines-left-out'],
      ],
      [
        'a title above data',
        'Title\n1.5,2\n3.5,4\n',
        ['column 1 1.5 3.5', 'column 2 2 4'],
        [2, 3],
        ['title-lines-left-out', 'no-header'],
      ],
      ['units', 'a,b\ndegC,kg\n1,2\n3,4\n5,6\n', ['a 1 3 5', 'b 2 4 6'], [3, 4, 5], ['units-line-left-out']],
      ['missing names', 'a,b\nNA,-\n1,2\n3,4\n5,6\n', ['a NA 1 3 5', 'b - 2 4 6'], [2, 3, 4, 5], []],
      [
        'names in a comment',
        '# a,b\n1,2\n3,4\n',
        ['a 1 3', 'b 2 4'],
        [2, 3],
        ['comment-lines-left-out', 'names-in-comment'],
      ],
      [
        'a sign for a name',
        '#,b\n1,2\n3,4\n',
        ['# 1 3', 'b 2 4'],
        [2, 3],
        ['comment-lines-left-out', 'names-in-comment'],
      ],
      ['no names', '1.5,2\n3.5,4\n', ['column 1 1.5 3.5', 'column 2 2 4'], [1, 2], ['no-header']],
      [
        'no names above classes',
        'red,x\nblue,x\nred,y\nblue,y\nred,x\n',
        ['column 1 red blue red blue red', 'column 2 x x y y x'],
        [1, 2, 3, 4, 5],
        ['no-header'],
      ],
      [
        'names that count',
        '0,1,2\n5,7,1\n5,8,3\n',
        ['0 5 5', '1 7 8', '2 1 3'],
        [2, 3],
        ['names-are-numbers'],
      ],
      [
        'years for names',
        'country,2019,2020\nA,1.5,2\nB,2.5,2\n',
        ['country A B', '2019 1.5 2.5', '2020 2 2'],
        [2, 3],
        ['names-are-numbers'],
      ],
      [
        'a word and a number above classes and numbers',
        `kind, 21\n${'a,1\nb,2\n'.repeat(4)}`,
        ['kind a b a b a b a b', '21 1 2 1 2 1 2 1 2'],
        [2, 3, 4, 5, 6, 7, 8, 9],
        ['names-are-numbers'],
      ],
      [
        'numbers of which some count',
        '1.5,2,3,4\n5,7,1,1\n5,8,3,9\n',
        ['column 1 1.5 5 5', 'column 2 2 7 8', 'column 3 3 1 3', 'column 4 4 1 9'],
        [1, 2, 3],
        ['no-header'],
      ],
      ['names of rows', 'a,b\nr1,1,2\nr2,3,4\n', ['a 1 3', 'b 2 4'], [2, 3], ['row-names-left-out']],
      [
        'numbers of rows without a name',
        ',a,b\n0,1,2\n1,3,4\n',
        ['a 1 3', 'b 2 4'],
        [2, 3],
        ['row-names-left-out'],
      ],
      [
        'numbers of rows from 1',
        '"",a,b\n1,1,2\n2,3,4\n',
        ['a 1 3', 'b 2 4'],
        [2, 3],
        ['row-names-left-out'],
      ],
      ['a column without a name', ',a\n5,1\n5,2\n', ['column 1 5 5', 'a 1 2'], [2, 3], ['header-renamed']],
      ['a delimiter at the end', 'a,b\n1,2,\n3,4,\n', ['a 1 3', 'b 2 4'], [2, 3], []],
    ])('%s', async (_, text, columns, lines, notes) => {
      expect(await codes(text)).toMatchObject({ columns, lines, notes });
    });

    it('is decided by the settings', async () => {
      expect(await codes('1,2\n3,4\n', { header: 'present' })).toMatchObject({
        columns: ['1 3', '2 4'],
        firstRow: null,
      });
      expect(await codes('a,b\n3,4\n', { header: 'none' })).toMatchObject({
        columns: ['column 1 a 3', 'column 2 b 4'],
        firstRow: ['a', 'b'],
      });
      expect((await codes('x\na,b\n3,4\n5,6\n', { skipLines: 2 })).columns).toEqual([
        'column 1 3 5',
        'column 2 4 6',
      ]);
      expect((await codes('#a,b\n3,4\n5,6\n', { comment: '' })).columns).toEqual(['#a 3 5', 'b 4 6']);
      expect((await codes('a,b\n%3,4\n5,6\n7,8\n', { comment: '%' })).columns).toEqual(['a 5 7', 'b 6 8']);
      expect((await codes('a;b,c\n1;2,3\n', { delimiter: 'semicolon' })).columns).toEqual(['a 1', 'b,c 2,3']);
      expect((await codes('a;b\n1;2\n', { delimiter: 'comma', header: 'present' })).columns).toEqual([
        'a;b 1;2',
      ]);
    });

    it('keeps values that begin like comments where most do, or that stand in quotes', async () => {
      expect((await codes('a,b\n#1,2\n#2,3\n4,5\n')).columns).toEqual(['a #1 #2 4', 'b 2 3 5']);
      expect((await codes('a,b\n"#1",2\n3,4\n5,6\n')).columns).toEqual(['a #1 3 5', 'b 2 4 6']);
    });

    it('keeps a line of units where the names are said to be there', async () => {
      expect((await codes('a,b\nm,kg\n1,2\n3,4\n5,6\n', { header: 'present' })).lines).toEqual([2, 3, 4, 5]);
      expect((await codes('a,b\nm,kg\n1,2\n3,4\n')).lines).toEqual([2, 3, 4]);
    });

    it('keeps a row of data that one word spoils', async () => {
      expect((await codes('a,b\nunknown,2\n1,2\n3,4\n')).lines).toEqual([2, 3, 4]);
    });
  });

  it('finds semicolons between numbers with decimal commas', async () => {
    expect(await cells('a;b\n1,5;2,5\n3,5;4,5\n')).toEqual([
      ['a', '1,5', '3,5'],
      ['b', '2,5', '4,5'],
    ]);
    expect((await cells('1,5;2,5\n3,5;4,5\n')).map((c) => c.length)).toEqual([3, 3]);
  });

  it.each([
    ['a,b\n1,2\n3,4,5\n', /table\.csv, line 3: expected 2 cells, one per column, got 3\. Put cells/],
    ['a,b\n1,2\n3,4,5\n6,7,8\n', /line 3: .* got 3; 2 lines have more/],
    ['a,b,c\n1,2\n3,4\n', /line 2: expected 3 cells, one per column, got 2, and no line has 3/],
    ['a,b,y\n1,5,2,0\n1,5,3,0\n', /line 2: expected 3 cells, one per column, got 4/],
    ['a,b\n1,2,3,4\n5,6,7,8\n', /line 2: expected 2 cells/],
  ])('refuses lines that do not fit their header: %j', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('counts cells with blanks at their ends', async () => {
    expect((await read('a,b\nx ,1\ny,2\n')).columns.map((c) => c.padded)).toEqual([1, 0]);
  });

  it('reads back any table that was written as CSV', async () => {
    const cell = fc.string({ maxLength: 6 }).map((text) => text.replaceAll('\0', '').trim());
    const table = fc
      .integer({ min: 2, max: 4 })
      .chain((n) => fc.array(fc.array(cell, { minLength: n, maxLength: n }), { minLength: 1, maxLength: 6 }));
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const header = (rows[0] as string[]).map((_, i) => `h${i}`);
        const text = Papa.unparse([header, ...rows], { delimiter: ',', quotes: true });
        const kept = rows.filter((row) => row.some((c) => c !== ''));
        fc.pre(kept.length > 0);
        const { columns, notes } = await readWhole(csv, text, 'table.csv', { header: 'present' });
        expect(columns.map((c) => c.name)).toEqual(header);
        expect(kept.map((_, r) => columns.map((c) => c.cells[r]))).toEqual(kept);
        expect(notes).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
