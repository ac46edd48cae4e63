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
