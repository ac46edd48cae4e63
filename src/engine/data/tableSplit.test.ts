// Splits by groups, by time, by a column and by the file itself.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../config/params.ts';
import { formatIssue } from '../core/errors.ts';
import { tableSource } from './tableSource.ts';
import { generateTable, issuesOf, textInput } from './testing/files.ts';

const WORDS = ['train', 'Train', 'val', 'TEST'];
const text = (n: number, group = (i: number) => `g${i % 12}`) =>
  `x,who,when,part,y\n${Array.from({ length: n }, (_, i) =>
    [
      (i * 7) % 11,
      group(i),
      `2024-01-${String(((i * 5) % 28) + 1).padStart(2, '0')}`,
      WORDS[i % 4],
      (i * 3) % 13,
    ].join(','),
  ).join('\n')}`;
const request = (data: Params, file = text(120)) => ({
  data: {
    ...defaultsOf(tableSource.dataParams),
    standardiseFeatures: false,
    standardiseTargets: false,
    ...data,
  },
  tasks: { targets: [{ column: 'y', type: 'regression' as const }] },
  file: textInput(file),
});
const refusal = async (data: Params, file?: string) =>
  (await issuesOf(request(data, file))).map(formatIssue)[0];

describe('splits by a column', () => {
  it('keep groups whole, in about the asked shares, and the column is no feature', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(20), fc.integer({ min: 6, max: 30 }), async (seed, groups) => {
        const { split, features } = await generateTable(
          request(
            { split: 'group', splitColumn: 'who', seed },
            text(240, (i) => `g${(i * i) % groups}`),
          ),
        );
        const of = (rows: Uint32Array) => new Set(Array.from(rows, (i) => (i * i) % groups));
        const [train, validation, test] = [of(split.train), of(split.validation), of(split.test)];
        expect([...train].some((g) => validation.has(g) || test.has(g))).toBe(false);
        expect([...validation].some((g) => test.has(g))).toBe(false);
        expect(split.train.length + split.validation.length + split.test.length).toBe(240);
        expect(features.map((f) => f.name)).not.toContain('who');
      }),
      { numRuns: 20 },
    );
  });

  it('differ from seed to seed where groups are alike', async () => {
    const splitOf = async (seed: number) =>
      (await generateTable(request({ split: 'group', splitColumn: 'who', seed }))).split.test.join();
    expect(await splitOf(1)).toBe(await splitOf(1));
    expect(await splitOf(1)).not.toBe(await splitOf(2));
  });

  it('put the latest rows into the test split, rows of one day together', async () => {
    const { split } = await generateTable(request({ split: 'time', splitColumn: 'when' }));
    const day = (i: number) => ((i * 5) % 28) + 1;
    const [train, validation, test] = [split.train, split.validation, split.test].map((rows) =>
      Array.from(rows, day),
    );
    expect(Math.max(...(train ?? []))).toBeLessThan(Math.min(...(validation ?? [])));
    expect(Math.max(...(validation ?? []))).toBeLessThan(Math.min(...(test ?? [])));
    expect((train ?? []).length).toBeGreaterThanOrEqual(84);
  });

  it('take the words of a column', async () => {
    const { split, features } = await generateTable(request({ split: 'column', splitColumn: 'part' }));
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([60, 30, 30]);
    expect([...split.validation].every((i) => i % 4 === 2)).toBe(true);
    expect(features.map((f) => f.name)).not.toContain('part');
  });

  it.each<[Params, RegExp]>([
    [
      { split: 'group' },
      /^data\.params\.splitColumn: expected the column to split by, out of x, who, when, part, y, got nothing\. For example --split group:x/,
    ],
    [{ split: 'time', splitColumn: 'who' }, /expected dates or numbers in who, got text such as "g0"/],
    [{ split: 'column', splitColumn: 'who' }, /expected train, validation and test in who .* got "g0", "g1"/],
    [
      { split: 'group', splitColumn: 'part', trainFraction: 0.5 },
      /^data\.params\.split: expected at least 2 rows in each split/,
    ],
  ])('are refused: %j', async (data, message) => {
    const file = data.splitColumn === 'part' ? text(120).replace(/Train|val|TEST/g, 'train') : undefined;
    expect(await refusal(data, file)).toMatch(message);
  });

  it('are refused where a row has no value', async () => {
    expect(await refusal({ split: 'group', splitColumn: 'who' }, text(40).replace('g1,', ','))).toMatch(
      /expected a value of who in each row, got none in 1 of 40 rows/,
    );
  });
});

describe('a split that lacks a class', () => {
  /** 40 rows; those with `late` 1 stand at the end, in one group, and in the rows that `part` says. */
  const file = (isLate: (i: number) => boolean) =>
    `x,when,who,part,late\n${Array.from({ length: 40 }, (_, i) =>
      [
        i % 7,
        i,
        isLate(i) ? 'all' : `g${i % 8}`,
        i < 20 ? 'train' : i < 30 ? 'val' : 'test',
        +isLate(i),
      ].join(','),
    ).join('\n')}`;
  const of = (data: Params, isLate: (i: number) => boolean) => ({
    ...request(data, file(isLate)),
    tasks: { targets: [{ column: 'late', type: 'binary' as const }] },
  });
  const byTime = { split: 'time', splitColumn: 'when' };

  it.each<[Params, RegExp]>([
    [byTime, / The rows are split by time: other shares of the rows may help, or data\.split=stratified/],
    [{ split: 'group', splitColumn: 'who' }, / Groups stay together: other shares of the rows or another/],
    [{ split: 'column', splitColumn: 'part' }, / The rows are split as a column says: change it, or set/],
    [
      { split: 'random', seed: 1 },
      / A stratified split, another data seed or a larger share of the rows may help\./,
    ],
  ])('is noted with what helps there: %j', async (data, remedy) => {
    const { notes } = await generateTable(
      of(data, (i) => (data.split === 'random' ? i < 3 : i >= 5 && i < 15)),
    );
    const lacks = notes.filter(({ code }) => code.startsWith('class-missing-in'));
    expect(lacks.length).toBeGreaterThan(0);
    for (const { text: said } of lacks) expect(said).toMatch(remedy);
  });

  it('is refused where it trains, likewise', async () => {
    const [issue] = (await issuesOf(of(byTime, (i) => i >= 35))).map(formatIssue);
    expect(issue).toMatch(
      /at least two classes of late in the 28 training rows, got one; .* split by time: other shares .* Or choose other targets\.$/,
    );
  });
});

describe('a small table', () => {
  const table = (columns: Record<string, readonly (string | number)[]>) => {
    const cells = Object.values(columns);
    const lines = (cells[0] ?? []).map((_, row) => cells.map((column) => column[row]).join(','));
    return [Object.keys(columns).join(','), ...lines].join('\n');
  };
  const numbers = (n: number) => Array.from({ length: n }, (_, i) => (i * 7) % n);
  const splitOf = async (data: Params, file: string) => {
    const { split } = await generateTable(request(data, file));
    return [split.train, split.validation, split.test].map((rows) => [...rows]);
  };
  const halves = { trainFraction: 0.5, validationFraction: 0.25 };

  it('is cut behind the rows of one time, which stay in their order', async () => {
    const when = [9, 0, 1, 1, 2, 3, 3, 3, 3, 4, 4, 5];
    const file = table({ when, x: numbers(12), y: numbers(12).reverse() });
    // The sixth and the ninth row by time are followed by others of their time.
    const cut = [
      [1, 2, 3, 4, 5, 6, 7, 8],
      [9, 10],
      [11, 0],
    ];
    expect(await splitOf({ split: 'time', splitColumn: 'when', ...halves }, file)).toEqual(cut);
  });

  it.each([
    ['names', ['g7', 'g8', 'g9']],
    ['numbers', [7, 8, 9]],
  ])('gives its groups, told by %s, the largest first', async (_, [a = '', b = '', c = '']) => {
    const who = [c, a, b, a, a, b, a, b, a, a, c, b].map(String);
    const file = table({ who, x: numbers(12), y: numbers(12).reverse() });
    const data = { split: 'group', splitColumn: 'who', trainFraction: 0.5, validationFraction: 0.3 };
    for (const seed of [0, 1, 2, 3])
      expect(await splitOf({ ...data, seed }, file)).toEqual([
        [1, 3, 4, 6, 8, 9],
        [2, 5, 7, 11],
        [0, 10],
      ]);
  });

  it('spreads labelled rows evenly where some lack one, unless the split is random', async () => {
    const columns = { x: numbers(60), y: numbers(60), z: numbers(60).map((v, i) => (i < 20 ? v : '')) };
    const labelled = async (split: string, seed: number) => {
      const { split: parts, targets } = await generateTable({
        ...request({ split, seed }, table(columns)),
        tasks: {
          targets: [
            { column: 'y', type: 'regression' },
            { column: 'z', type: 'regression' },
          ],
        },
      });
      const of = (rows: Uint32Array) => rows.filter((row) => !Number.isNaN(targets[1]?.[row])).length;
      return [of(parts.train), of(parts.validation), of(parts.test)];
    };
    const counts = (split: string) => Promise.all([0, 1, 2, 3, 4].map((seed) => labelled(split, seed)));
    expect(await counts('auto')).toEqual(Array(5).fill([14, 3, 3]));
    expect((await counts('random')).some(([train]) => train !== 14)).toBe(true);
  });

  it('keeps a column that decides nothing, or only the time, as a feature', async () => {
    const names = async (data: Params) =>
      (await generateTable(request({ splitColumn: 'who', ...data }))).features.map(({ name }) => name);
    expect(await names({ split: 'random' })).toContain('who');
    expect((await names({ split: 'time', splitColumn: 'when' })).join()).toContain('when');
    expect(await splitOf({ split: 'random', splitColumn: 'who' }, text(40))).toEqual(
      await splitOf({ split: 'random' }, text(40)),
    );
  });

  it.each<[string, (string | number)[], RegExp]>([
    [
      'a cell is missing',
      ['train', '', 'val', 'test'],
      /expected a value of part in each row, got none in 15 of 60 rows/,
    ],
    [
      'a split has no word',
      ['train', 'dev', 'val', 'fit'],
      /got "dev", "fit", "train", "val"\. Rename the values/,
    ],
    ['a word is unknown', ['train', 'dev', 'holdout', 'later'], /got "dev", "holdout", "later", "train"/],
    ['they are numbers', [0, 1, 2, 1], /expected train, validation and test in part .* got "0", "1", "2"/],
    ['there are many', [...'abcdefghijk'], /got "a", "b", "c", "d", "e", "f", "g", "h"\./],
  ])('is refused by the words of a column where %s', async (_, words, message) => {
    const part = numbers(60).map((_n, i) => words[i % words.length] as string | number);
    const file = table({ part, x: numbers(60), y: numbers(60).reverse() });
    expect(await refusal({ split: 'column', splitColumn: 'part' }, file)).toMatch(message);
  });

  it('needs two rows in each split, which a remedy for each kind can give', async () => {
    const rows = (test: number) => [...Array(6).fill('train'), 'val', 'val', ...Array(test).fill('test')];
    const file = (test: number) =>
      table({ part: rows(test), x: numbers(8 + test), y: numbers(8 + test).reverse() });
    const data = { split: 'column', splitColumn: 'part' };
    // The fractions would leave one row for the test; they do not count.
    expect(await refusal(data, file(2))).toBeUndefined();
    expect(await refusal(data, file(1))).toMatch(
      /got 6 training, 2 validation, 1 test rows of 9\. Use another split, or more rows\./,
    );
    const one = table({ part: Array(20).fill('g'), x: numbers(20), y: numbers(20).reverse() });
    expect(await refusal({ split: 'group', splitColumn: 'part' }, one)).toMatch(
      /Use a column with more and smaller groups, or other fractions\./,
    );
  });
});
