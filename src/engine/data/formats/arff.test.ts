// ARFF in detail: how cells, attributes and sparse rows are cut, and what is refused. Whole tables are in textFormats.test.ts.
import { describe, expect, it } from 'vitest';
import { UNWATCHED } from '../progress.ts';
import { arff } from './arff.ts';
import { LAYOUT_DEFAULTS } from './format.ts';

const open = (text: string) => arff.open(new Blob([text]), 't.arff', LAYOUT_DEFAULTS, UNWATCHED);

/** Every column as its name, type and values: a class's text, a number, a date's milliseconds, null where missing. */
async function read(text: string) {
  const reader = await open(text);
  const { columns } = reader.schema();
  return Promise.all(
    columns.map(async (name) => {
      const column = await reader.column(name, UNWATCHED);
      if (column.kind === 'text') return [name, 'text', ...column.cells];
      if (column.kind === 'codes')
        return [name, column.type, ...[...column.codes].map((code) => column.names[code] ?? null)];
      return [name, column.type, ...[...column.values].map((value) => (Number.isNaN(value) ? null : value))];
    }),
  );
}

const head =
  "@relation r\n@attribute x numeric\n@attribute s string\n@attribute k {a,'b c'}\n@attribute d date\n@data\n";
/** The cells of the rows, column by column without names and types. */
const rows = async (text: string) => (await read(`${head}${text}\n`)).map((column) => column.slice(2));

describe('sparse rows', () => {
  it('keep commas, digits and braces within quotes', async () => {
    expect(await rows("{1 'a, 3 b', 0 2}\n{1 \"1 x},{\" , 2 'b c'}\n{1 'it\\'s, 0 1'}")).toEqual([
      [2, 0, 0],
      ['a, 3 b', '1 x},{', "it's, 0 1"],
      ['a', 'b c', 'a'],
      [0, 0, 0],
    ]);
  });

  it('have blanks, tabulators or a comma between index and value, and none at all', async () => {
    expect(await rows('{ 0  1.5 ,\t1\tu v ,2 a}\n{0,7,1 , w}\n{}\n{ }\n{0 ?, 1 ?, 2 ?, 3 ?}')).toEqual([
      [1.5, 7, 0, 0, null],
      ['u v', 'w', '0', '0', ''],
      ['a', 'a', 'a', 'a', null],
      [0, 0, 0, 0, null],
    ]);
  });

  it.each([
    ['{0 12', 'without its end'],
    ['{0 1} 2', 'text behind it'],
    ['{0 1}, {5}', 'a weight'],
    ['{0 1,}', 'a comma at its end'],
    ['{,0 1}', 'a comma at its start'],
    ['{0}', 'no value'],
    ['{0 }', 'an empty value'],
    ['{0 ,, 1 b}', 'two commas'],
    ["{1 'x}", 'an open quote'],
    ["{1 'x' 2 a}", 'no comma behind a quote'],
  ])('%s is refused: %s', async (row) => {
    await expect(open(`${head}${row}\n`)).rejects.toThrow(
      `t.arff, line 7: expected {index value, ...}, got ${row}. Correct the line.`,
    );
  });

  it.each([
    ['{4 1}', 'expected indices from 0 to 3, got 4'],
    ['{x 1}', 'expected indices from 0 to 3, got x'],
    ['{-1 1}', 'expected indices from 0 to 3, got -1'],
    ['{0.5 1}', 'expected indices from 0 to 3, got 0.5'],
    ['{0 1, 0 2}', 'expected one value per index, got 0 twice'],
  ])('%s is refused', async (row, message) => {
    await expect(open(`${head}${row}\n`)).rejects.toThrow(`t.arff, line 7: ${message}. Correct the line.`);
  });
});

it('sparse rows have indices of several digits, and missing cells with blanks around them', async () => {
  const attributes = Array.from({ length: 12 }, (_, i) => `@attribute a${i} {0, 'it"s'}\n`).join('');
  const columns = await read(`${attributes}@data\n{1 ? , 10 'it"s' }\n{ 11 it"s }\n`);
  expect([1, 10, 11].map((c) => columns[c]?.slice(2))).toEqual([
    [null, '0'],
    ['it"s', '0'],
    ['0', 'it"s'],
  ]);
});

describe('dense rows', () => {
  it('have blanks or a tabulator around cells, quoted or not, and empty ones are missing', async () => {
    expect(await rows("  1 ,  u v\t a ,2024-01-02  \n 2, 'x' , 'b c', ?\n   % half\n,,?,")).toEqual([
      [1, 2, null],
      ['u v', 'x', ''],
      ['a', 'b c', null],
      [Date.UTC(2024, 0, 2), null, null],
    ]);
  });

  it('have texts that are read further, with the lines of the file', async () => {
    const reader = await open(`${head}1,5,a,?\n\n2,6,a,?\n`);
    expect(reader.schema()).toEqual({
      columns: ['x', 's', 'k', 'd'],
      rows: 2,
      firstRow: null,
      hasSemicolons: false,
      notes: [],
    });
    const column = await reader.column('s', UNWATCHED);
    if (column.kind !== 'text') throw new Error(`expected text, got ${column.kind}`);
    expect([column.cells, column.lineAt(0), column.lineAt(1)]).toEqual([['5', '6'], 7, 9]);
  });

  it.each([
    ["1,'x'y,a,?", 'cells between commas'],
    [`1,'${'x'.repeat(90)}`, 'cells between commas'],
    ['1,x,a', '4 cells, one per attribute'],
    ['', 'at least one row'],
  ])('%s is refused', async (row, expected) => {
    const problem = open(`${head}${row}\n`);
    await expect(problem).rejects.toThrow(expected);
    // What is quoted of a long line ends after 60 characters.
    await expect(problem).rejects.not.toThrow('x'.repeat(60));
  });

  it.each([
    ['?,?,?,01/02/2024', 'd', 'column d: expected a date such as 2024-03-01, got "01/02/2024".'],
    ['x,?,?,?', 'x', 'column x: expected a number, got "x".'],
    ['?,?,c,?', 'k', 'column k: expected one of a, b c, got "c".'],
  ])('%s is refused with its column', async (row, column, message) => {
    const reader = await open(`${head}${row}\n`);
    await expect(reader.column(column, UNWATCHED)).rejects.toThrow(
      `t.arff, line 7, ${message} Correct the cell or the attribute.`,
    );
  });

  it('name eight classes at most where a cell has none of them', async () => {
    const reader = await open('@attribute k {a,b,c,d,e,f,g,h,i}\n@data\nz\n');
    await expect(reader.column('k', UNWATCHED)).rejects.toThrow('one of a, b, c, d, e, f, g, h, got "z"');
  });
});

describe('attributes', () => {
  it('have types in any case, a name in quotes or not, and other words behind the type', async () => {
    const text = `@ATTRIBUTE\t"a b"\tINTEGER [0, 9]\n@attribute k { 'x y' ,\tb }\n@attribute s STRING  \n@attribute d Date "yyyy-MM-dd"\n`;
    expect(await read(`${text}@data\n1,b,u,2024-01-02\n2,'x y',v,20240103\n`)).toEqual([
      ['a b', 'numeric', 1, 2],
      ['k', 'nominal', 'b', 'x y'],
      ['s', 'text', 'u', 'v'],
      ['d', 'date', Date.UTC(2024, 0, 2), Date.UTC(2024, 0, 3)],
    ]);
  });

  it('of one name become different ones, with a note', async () => {
    const { columns, notes } = (await open('@attribute x real\n@attribute x real\n@data\n1,2\n')).schema();
    expect(columns).toEqual(['x', 'x (2)']);
    expect(notes).toEqual([{ code: 'header-renamed', text: 'Name 2 "x" is called "x (2)" here.' }]);
  });

  it.each([
    ['mystring', 'the type mystring'],
    ['strings', 'the type strings'],
    ['mydate', 'the type mydate'],
    ['dates', 'the type dates'],
    ['numerics x ', 'the type numerics x'],
    ["{'a, b}", "@attribute q {'a, b}"],
    ['', '@attribute q'],
  ])('of type %j are refused', async (type, got) => {
    await expect(open(`@attribute q ${type}\n@data\n1\n`)).rejects.toThrow(
      `t.arff, line 1: expected @attribute NAME numeric, string, date or {class, class}, got ${got}. Correct the line.`,
    );
  });

  it.each([
    '@attribute q',
    '@attribute real',
    "@attribute 'q real",
    "@attribute 'q'real",
    '@attribute " real',
  ])('are refused without a name, its end or a type: %s', async (line) => {
    await expect(open(`${line}\n@data\n1\n`)).rejects.toThrow(
      `t.arff, line 1: expected @attribute NAME numeric, string, date or {class, class}, got ${line}.`,
    );
  });

  it('of dates alone have columns of dates', async () => {
    const reader = await open(`${head}1,x,a,2024-01-02\n`);
    const columns = await Promise.all(['x', 'd'].map((name) => reader.column(name, UNWATCHED)));
    expect(columns).toMatchObject([{ areDates: false }, { areDates: true }]);
  });

  it.each(['x@data', 'x @attribute a real', 'x@relation r', '@database', '@attributes a real'])(
    'begin their lines as everything above the rows: %s is refused',
    async (line) => {
      await expect(open(`@attribute q real\n${line}\n@data\n1\n`)).rejects.toThrow(
        `t.arff, line 2: expected @relation, @attribute or @data, got ${line}. Correct the line; comments begin with %.`,
      );
    },
  );

  it('are needed, and what is quoted of a long line ends after 60 characters', async () => {
    await expect(open('@relation r\n@data\n')).rejects.toThrow('got 0 attributes and 0 rows');
    await expect(open(`${'y'.repeat(90)}\n`)).rejects.toThrow(`got ${'y'.repeat(60)}. Correct`);
    await expect(open(`@attribute ${'y'.repeat(90)}\n`)).rejects.toThrow(`got @attribute ${'y'.repeat(49)}.`);
  });
});
