import { expect, it } from 'vitest';
import { histogramOf } from './histogram.ts';
import { parseTable } from './tableFile.ts';
import { textInput } from './testing/files.ts';

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
});

it('names the most frequent categories and counts the others', async () => {
  const cells = ['a', 'b', 'b', ...'cdefghijk'].flatMap((text) => [text, text]);
  expect(await histogram(cells)).toEqual({
    kind: 'categories',
    names: ['b', 'a', 'c', 'd', 'e', 'f', 'g', 'h'],
    counts: [4, 2, 2, 2, 2, 2, 2, 2],
    others: { categories: 3, rows: 6 },
  });
});
