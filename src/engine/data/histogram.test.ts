import { expect, it } from 'vitest';
import { histogramOf } from './histogram.ts';
import { parseTable } from './tableFile.ts';
import { readColumn } from './testing/columns.ts';
import { textInput } from './testing/files.ts';

const EMPTY = readColumn('x', ['']).column;

async function histogram(cells: readonly (string | number)[]) {
  const { columns } = await parseTable(
    textInput(`x,k\n${cells.map((cell, i) => `${cell},${i}`).join('\n')}`),
  );
  return histogramOf(columns[0] as (typeof columns)[number]);
}

it('counts numbers in bins of equal width, the largest in the last', async () => {
  const got = await histogram([0, 1, 1.5, '', 15.9, 16, 0]);
  expect(got).toEqual({ kind: 'bins', min: 0, max: 16, counts: [2, 2, ...new Array(13).fill(0), 2] });
});

it('bins a range that is no float64, and a single value', async () => {
  expect(await histogram(['-1e308', '1e308', 0])).toMatchObject({ counts: expect.arrayContaining([1]) });
  expect((await histogram([5, 5, 5, 5]))?.counts[0]).toBe(4);
  // From -8 to 8, a bin is 1 wide.
  expect((await histogram([-8, -7.5, -6.5, 0, 8]))?.counts).toEqual([
    2,
    1,
    ...Array(5).fill(0),
    0,
    1,
    ...Array(6).fill(0),
    1,
  ]);
});

it('names the most frequent categories and counts the others', async () => {
  const cells = ['', 'k', 'a', 'b', 'b', ...'cdefghij'].flatMap((text) => [text, text]);
  expect(await histogram(cells)).toEqual({
    kind: 'categories',
    names: ['b', 'a', 'c', 'd', 'e', 'f', 'g', 'h'],
    counts: [4, 2, 2, 2, 2, 2, 2, 2],
    others: { categories: 3, rows: 6 },
  });
});

it('is none without a value', () => {
  const column = { numbers: Float64Array.of(Number.NaN, Infinity), values: ['a'], codes: Int32Array.of(-1) };
  for (const kind of ['numeric', 'categorical'] as const)
    expect(histogramOf({ ...EMPTY, ...column, kind })).toBeNull();
  const unused = { values: ['a', 'b', 'c'], codes: Int32Array.of(2, -1, 0) };
  expect(histogramOf({ ...EMPTY, ...unused, kind: 'categorical' })).toMatchObject({ names: ['a', 'c'] });
});
