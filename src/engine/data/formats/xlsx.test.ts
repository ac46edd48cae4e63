// Excel workbooks: what is read of the cells, of which sheet, and what is told of what is not read.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Params } from '../../config/params.ts';
import { tableInput } from '../../config/tableInput.ts';
import { inspectFile } from '../inspect.ts';
import { parseTable } from '../tableFile.ts';
import { type Book, type Cell, type Sheet, workbook } from './testing/workbook.ts';

const input = (bytes: Uint8Array<ArrayBuffer>, name = 't.xlsx') => tableInput(name, new Blob([bytes]));
const inspect = (bytes: Uint8Array<ArrayBuffer>, data: Params = {}, name?: string) =>
  inspectFile(input(bytes, name), data);

/** The cells of a sheet column by column, as categories or numbers, and the notes. */
async function read(sheet: Sheet | readonly (readonly Cell[])[], book: Book = {}, data: Params = {}) {
  const { columns, rows, notes, dropped } = await parseTable(input(workbook({ Data: sheet }, book)), data);
  return {
    rows,
    dropped,
    notes: notes.map(({ code, text }) => [code, text]),
    cells: Object.fromEntries(
      columns.map(({ name, kind, numbers, codes, values }) => [
        name,
        kind === 'categorical' ? Array.from(codes, (code) => values[code] ?? null) : Array.from(numbers),
      ]),
    ),
    kinds: columns.map(({ kind }) => kind),
  };
}

const codesOf = ({ notes }: { notes: string[][] }) => notes.map(([code]) => code);
const NAN = Number.NaN;
/** Written by the programs that they are called after. */
const FILES = 'src/engine/data/formats/testing/files';

describe('cells', () => {
  it('are numbers with all of their digits, texts and booleans', async () => {
    const values = [0.1, 1 / 3, 1e-300, -1.7976931348623157e308, 1234567890123.456];
    const found = await read([
      ['x', 'word', 'is', 'n'],
      ...values.map((value, i) => [value, `w ${i % 2}`, i > 2, { v: '1E-05' }]),
    ]);
    expect(found.cells).toEqual({
      x: values,
      word: ['w 0', 'w 1', 'w 0', 'w 1', 'w 0'],
      is: ['FALSE', 'FALSE', 'FALSE', 'TRUE', 'TRUE'],
      n: Array(5).fill(1e-5),
    });
    expect(found.notes).toEqual([]);
  });

  it('share texts, whose runs are joined and whose phonetic ones are left out', async () => {
    const s = (v: number): Cell => ({ t: 's', v });
    const strings = [
      '<t>name</t>',
      '<t>y</t>',
      '<r><rPr><b/></rPr><t xml:space="preserve">a </t></r><r><t>&amp; b&#x41;</t></r>',
      '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>',
      '<t>one_x000D_\ntwo_x005F_x0041__x0000_</t>',
      '<t/>',
    ];
    const rows = [2, 3, 4, 5, 2, 3].map((v, i) => [s(v), i]);
    const { cells } = await read([[s(0), s(1)], ...rows], { strings });
    expect(cells.name).toEqual(['a & bA', '東京', 'one\ntwo_x0041__x0000_', null, 'a & bA', '東京']);
  });

  it('in their rows and columns, whatever they are called, or not', async () => {
    const named = await read({
      data: '<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row><row r="3"><c r="B3"><v>4</v></c></row><row><c><v>5</v></c><c r="B4"><v>6</v></c></row>',
      before: '<dimension ref="A1:Z99999"/>',
    });
    expect(named.cells).toEqual({ a: [NAN, 5], b: [4, 6] });
    expect(named.dropped).toEqual([{ reason: 'blank-lines', count: 1, lines: [2] }]);
  });

  it('begin anywhere', async () => {
    const sheet = [[], [], [null, null, 'a', 'b'], [null, null, 1, 'x'], [null, null, 2, 'y']];
    const { cells, notes, dropped } = await read(sheet);
    expect(cells).toEqual({ a: [1, 2], b: ['x', 'y'] });
    expect(notes).toEqual([
      ['empty-columns-left-out', 'The table begins in column C: columns A to B are empty.'],
    ]);
    expect(dropped).toEqual([{ reason: 'blank-lines', count: 2, lines: [1, 2] }]);
  });

  it('that are errors are missing, and told', async () => {
    const e = (v: string): Cell => ({ t: 'e', v });
    const { cells, notes } = await read([
      ['x', 'k'],
      [1.5, 'a'],
      [e('#N/A'), e('#N/A')],
      [e('#DIV/0!'), 'b'],
      [e('#SPILL!'), 'a'],
    ]);
    expect(cells).toEqual({ x: [1.5, NAN, NAN, NAN], k: ['a', null, 'b', 'a'] });
    expect(notes).toEqual([
      [
        'missing-markers',
        'Taken for missing values, with the number of cells: x ("#N/A" 1, "#DIV/0!" 1, "#SPILL!" 1); k ("#N/A" 1). The setting data.missingMarkers decides.',
      ],
    ]);
  });

  it('have the values of formulas, and are missing and told where these are not stored', async () => {
    const f = (v?: number | string, t?: string): Cell => ({ t, v, xml: '<f>A1+1</f>' });
    const rows = [
      ['x', 'y', 'z'],
      [1, f(2), f('', 'str')],
      [2, f(), 'a'],
      [3, f(''), f('b', 'str')],
    ];
    const { cells, notes } = await read(rows as Cell[][]);
    expect(cells).toEqual({ x: [1, 2, 3], y: [2, NAN, NAN], z: [null, 'a', 'b'] });
    expect(notes.filter(([code]) => code !== 'may-be-row-numbers')).toEqual([
      [
        'formulas-without-values',
        '2 cells have formulas whose values are not stored, and missing here (B3, B4). Open the workbook in a spreadsheet program and save it, which stores them.',
      ],
    ]);
    const unsure = await read(rows as Cell[][], { extra: '<calcPr calcId="1" fullCalcOnLoad="1"/>' });
    expect(codesOf(unsure)).toEqual(['formulas-without-values', 'formulas-not-computed']);
    expect(unsure.notes[1]?.[1]).toMatch(/^3 cells have formulas, and the program that wrote/);
  });

  it('keep identifiers that numbers cannot hold', async () => {
    const ids = ['9007199254740993', '9007199254740995', '9007199254740997'];
    const { cells, kinds } = await read(
      [['id', 'x'], ...ids.map((v, i) => [{ v }, i] as Cell[])],
      {},
      {
        types: 'id:categorical',
      },
    );
    expect([cells.id, kinds[0]]).toEqual([ids, 'categorical']);
  });

  it('may be dates in text, and booleans in words', async () => {
    const at = (day: number, v: string): Cell[] => [
      { t: 'd', v: `2024-03-0${day}T12:00:00` },
      { t: 'b', v },
    ];
    const { cells } = await read([['at', 'is'], at(1, 'true'), at(2, 'FALSE'), at(3, '0'), at(5, '1')]);
    expect(cells.at).toEqual([1, 2, 3, 5].map((day) => Date.UTC(2024, 2, day, 12)));
    expect(cells.is).toEqual(['TRUE', 'FALSE', 'FALSE', 'TRUE']);
    await expect(read([['is'], [{ t: 'b', v: 'yes' }]])).rejects.toThrow(/A2: expected 1 or 0, got yes/);
  });

  it('may be infinite, or no number', async () => {
    const { cells } = await read(
      [['x'], ...['INF', '-INF', 'NaN', '1'].map((v) => [{ v }] as Cell[])],
      {},
      {
        types: 'x:numeric',
      },
    );
    expect(cells.x).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, NAN, 1]);
  });
});

it('texts that many cells share are bounded where they are read as often', async () => {
  const s: Cell = { t: 's', v: 0 };
  const strings = [`<t>${'a'.repeat(2 ** 20)}</t>`];
  await expect(read(Array(481).fill([s]), { strings })).rejects.toThrow(
    /sheet Data: expected at most 503,316,480 characters in all of its cells, got more than that/,
  );
  await expect(read([[s]], { strings: [`<t>${'a'.repeat(2 ** 20 + 1)}</t>`] })).rejects.toThrow(
    /sharedStrings\.xml, text 1: expected at most 1,048,576 characters/,
  );
});

describe('numbers', () => {
  const FORMATS = ['yyyy-mm-dd', 14, '0.0%', 'h:mm', '[h]:mm', '0" d"'];
  const as = (s: number, v: number): Cell => ({ s, v });

  it('are dates, times and shares by their formats', async () => {
    const rows = [45352, 45353.5, 45360].map((day, i) => [
      ...[as(1, day), as(2, Math.floor(day)), as(3, 0.25 * i), as(4, 0.25 * i), as(5, 1.5 + i), as(6, day)],
    ]);
    const { cells, kinds } = await read([['at', 'day', 'share', 'time', 'long', 'n'], ...rows], {
      formats: FORMATS,
    });
    const day = (text: string) => Date.parse(`${text}Z`);
    expect(cells).toEqual({
      at: [day('2024-03-01T00:00'), day('2024-03-02T12:00'), day('2024-03-09T00:00')],
      day: [day('2024-03-01T00:00'), day('2024-03-02T00:00'), day('2024-03-09T00:00')],
      share: [0, 0.25, 0.5],
      time: [0, 360, 720],
      long: [2160, 3600, 5040],
      n: [45352, 45353.5, 45360],
    });
    expect(kinds).toEqual(['date', 'date', 'numeric', 'numeric', 'numeric', 'numeric']);
  });

  it('count from 1904 where the workbook says so', async () => {
    const rows = [0, 60, 43890].map((v, i) => [as(1, v), i % 2]);
    const { cells } = await read([['at', 'y'], ...rows], { formats: FORMATS, date1904: true });
    expect(cells.at).toEqual(['1904-01-01', '1904-03-01', '2024-03-01'].map((text) => Date.parse(text)));
  });

  it('of a day that never was are told', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => [as(1, 60 + i), i % 2]);
    const { notes } = await read([['at', 'y'], ...rows], { formats: FORMATS });
    expect(notes.map(([, text]) => text).join()).toContain('"1900-02-29" (line 2)');
  });

  it('have a decimal point, whatever texts and settings say', async () => {
    const rows = [1.234, 2.345, 3.456, 4.567].map((x, i) => [x, `${i},5`, i % 2 ? x : 'NA', String(i)]);
    const expected = {
      x: [1.234, 2.345, 3.456, 4.567],
      german: [0.5, 1.5, 2.5, 3.5],
      gaps: [NAN, 2.345, NAN, 4.567],
    };
    for (const decimal of ['auto', 'comma']) {
      const { cells } = await read([['x', 'german', 'gaps', 'n'], ...rows], {}, { decimal });
      expect(cells).toMatchObject(expected);
    }
    // Beside whole numbers, texts keep the notation that they have.
    const mixed = await read([
      ['x', 'y'],
      [1, 'a'],
      ['2,5', 'b'],
      [3, 'a'],
      ['4,5', 'b'],
    ]);
    expect(mixed.cells.x).toEqual([1, 2.5, 3, 4.5]);
  });
});

it.each([
  ['libreoffice.xlsx', 15, []],
  ['xlsxwriter.xlsx', 16, ['formulas-not-computed']],
])('%s is read as the program that wrote it means it', async (name, digits, more) => {
  const { columns, notes } = await parseTable(input(new Uint8Array(readFileSync(`${FILES}/${name}`)), name));
  const lines = [1, 2, 3, 4, 5, 6, 7, 8];
  const rounded = (values: Iterable<number>) =>
    Array.from(values, (value) => Number(value.toPrecision(digits)));
  const [x, k, at, time, share, twice, bad] = columns;
  expect(rounded(x?.numbers ?? [])).toEqual(rounded(lines.map((line) => line / 3)));
  expect(Array.from(k?.codes ?? [], (code) => k?.values[code])).toEqual([...'é<aé<aé<']);
  expect(Array.from(at?.numbers ?? [])).toEqual(lines.map((line) => Date.UTC(2024, 1, 27, 9 * line)));
  expect(Array.from(time?.numbers ?? [])).toEqual(lines.map((line) => 60 * line + 30));
  expect(Array.from(share?.numbers ?? [])).toEqual(lines.map((line) => line / 8));
  expect(rounded(twice?.numbers ?? [])).toEqual(rounded(lines.map((line) => (line / 3) * 2)));
  expect([bad?.values, bad?.missing, bad?.markers]).toEqual([
    ['FALSE', 'TRUE'],
    1,
    [{ text: '#DIV/0!', count: 1 }],
  ]);
  expect(codesOf({ notes: notes.map(({ code }) => [code]) })).toEqual(
    ['sheet-chosen', 'hidden-rows-read'].concat(more, ['missing-markers', 'times-read-as-minutes']),
  );
});

describe('a sheet', () => {
  const table = (name: string): Cell[][] => [
    [name, 'y'],
    [1.5, 'a'],
    [2.5, 'b'],
  ];
  const names = async (sheets: Parameters<typeof workbook>[0], sheet = '') => {
    const { columns, notes } = await inspect(workbook(sheets), { sheet });
    return [columns[0]?.name, notes.find(({ code }) => code === 'sheet-chosen')?.text];
  };

  it('is the first visible one with a table, or the one that is asked for', async () => {
    const sheets = {
      Cover: [['A report'], ['of 2024']],
      Old: { rows: table('old'), state: 'hidden' as const },
      Data: table('data'),
      '02': table('two'),
    };
    expect(await names({ Data: table('data') })).toEqual(['data', undefined]);
    expect(await names(sheets)).toEqual([
      'data',
      'The table is the sheet "Data", the first one with a table. The workbook also has "Cover", "Old" (hidden), "02"; data.sheet decides.',
    ]);
    expect(await names(sheets, 'old')).toEqual([
      'old',
      'The table is the sheet "Old", which is hidden, as data.sheet asks. The workbook also has "Cover", "Data", "02"; data.sheet decides.',
    ]);
    expect((await names(sheets, '02'))[0]).toBe('two');
    expect((await names(sheets, '2'))[0]).toBe('old');
    expect((await names(sheets, '3'))[0]).toBe('data');
    await expect(names(sheets, 'Dat')).rejects.toThrow(
      't.xlsx, data.sheet: expected one of its sheets, "Cover", "Old" (hidden), "Data", "02", or a number up to 4, got Dat. Correct the name',
    );
    expect((await names({ Notes: [['x'], [1.5], [2.5]], Empty: [] }))[0]).toBe('x');
    await expect(names({ A: [], B: { state: 'veryHidden' } })).rejects.toThrow(
      /t\.xlsx: expected a sheet with a header line .* got 1 visible sheet without a cell and 1 hidden/,
    );
    await expect(names({ A: [['x', 'y']] })).rejects.toThrow(
      't.xlsx, sheet A: expected a header line and at least one row, got one line.',
    );
  });

  it('tells of what is hidden, merged or far away, and reads it', async () => {
    const { cells, notes } = await read({
      before: '<cols><col min="1" max="1" hidden="1"/><col min="3" max="16384" hidden="1"/></cols>',
      data: '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row><row r="2" hidden="1"><c r="A2"><v>1.5</v></c><c r="B2"><v>7</v></c></row><row r="3" hidden="true"><c r="A3"><v>2.5</v></c></row>',
      after:
        '<mergeCells count="3"><mergeCell ref="B2:B3"/><mergeCell ref="Y1:Z9"/><mergeCell ref="A9:B9"/></mergeCells>',
    });
    expect(cells).toEqual({ a: [1.5, 2.5], b: [7, NAN] });
    expect(notes.slice(0, 3)).toEqual([
      [
        'hidden-columns-read',
        'Hidden in the sheet, and read like the others: columns A. Columns are left out with data.ignore.',
      ],
      [
        'hidden-rows-read',
        '2 rows are hidden in the sheet, by hand or by a filter, and read like the others (row 2, 3).',
      ],
      [
        'merged-cells',
        '1 area of cells is merged (B2:B3): the first cell of each has the value, and the others are missing.',
      ],
    ]);
  });

  it('has titles, units and sources where a text file has them', async () => {
    const { cells, notes, dropped } = await read([
      ['Report of 2024'],
      [],
      ['day', 'x', 'y', 'k'],
      ['', 'm', 'kg'],
      ...[1, 2, 3, 4].map((i) => [`d${i}`, i / 2, 3 * i, 'ab'[i % 2] as string]),
      [],
      ['Source: us'],
    ]);
    expect(Object.keys(cells)).toEqual(['day', 'x', 'y', 'k']);
    expect(cells.x).toEqual([0.5, 1, 1.5, 2]);
    expect(codesOf({ notes }).slice(0, 3)).toEqual([
      'title-lines-left-out',
      'footer-lines-left-out',
      'units-line-left-out',
    ]);
    expect(dropped[0]).toEqual({ reason: 'blank-lines', count: 2, lines: [2, 9] });
  });

  it('has names in several rows where merged cells show it', async () => {
    const merged = (...areas: string[]) =>
      `<mergeCells>${areas.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>`;
    const rows = [1, 2, 3].map((i): Cell[] => [`c${i}`, i / 2, i / 4, i * 1.5, i * 2.5]);
    const below: Cell[] = ['', 'x', 'y', 'x', 'y'];
    const both = await read({
      rows: [['Title'], ['Land', '2020', '', '2021'], below, ...rows],
      after: merged('A1:E1', 'A2:A3', 'B2:C2', 'D2:E2'),
    });
    expect(Object.keys(both.cells)).toEqual(['Land', '2020 x', '2020 y', '2021 x', '2021 y']);
    expect([both.cells['2021 y'], both.rows]).toEqual([[2.5, 5, 7.5], 3]);
    expect(codesOf(both)).toEqual(['merged-cells', 'names-in-several-lines', 'title-lines-left-out']);
    expect(both.dropped).toEqual([
      { reason: 'upper-names', count: 1, lines: [2] },
      { reason: 'title-lines', count: 1, lines: [1] },
    ]);
    // Years are names where one that reaches down shows the last row of them.
    const years = {
      rows: [['Land', 'GDP', null, 'Area'], [null, 2020, 2021], ...rows.map((row) => row.slice(0, 4))],
      after: merged('A1:A2', 'B1:C1', 'D1:D2'),
    };
    expect(Object.keys((await read(years)).cells)).toEqual(['Land', 'GDP 2020', 'GDP 2021', 'Area']);
    // As pandas writes them, with the name of its index below, or without.
    const index = { rows: [['', 'A', '', 'B'], below, ['id'], ...rows], after: merged('B1:C1', 'D1:E1') };
    expect(Object.keys((await read(index)).cells)).toEqual(['id', 'A x', 'A y', 'B x', 'B y']);
    // One area is a title, and one of a row is none.
    const title = {
      rows: [['All', '', '', '', 'kg'], ['c', ...below.slice(1)], ...rows],
      after: merged('A1:D1'),
    };
    expect(codesOf(await read(title))).not.toContain('names-in-several-lines');
    const inside = { rows: [['c', 'v', 'w', 'x', 'y'], ...rows], after: merged('B2:C2', 'D2:E2') };
    expect(codesOf(await read(inside))).not.toContain('names-in-several-lines');
  });

  it('gives a sample of its rows', async () => {
    const sheet = [['i', 'k'], ...Array.from({ length: 300 }, (_, i) => [i + 0.5, i % 3 ? 'a' : 'b'])];
    const first = await read(sheet, {}, { sample: 'first', sampleRows: 20 });
    expect([first.rows, first.cells.i?.at(-1)]).toEqual([20, 19.5]);
    expect(codesOf(first)).toContain('sample-of-rows');
    const drawn = await read(sheet, {}, { sample: 'stratified', sampleRows: 30, sampleBy: 'k' });
    expect(drawn.cells.k?.filter((k) => k === 'b')).toHaveLength(10);
  });

  it('of one column that holds lines of text says how to cut them', async () => {
    const { notes } = await read([['a;b'], ['1;2'], ['3;4'], ['5;6']]);
    expect(notes.map(([, text]) => text)).toContainEqual(expect.stringMatching(/^The sheet has one column/));
  });

  it('has cells line by line in its errors', async () => {
    const rows = Array.from({ length: 40 }, (_, i): Cell[] => [i === 20 ? 'x' : i / 2, i % 2]);
    const { notes } = await inspect(workbook({ Data: [[], ['v', 'y'], ...rows] }));
    expect(notes.map(({ text }) => text).join()).toContain('"x" (line 23)');
  });
});
