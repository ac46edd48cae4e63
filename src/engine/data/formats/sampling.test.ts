// The rows drawn from a table that is too large are the same each time, and the shares add up.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { tableInput } from '../../config/tableInput.ts';
import { shareOfReading } from '../progress.ts';
import { parseTable } from '../tableFile.ts';
import { DelimitedText } from './delimitedText.ts';
import { LAYOUT_DEFAULTS, type ReaderColumn, type TextColumn } from './format.ts';
import { JsonPieces } from './jsonPieces.ts';
import { JsonRows } from './jsonRows.ts';
import { checkLimits } from './limits.ts';
import { chooseOf, chooseRows, columnToSampleBy, pickRows, Strata, sampleNote } from './sampling.ts';

const ROWS = 6000;
const line = (i: number) => `${i},${i % 10 === 0 ? 'rare' : 'usual'},${i * 2}`;
const text = `A title\n,kind,x\n${Array.from({ length: ROWS }, (_, i) => line(i)).join('\n')}\nSource: here\n`;
const read = (data: object, content: BlobPart = text, name = 't.csv') =>
  parseTable(tableInput(name, new Blob([content])), data as never);
const kinds = (columns: Awaited<ReturnType<typeof read>>['columns']) => {
  const kind = columns.find((column) => column.name === 'kind');
  return kind?.codes.filter((code) => kind.values[code] === 'rare').length;
};

describe('a sample of rows', () => {
  it('is the first of them', async () => {
    const table = await read({ sample: 'first', sampleRows: 50 });
    expect([table.rows, table.columns.map((column) => column.name)]).toEqual([50, ['kind', 'x']]);
    expect(table.columns[1]?.numbers.at(-1)).toBe(98);
    expect(table.notes.at(-1)?.text).toMatch(/^50 rows are read, the first, as data\.sample=first/);
  });

  it('is drawn at random, the same each time, in the order of the file', async () => {
    const { rows, columns, notes } = await read({ sample: 'random', sampleRows: 500 });
    expect([rows, columns.map((column) => column.name)]).toEqual([500, ['kind', 'x']]);
    const x = columns[1]?.numbers ?? new Float64Array();
    expect(x.slice().sort()).toEqual(x);
    expect(x.at(-1)).toBeGreaterThan(1.9 * ROWS);
    expect(notes.map((note) => note.text).join()).toMatch(/500 of 6,00[01] rows are read, drawn at random/);
    expect((await read({ sample: 'random', sampleRows: 500 })).columns[1]?.numbers).toEqual(x);
  });

  it('tells of a line below a long table where it is chosen, and only there', async () => {
    const footers = async (sampleRows: number) => {
      const { rows, dropped } = await read({ sample: 'random', sampleRows });
      return [rows, dropped.filter(({ reason }) => reason === 'footer-lines').map(({ count }) => count)];
    };
    expect(await footers(500)).toEqual([500, []]);
    expect(await footers(ROWS + 1)).toEqual([ROWS, [1]]);
  });

  it('that has every row tells of the lines left out what the whole reading tells', async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i}.5,${i % 7}`);
    rows.splice(60, 0, '1,2,3');
    rows.splice(30, 0, 'a,b');
    rows.splice(10, 0, '# among the rows');
    const content = `# above\na,b\n${rows.join('\n')}\nSource: here\n`;
    const whole = await read({ badLines: 'leave-out' }, content);
    const sample = { badLines: 'leave-out', sample: 'random', sampleRows: 200 };
    const sampled = await read(sample, content);
    expect(whole.dropped.map(({ reason, count }) => [reason, count])).toEqual([
      ['comment-lines', 2],
      ['footer-lines', 1],
      ['repeated-names', 1],
      ['lines-with-more-cells', 1],
    ]);
    const counts = new Map<string, number>();
    for (const { reason, count } of sampled.dropped) counts.set(reason, (counts.get(reason) ?? 0) + count);
    expect(Object.fromEntries(counts)).toEqual(
      Object.fromEntries(whole.dropped.map(({ reason, count }) => [reason, count])),
    );
    expect(sampled.rows).toBe(whole.rows);
  });

  it.each([
    ['t.csv', text],
    ['t.json', JSON.stringify(Array.from({ length: 100 }, (_, i) => ({ i, j: 'abc'[i % 3] })))],
  ])('tells progress that never goes back: %s', async (name, content) => {
    const shares: number[] = [];
    await parseTable(
      tableInput(name, new Blob([content])),
      { sample: 'random', sampleRows: 50 },
      async (fraction, phase) => {
        shares.push(shareOfReading(fraction, phase));
      },
    );
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it('keeps each value of a column in its share', async () => {
    const { columns } = await read({ sample: 'stratified', sampleRows: 500, sampleBy: 'kind' });
    expect(kinds(columns)).toBe(50);
    await expect(read({ sample: 'stratified', sampleBy: 'knd' })).rejects.toThrow(
      /out of kind, x, got knd\. Set data\.sampleBy/,
    );
  });

  const objects = Array.from({ length: ROWS }, (_, i) =>
    JSON.stringify({ of: { kind: i % 10 === 0 ? 'rare' : 'usual' }, x: i * 2 }),
  );
  const lists = Array.from({ length: ROWS }, (_, i) =>
    JSON.stringify([i % 10 === 0 ? 'rare' : 'usual', i * 2]),
  );
  it.each([
    ['a list of objects', 't.json', `[${objects.join(',\n')}]`, 'of.kind'],
    ['an object per line', 't.jsonl', objects.join('\n'), 'of.kind'],
    ['a list per line', 't.jsonl', `["kind","x"]\n${lists.join('\n')}`, 'kind'],
  ])('of JSON parses the rows that it needs: %s', async (_what, name, json, kind) => {
    const parse = vi.spyOn(JSON, 'parse');
    const first = await read({ sample: 'first', sampleRows: 50 }, json, name);
    expect([first.rows, first.columns[1]?.numbers.at(-1)]).toEqual([50, 98]);
    const some = await read({ sample: 'random', sampleRows: 500 }, json, name);
    expect(some.rows).toBe(500);
    expect(some.notes.map((note) => note.text).join()).toMatch(/500 of 6,000 rows are read, drawn/);
    expect(parse.mock.calls.length).toBeLessThan(600);
    parse.mockRestore();
    const x = some.columns[1]?.numbers ?? [];
    expect([...x]).toEqual([...new Set(x)].sort((a, b) => a - b));
    const by = { sample: 'stratified', sampleRows: 500, sampleBy: kind };
    const column = (await read(by, json, name)).columns[0];
    expect(column?.codes.filter((code) => column.values[code] === 'rare')).toHaveLength(50);
    await expect(read({ ...by, sampleBy: 'knd' }, json, name)).rejects.toThrow(/out of .*x, got knd/);
  });

  const brokenRow = '{"x": 0.2, kind: }';
  const kindOf = (i: number) => `{"kind":"${i % 10 === 0 ? 'rare' : 'usual'}","x":${i}}`;
  const hurt = Array.from({ length: 1000 }, (_, i) => (i === 5 || i === 6 ? brokenRow : kindOf(i)));
  it.each([
    ['an object per line', 't.jsonl', [...hurt, kindOf(1000), kindOf(1010)].join('\n')],
    ['a list', 't.json', `[${[...hurt, kindOf(1000), kindOf(1010)].join(',')}]`],
    [
      'a list that is cut off',
      't.json',
      `[${[...hurt, kindOf(1000), kindOf(1010), '{"kind": "us'].join(',')}`,
    ],
  ])('leaves broken rows out before it is drawn: %s', async (_what, name, json) => {
    const data = { sampleRows: 100, badLines: 'leave-out' };
    const by = await read({ ...data, sample: 'stratified', sampleBy: 'kind' }, json, name);
    expect([by.rows, kinds(by.columns)]).toEqual([100, 10]);
    expect(by.notes.map((note) => note.text).join()).toMatch(/100 of 1,000 rows are read/);
    const all = await read({ ...data, sample: 'random', sampleRows: 1000 }, json, name);
    expect(all.rows).toBe(1000);
    const some = await read({ ...data, sample: 'random', sampleRows: 999 }, json, name);
    expect(some.rows).toBe(999);
    expect(some.dropped.find(({ reason }) => reason === 'broken-rows')?.count).toBe(
      name === 't.json' && !json.endsWith(']') ? 3 : 2,
    );
  });

  it('counts no row twice where the encoding proves another late', async () => {
    // Two slices of a file, the second of which is no UTF-8.
    const rows = Array.from(
      { length: 200 },
      (_, i) => `{"kind":"${i < 20 ? 'rare' : 'usual'}"}${' '.repeat(15_000)}`,
    );
    const latin = Buffer.from(`${rows.join('\n')}\n{"kind":"\xe9"}`, 'latin1');
    const { columns } = await read(
      { sample: 'stratified', sampleRows: 100, sampleBy: 'kind' },
      latin,
      't.jsonl',
    );
    expect(kinds(columns)).toBe(10);
  });

  it('is taken of columns with types, too', async () => {
    const parquet = readFileSync(new URL('./testing/files/t_groups.parquet', import.meta.url)).slice();
    const whole = await read({}, parquet, 't.parquet');
    const some = await read({ sample: 'random', sampleRows: 20 }, parquet, 't.parquet');
    expect([whole.rows, some.rows]).toEqual([60, 20]);
    const of = (table: typeof whole, name: string) =>
      table.columns.find((c) => c.name === name)?.numbers ?? [];
    const all = [...of(whole, 'i8')];
    expect([...of(some, 'i8')].every((value) => Number.isNaN(value) || all.includes(value))).toBe(true);
  });
});

describe('a sample of a Parquet file of several row groups', () => {
  const bytes = readFileSync(new URL('./testing/files/t_groups.parquet', import.meta.url)).slice();
  const open = async (layout: object) => {
    const blob = new Blob([bytes]);
    const slices = vi.spyOn(blob, 'slice');
    const table = await parseTable(tableInput('t.parquet', blob), layout as never);
    const read = slices.mock.calls.reduce((sum, [from = 0, to = 0]) => sum + to - from, 0);
    return { ...table, read };
  };
  const cellsOf = ({ columns }: Pick<Awaited<ReturnType<typeof open>>, 'columns'>, row: number) =>
    columns.map(({ kind, numbers, codes, values }) =>
      kind === 'categorical' ? values[codes[row] as number] : numbers[row],
    );

  it.each(['first', 'random', 'stratified'])('has whole rows of it: %s', async (sample) => {
    const whole = await open({});
    const by = whole.columns.find(({ kind }) => kind === 'categorical')?.name ?? '';
    const some = await open({ sample, sampleRows: 13, sampleBy: by });
    expect(some.rows).toBe(13);
    let row = -1;
    for (let i = 0; i < some.rows; i++) {
      const wanted = JSON.stringify(cellsOf(some, i));
      do row++;
      while (row < whole.rows && JSON.stringify(cellsOf(whole, row)) !== wanted);
    }
    expect(row).toBeLessThan(whole.rows);
    if (sample === 'first') expect(row).toBe(12);
  });

  it('leaves groups unread that hold none of its rows', async () => {
    expect((await open({ sample: 'first', sampleRows: 10 })).read).toBeLessThan(0.8 * (await open({})).read);
  });

  it('may be drawn of more rows than a table may have, to a limit', () => {
    const layout = { sample: 'random' as const, sampleRows: 1000, sampleBy: '' };
    expect(() => checkLimits(33, 5_000_000, 't.parquet')).toThrow(
      /got 5,000,000\. Set data\.sample to first/,
    );
    expect(() => checkLimits(33, 5_000_000, 't.parquet', layout)).not.toThrow();
    expect(() => checkLimits(33, 50_000_000, 't.parquet', layout)).toThrow(
      /at most 20,000,000 rows to draw a sample of/,
    );
    expect(() => checkLimits(9000, 5_000_000, 't.parquet', { ...layout, sampleRows: 10_000 })).toThrow(
      /data\.sample/,
    );
  });
});

it('each stratum gives its share, to a row', () => {
  const strata = fc.array(fc.nat(3), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(strata, fc.nat(80), (of, wanted) => {
      const codes = [...new Set(of)];
      const rows = chooseRows(
        of.length,
        Int32Array.from(of, (value) => codes.indexOf(value)),
        wanted,
      );
      expect(rows).toHaveLength(Math.min(wanted, of.length));
      expect([...new Set(rows)].sort((a, b) => a - b)).toEqual([...rows]);
      for (const code of codes) {
        const share = (of.filter((value) => value === code).length * rows.length) / of.length;
        const got = rows.filter((row) => of[row] === code).length;
        expect(Math.abs(got - share)).toBeLessThan(codes.length + 1);
      }
    }),
  );
});

it('a file that is far too large is refused by its size, before it is read', () => {
  const file = new DelimitedText('big.csv', 4e9, LAYOUT_DEFAULTS);
  const piece = `a,b\n${'123456,7890123\n'.repeat(10_000)}`;
  expect(() => file.take(piece, false)).toThrow(
    /at most 1,000,000 rows, got about 270,000,000 by the size of the file\. Set data\.sample to first, random/,
  );
  const rows = new JsonRows('big.json', 'refuse');
  const list = new JsonPieces('big.json', 4e9, () => rows);
  expect(() => list.take(`[${'{"a":12345,"b":67},\n'.repeat(1000)}`, false)).toThrow(
    /at most 1,000,000 rows, got about 200,000,000 by the size of the file\. Set data\.sample to first, random/,
  );
  const settings = new JsonPieces('big.json', 4e9, () => rows);
  expect(() => settings.take(`{"a":\n[1${'\n'.repeat(12)}]},`, false)).toThrow(
    /got 3815 MiB\. Write it as an object per line/,
  );
  const small = new DelimitedText('big.csv', 1e7, LAYOUT_DEFAULTS);
  expect(small.take(piece, false)).toBe(true);
});

describe('rows are chosen', () => {
  it('all equally likely, in the order of the file', () => {
    const rows = chooseRows(10_000, null, 1000);
    expect([...rows]).toEqual([...new Set(rows)].sort((a, b) => a - b));
    // A quarter of the file holds 250 of them, give or take four standard deviations.
    for (let quarter = 0; quarter < 4; quarter++) {
      const inside = rows.filter((row) => Math.floor(row / 2500) === quarter).length;
      expect(Math.abs(inside - 250)).toBeLessThan(4 * Math.sqrt(1000 * 0.25 * 0.75));
    }
    expect([...chooseRows(3, null, 5)]).toEqual([0, 1, 2]);
    expect([...chooseRows(3, null, 0)]).toEqual([]);
  });

  it('by the first texts that were seen, each with a number', () => {
    const strata = new Strata();
    for (const text of ['b', 'a', 'b', '', 'a']) strata.push(text);
    expect([...strata.list()]).toEqual([0, 1, 0, 2, 1]);
  });

  it.each(['codes', 'numbers', 'text'])('by a column of %s, or without it', async (kind) => {
    const of = Int32Array.from({ length: 40 }, (_, row) => (row % 4 === 1 ? 7 : 3));
    const column = [
      { kind: 'codes', name: 'k', codes: of, names: [] },
      { kind: 'numbers', name: 'k', values: Float64Array.from(of) },
      {
        kind: 'text',
        name: 'k',
        rows: 40,
        cells: [...of].map(String),
        padded: 0,
        lineAt: (row: number) => row,
      },
    ].find((one) => one.kind === kind) as ReaderColumn;
    const by = vi.fn(async () => column);
    const choose = (sample: 'first' | 'random' | 'stratified', sampleRows: number) =>
      chooseOf(40, { sample, sampleRows, sampleBy: 'k' }, by);
    expect([...(await choose('first', 3))]).toEqual([0, 1, 2]);
    expect(await choose('first', 90)).toHaveLength(40);
    expect(await choose('random', 8)).toEqual(chooseRows(40, null, 8));
    expect(by).not.toHaveBeenCalled();
    const rows = await choose('stratified', 8);
    expect([rows.length, rows.filter((row) => row % 4 === 1).length]).toEqual([8, 2]);
  });

  it('of columns of each kind, with their lines', () => {
    const rows = Uint32Array.of(1, 3);
    const facts = { name: 'c', type: 'int' };
    const text = (padded: number, unit?: 'row') => ({
      kind: 'text' as const,
      name: 't',
      rows: 4,
      cells: ['a', 'b', 'c', 'd'],
      padded,
      lineAt: (row: number) => 10 * row,
      ...(unit ? { unit } : {}),
    });
    const [numbers, codes, cells, more] = pickRows(
      [
        { kind: 'numbers', ...facts, values: Float64Array.of(1, 2, Number.NaN, 4) },
        { kind: 'codes', ...facts, codes: Int32Array.of(0, -1, 1, 1), names: ['u', 'v'] },
        text(1, 'row'),
        text(4),
      ],
      rows,
    );
    expect(numbers).toEqual({ kind: 'numbers', ...facts, values: Float64Array.of(2, 4) });
    expect(codes).toEqual({ kind: 'codes', ...facts, codes: Int32Array.of(-1, 1), names: ['u', 'v'] });
    expect(cells).toMatchObject({
      kind: 'text',
      name: 't',
      rows: 2,
      cells: ['b', 'd'],
      padded: 1,
      unit: 'row',
    });
    expect([0, 1].map((row) => (cells as TextColumn).lineAt(row))).toEqual([10, 30]);
    expect(more).toMatchObject({ padded: 2, unit: undefined });
  });

  it('and told in a note, or refused without the column to choose by', () => {
    const note = (sample: 'first' | 'random' | 'stratified', of?: number) =>
      sampleNote({ sample, sampleRows: 1500, sampleBy: 'k' }, 1200, of).text;
    expect([note('first'), note('random', 9000), note('stratified', 9000)]).toEqual([
      '1,200 rows are read, the first, as data.sample=first and data.sampleRows=1500 ask.',
      '1,200 of 9,000 rows are read, drawn at random, as data.sample=random and data.sampleRows=1500 ask.',
      '1,200 of 9,000 rows are read, drawn at random, each value of k in its share, as data.sample=stratified and data.sampleRows=1500 ask.',
    ]);
    expect([columnToSampleBy(['a', 'b'], 'a', 't.csv'), columnToSampleBy(['a', 'b'], 'b', 't.csv')]).toEqual([
      0, 1,
    ]);
    const names = Array.from({ length: 30 }, (_, i) => `c${i}`);
    expect(() => columnToSampleBy(names, '', 't.csv')).toThrow(
      /out of c0, .*, c19, got nothing\. Set data\.sampleBy/,
    );
  });
});
