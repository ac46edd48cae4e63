// How lines become rows with names: what is called how, what names rows, and which lines do not fit.
import { describe, expect, it } from 'vitest';
import { UNWATCHED } from '../progress.ts';
import { readWhole } from '../testing/files.ts';
import { csv } from './csv.ts';
import {
  FILE_LIMITS,
  LAYOUT_DEFAULTS,
  type LayoutSettings,
  SAMPLED_BYTES,
  type TextColumn,
} from './format.ts';

const read = async (text: string, settings: Partial<LayoutSettings> = {}) => {
  const { columns, ...facts } = await readWhole(csv, text, 't.csv', settings);
  return { ...facts, columns: columns.map(({ name, cells }) => [name, ...cells]) };
};
const textsOf = async (text: string, settings: Partial<LayoutSettings> = {}) =>
  (await read(text, settings)).notes.map((note) => note.text);
const namesOf = async (text: string, settings: Partial<LayoutSettings> = {}) =>
  (await read(text, settings)).columns.map(([name]) => name);
const columnOf = async (text: string, name: string, settings: Partial<LayoutSettings> = {}) => {
  const reader = await csv.open(new Blob([text]), 't.csv', { ...LAYOUT_DEFAULTS, ...settings }, UNWATCHED);
  return (await reader.column(name, UNWATCHED)) as TextColumn;
};

describe('lines that name the columns again', () => {
  it('are no rows, as where files were joined, unless the settings say so', async () => {
    const text = 'a,b\n1,x\n a ,b\n2,a\na,y\na,b\n';
    const { columns, dropped, notes } = await read(text);
    expect(columns).toEqual([
      ['a', '1', '2', 'a'],
      ['b', 'x', 'a', 'y'],
    ]);
    expect(dropped).toEqual([{ reason: 'repeated-names', count: 2, lines: [3, 6] }]);
    expect(notes.map((note) => note.text)).toEqual([
      '2 lines name the columns again and are left out (line 3, 6). If they are rows, set data.header to present.',
    ]);
    expect((await read(text, { header: 'present' })).columns[0]).toHaveLength(6);
    // One name may be a value as well, and lines without others are rows.
    expect((await read('a\nx\na\ny\n')).columns).toEqual([['a', 'x', 'a', 'y']]);
    expect((await read('a,b\na,b\n')).columns).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ]);
  });

  it('are names where all columns are texts of few kinds', async () => {
    const part = `outlook,play\n${'sunny,no\nrain,yes\nrain,no\n'.repeat(3)}`;
    const { columns, dropped } = await read(part.repeat(2));
    expect(columns.map(([name, ...cells]) => [name, cells.length])).toEqual([
      ['outlook', 18],
      ['play', 18],
    ]);
    expect(dropped).toEqual([{ reason: 'repeated-names', count: 1, lines: [11] }]);
    // Rows that recur among others like them are rows, the first as well.
    expect(await namesOf('sunny,no\nrain,yes\n'.repeat(6))).toEqual(['column 1', 'column 2']);
    expect(await namesOf(`sunny,no\nrain,yes\n${'rain,no\nsunny,yes\n'.repeat(6)}sunny,no\n`)).toEqual([
      'column 1',
      'column 2',
    ]);
  });

  it('are none of a sample either', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => (i % 50 === 1 ? 'a,b' : `${i},x`)).join('\n');
    const { columns } = await read(`a,b\n${rows}\n`, { sample: 'random', sampleRows: 200 });
    expect(columns[1]?.filter((cell) => cell === 'b')).toEqual(['b']);
  });
});

describe('lines that are one cell each', () => {
  it('are told where they look as if they held several', async () => {
    const codes = async (text: string) => (await read(text)).notes.map((note) => note.code);
    expect(await codes('a^b\n1^2\n3^4\n')).toEqual(['lines-not-cut']);
    expect(await textsOf('name      age\nanna      20\nbert k    3\nc         7\n')).toEqual([
      'Nothing was found that cuts the lines into cells, so that each is one, such as "anna      20". If they hold several, set data.delimiter, or export the table as CSV.',
    ]);
    expect(await codes('"a,b"\n"1,2"\n"3,4"\n')).toEqual(['lines-not-cut']);
    expect(await codes('a\n1\n2\n')).toEqual([]);
    expect(await codes('a,b\n1 2,3\n4 5,6\n')).toEqual([]);
  });
});

describe('names of columns', () => {
  it('are trimmed without a note, and counted on where they repeat', async () => {
    expect(await textsOf(' a ,b\n1,x\n2,y\n')).toEqual([]);
    expect(await namesOf(' a ,b\n1,x\n2,y\n')).toEqual(['a', 'b']);
    expect(await namesOf('a,a,a,a,b\n1,2,3,4,x\n')).toEqual(['a', 'a (2)', 'a (3)', 'a (4)', 'b']);
    expect((await textsOf('a, a ,b\n1,2,x\n'))[0]).toBe('Header 2 "a" is called "a (2)" here.');
  });

  it('that are numbers are told, unless the settings say that they are names', async () => {
    const text = 'kind,2020, 2021 ,x2022,2023y\na,1,2,3,4\nb,5,6,7,8\n';
    expect(await textsOf(text)).toEqual([
      'Line 1 is taken for the names of the columns, although some are numbers such as 2020. If it is a row, set data.header to none.',
    ]);
    expect((await textsOf('kind,p 2020, 2021 \na,1,2\nb,3,4\n'))[0]).toMatch(
      /some are numbers such as +2021/,
    );
    expect(await textsOf('kind,x2022,2023y\na,3,4\nb,7,8\n')).toEqual([]);
    expect(await textsOf(text, { header: 'present' })).toEqual([]);
  });

  it('are not those of a comment that has none, nor where the settings say that they stand in a line', async () => {
    expect(await namesOf('# made today\n1.5,2\n3.5,4\n')).toEqual(['column 1', 'column 2']);
    expect(await namesOf('# a,b\n1,2\n3,4\n', { header: 'present' })).toEqual(['1', '2']);
  });

  it('that are missing are numbers, as many as most lines have cells', async () => {
    expect(await read(' 1 ,2\n3,4,5\n6,7,8\n', { header: 'none', skipLines: 0 })).toMatchObject({
      columns: [
        ['column 1', '1', '3', '6'],
        ['column 2', '2', '4', '7'],
        ['column 3', '', '5', '8'],
      ],
      firstRow: ['1', '2'],
    });
    expect(await read(' 1.5 ,2\n3,4\n')).toMatchObject({ firstRow: ['1.5', '2'] });
    expect((await textsOf('1,2,3,4\n', { header: 'none' }))[0]).toBe(
      'As asked, line 1 (1, 2, 3, 4) is a row, and the columns are called column 1 to column 4.',
    );
    expect((await textsOf('1.5,2,9,4,5\n6,7,8,9,1\n'))[0]).toBe(
      'Line 1 (1.5, 2, 9, 4, …) looks like data, so the columns are called column 1 to column 5. If it holds their names, set data.header to present.',
    );
    const long = 'x'.repeat(300);
    expect((await textsOf(`${long},2\n`, { header: 'none' }))[0]).toContain(
      `(${'x'.repeat(256)}… (300 characters), 2)`,
    );
  });

  it('have a line of units below that is counted as left out', async () => {
    const { dropped } = await read('a,b\ndegC,kg\n1,2\n3,4\n5,6\n');
    expect(dropped).toEqual([{ reason: 'units-line', count: 1, lines: [2] }]);
  });
});

describe('names of rows', () => {
  it('stand before a header that is one name short, where all differ and the last cells are filled', async () => {
    const { columns, notes } = await read('x,y\n a ,1,2\nb,3,4\nc,5,6\nd,7,\ne,9,10\n');
    expect(columns.map(([name]) => name)).toEqual(['x', 'y']);
    expect(notes.map((note) => note.text)).toEqual([
      'The header is one name shorter than the lines below it, so their first cells are names of rows (a, b, c, d, …), which are left out as identifiers.',
    ]);
    // Two names that differ in blanks alone are the same, so the lines have a cell too many.
    await expect(read('x,y\na,1,2\n a,3,4\n')).rejects.toThrow(
      /line 2: expected 2 cells, one per column, got 3/,
    );
    expect((await read('x,y\na,1, \nb,2, \n')).columns).toEqual([
      ['x', 'a', 'b'],
      ['y', '1', '2'],
    ]);
  });

  it('stand below a first name that is empty, and not below one that is there', async () => {
    const { columns, notes } = await read(' ,x\n1 ,5\n2,6\n3,7\n4,8\n');
    expect(columns).toEqual([['x', '5', '6', '7', '8']]);
    expect(notes[0]?.text).toBe(
      'The first column has no name, and its cells number or name the rows (1, 2, 3, 4), which are left out as identifiers.',
    );
    expect(await namesOf('k,x\n1,5\n2,6\n3,7\n')).toEqual(['k', 'x']);
  });
});

describe('lines with too many cells', () => {
  it('are left out if asked, and no note tells of none', async () => {
    expect(await read('a,b\n1,2\n3,4,5\n6,7\n', { badLines: 'leave-out' })).toMatchObject({
      columns: [
        ['a', '1', '6'],
        ['b', '2', '7'],
      ],
      dropped: [{ reason: 'lines-with-more-cells', count: 1, lines: [3] }],
    });
    expect(await textsOf('a,b\n1,2\n6,7\n', { badLines: 'leave-out' })).toEqual([]);
  });

  it('are refused if all are such', async () => {
    const all = read('a,b\n1,2,3,4\n3,4,5,6\n', { badLines: 'leave-out' });
    await expect(all).rejects.toThrow(
      't.csv, line 2: expected 2 cells, one per column, got 4; 2 lines have more.',
    );
  });
});

describe('a column of text', () => {
  it('knows the line of each cell, behind line breaks in the cells before it', async () => {
    const text = 'n,a,b,c\nr,"x\ny","u\r\nv\nw",2\ns,1,2,3\n';
    const lines = async (name: string) => {
      const { lineAt } = await columnOf(text, name);
      return [lineAt(0), lineAt(1)];
    };
    expect(await Promise.all(['n', 'a', 'b', 'c'].map(lines))).toEqual([
      [2, 6],
      [2, 6],
      [3, 6],
      [5, 6],
    ]);
    // The cells that name rows have breaks too.
    const { lineAt } = await columnOf('x,y\n"p\nq",1,2\nr,3,4\n', 'x');
    expect([lineAt(0), lineAt(1)]).toEqual([3, 4]);
  });

  it('is trimmed in parts and as a whole, and kept until it is released', async () => {
    const column = await columnOf('x,y\n 1,a\n2 ,b\n', 'x');
    expect([...(column.parts?.() ?? [])]).toEqual([['1', '2']]);
    const { cells } = column;
    expect([cells, column.padded]).toEqual([['1', '2'], 2]);
    expect(column.cells).toBe(cells);
    expect([...(column.parts?.() ?? [])][0]).toBe(cells);
    column.release?.();
    expect(column.cells).not.toBe(cells);
  });

  it('tells whether semicolons stand between cells', async () => {
    expect((await read('a;b\n1;2\n')).hasSemicolons).toBe(true);
    expect((await read('a,b\n1,2\n')).hasSemicolons).toBe(false);
  });
});

describe('a part of a file', () => {
  const settings = { sampleRows: 3, sample: 'first' } as const;

  it('may be drawn of one that is too large to be read, up to a size', async () => {
    const sized = (size: number) =>
      csv.open(
        { size, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }) } as never,
        't.csv',
        { ...LAYOUT_DEFAULTS, ...settings },
        UNWATCHED,
      );
    await expect(sized(FILE_LIMITS.bytes + 1)).rejects.toThrow('a file that can be read');
    await expect(sized(SAMPLED_BYTES + 1)).rejects.toThrow('at most 16384 MiB');
  });

  it('is the first rows, whatever stands far behind them', async () => {
    const many = Array.from({ length: 3000 }, (_, i) => `${i},${'a'.repeat(1000)}\n`).join('');
    expect(await read(`x,k\n${many}"1"2,b\n`, settings)).toMatchObject({
      rows: 3,
      columns: [
        ['x', '0', '1', '2'],
        ['k', ...Array.from({ length: 3 }, () => 'a'.repeat(1000))],
      ],
      isSampled: true,
    });
  });

  it('has the shares of a column, and neither names of rows nor what stands above and below', async () => {
    const lines = Array.from({ length: 100 }, (_, i) => `r${i},${i % 10 === 3 ? 'rare' : 'usual'},${i}\n`);
    const { columns, notes } = await read(`A title\n\nkind,x\n${lines.join('')}Source: here\n`, {
      sample: 'stratified',
      sampleRows: 20,
      sampleBy: 'kind',
    });
    const [kind = [], x = []] = columns;
    expect([kind.length - 1, kind.filter((cell) => cell === 'rare').length]).toEqual([20, 2]);
    expect(x.slice(1).every((cell, row) => (Number(cell) % 10 === 3) === (kind[row + 1] === 'rare'))).toBe(
      true,
    );
    expect(notes.map((note) => note.code)).toContain('footer-lines-left-out');
  });

  it('may be one line where no line names the columns', async () => {
    expect((await read('1,2\n', { header: 'none' })).rows).toBe(1);
    await expect(read('1,2\n')).rejects.toThrow('got one line');
  });
});
