import { describe, expect, it } from 'vitest';
import {
  applyCategories,
  applyNumbers,
  applyTarget,
  codesOfValues,
  countValues,
  fitCategories,
  fitNumbers,
} from './fitted.ts';
import { readColumn } from './testing/columns.ts';

const column = (...cells: string[]) => readColumn('x', cells).column;
const positions = (...of: number[]) => Uint32Array.from(of);

describe('numbers', () => {
  it('are filled by the median of the training rows that have one', () => {
    const numbers = column('9', '', '1', '5', '1000', '7');
    const fillOf = (train: number[], rows = [0, 1, 2, 3, 4, 5]) =>
      fitNumbers(numbers, rows, positions(...train), false, 'median');
    expect(fillOf([0, 1, 2, 3])).toEqual({
      kind: 'numeric',
      name: 'x',
      scaling: { mean: 0, scale: 1 },
      fill: 5,
      fillBy: 'median',
    });
    expect([fillOf([0, 1, 2, 3, 5]).fill, fillOf([1]).fill, fillOf([0, 1], [5, 3, 0]).fill]).toEqual([
      6, 0, 6,
    ]);
  });

  it('are encoded by what was fitted, and filled where they are missing', () => {
    const numbers = column('1', '', '3', '5');
    const rows = [0, 1, 2, 3];
    const byMean = fitNumbers(numbers, rows, positions(0, 1, 2), true);
    expect(byMean).toMatchObject({ scaling: { mean: 2, scale: 1 }, fill: 2 });
    expect(byMean).not.toHaveProperty('fillBy');
    const encoded = applyNumbers(numbers, rows, byMean);
    expect([...encoded.values]).toEqual([-1, 0, 1, 3]);
    expect([...(encoded.missing ?? [])]).toEqual([0, 1, 0, 0]);
    expect(encoded.exact).toBeNull();
    expect([...applyNumbers(numbers, rows, { ...byMean, fill: 4 }).values]).toEqual([-1, 2, 1, 3]);
    expect(applyNumbers(numbers, [0, 2], byMean).missing).toBeNull();
  });

  it('are kept beside where float32 would merge them', () => {
    const numbers = column('1000000001', '0', '1000000002');
    const fitted = fitNumbers(numbers, [0, 1, 2], positions(0, 1, 2), false);
    expect([...(applyNumbers(numbers, [2, 0], fitted).exact ?? [])]).toEqual([1000000002, 1000000001]);
  });
});

describe('categories', () => {
  const words = column('b', 'a', '', 'b', 'c', 'a', 'b');
  const rows = [0, 1, 2, 3, 4, 5, 6];
  const train = positions(0, 1, 2, 3, 5);

  it('are counted, and so are their gaps', () => {
    const { counts, missing } = countValues(words, [0, 2, 3, 4]);
    expect([[...counts], missing]).toEqual([[0, 2, 1], 1]);
  });

  it('that training lacks are another one, or the most frequent one', () => {
    const other = fitCategories(words, rows, train, { below: 1 });
    expect(other).toEqual({
      kind: 'categorical',
      name: 'x',
      names: ['a', 'b', 'other', 'missing'],
      other: 2,
      missing: 3,
    });
    expect([...applyCategories(words, rows, other)]).toEqual([1, 0, 3, 1, 2, 0, 1]);
    const frequent = fitCategories(words, rows, positions(1, 5, 0), 'frequent');
    expect(frequent).toMatchObject({ names: ['a', 'b', 'missing'], other: 0, missing: 2 });
    expect([...applyCategories(words, [4, 0], frequent)]).toEqual([0, 1]);
    expect(fitCategories(words, rows, positions(2), 'frequent')).toMatchObject({
      names: ['other', 'missing'],
      other: 0,
    });
    const whole = fitCategories(words, [0, 1, 4], positions(0, 1, 2), 'frequent');
    expect(whole).toMatchObject({ names: ['a', 'b', 'c'], other: -1, missing: -1 });
    expect([...applyCategories(words, [2, 4], whole)]).toEqual([-1, 2]);
  });

  it('of the same words as their own places are told apart from them', () => {
    const given = column('other', 'other', 'missing', 'a', '', 'a', 'other (2)');
    const fitted = fitCategories(given, rows, positions(0, 1, 3, 4, 5), { below: 2 });
    expect(fitted).toMatchObject({ names: ['a', 'other', 'other (3)', 'missing (2)'], other: 2, missing: 3 });
    // A file whose cells are the very names of those places.
    const file = column('other (3)', 'missing (2)', 'a', 'other', 'z');
    expect(file.values.map((value, i) => [value, codesOfValues(file, fitted)[i]])).toEqual([
      ['a', 0],
      ['missing (2)', 2],
      ['other', 1],
      ['other (3)', 2],
      ['z', 2],
    ]);
  });
});

describe('labels', () => {
  it('of a class that was not fitted, and missing ones, are none', () => {
    const classes = column('c', 'b', '', 'a', 'b');
    const target = { name: 'x', type: 'multiclass' as const, classes: ['b', 'c'], scaling: null };
    const labels = (fitted: Parameters<typeof applyTarget>[2]) => [
      ...applyTarget(classes, [4, 3, 2, 0], fitted),
    ];
    expect(labels(target)).toEqual([0, Number.NaN, Number.NaN, 1]);
    expect(labels({ ...target, classes: null })).toEqual(Array(4).fill(Number.NaN));
    const scaled = { name: 'x', type: 'regression' as const, classes: null, scaling: { mean: 1, scale: 2 } };
    expect([...applyTarget(column('5', '', '1'), [2, 0, 1], scaled)]).toEqual([0, 2, Number.NaN]);
  });
});
