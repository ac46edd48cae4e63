import { describe, expect, it } from 'vitest';
import { agreements, conflictRate, type RelationMeasure } from './relationSummary.ts';
import {
  cosinesOf,
  firstOrderAffinity,
  linearCka,
  lookAheadAffinity,
  magnitudeSimilarity,
  offDiagonal,
  rankCorrelation,
  updateShares,
} from './relations.ts';

/** Of the gradients (2, 0), (0, 1), (-1, 1). */
const GRAM = [4, 0, -2, 0, 1, 1, -2, 1, 2];

describe('relations of gradients', () => {
  it('has cosines and similar lengths', () => {
    const cosines = cosinesOf(GRAM, 3);
    expect(cosines[2]).toBeCloseTo(-Math.SQRT1_2, 12);
    expect(cosines[4]).toBe(1);
    expect(magnitudeSimilarity(GRAM, 3)[1]).toBeCloseTo(4 / 5, 12);
    expect(Array.from(cosinesOf([1, 0, 0, 0], 2))).toEqual([1, 0, 0, 0]);
  });

  it('has affinities from a source to a target', () => {
    const affinity = firstOrderAffinity(GRAM, [1, 0.5, 0]);
    expect(affinity[1]).toBe(0);
    expect(affinity[7]).toBe(2);
    expect(affinity[2]).toBeNaN();
    expect(lookAheadAffinity([0.9, 0.4, 0.8, 0.5], [1, 0.5])[1]).toBeCloseTo(0.2, 12);
  });

  it('splits an update among the tasks', () => {
    const { share, cosine } = updateShares(GRAM, [1, 1, 1]);
    // d = (1, 2): products 2, 2, 1 of 5.
    expect(Array.from(share)).toEqual([2 / 5, 2 / 5, 1 / 5]);
    expect(cosine[2]).toBeCloseTo(1 / Math.sqrt(10), 12);
    expect(updateShares(GRAM, [0, 0, 1]).cosine[0]).toBeLessThan(0);
    expect(Array.from(updateShares(GRAM, [0, 0, 0]).share)).toEqual([0, 0, 0]);
  });
});

describe('agreement', () => {
  it('of activations does not see turns and scales', () => {
    const x = [1, 2, 3, 5, -1, 0.5, 0, 4];
    const turned = [2, -1, 5, -3, 0.5, 1, 4, 0].map((v) => 7 * v + 3);
    expect(linearCka(x, turned, 4)).toBeCloseTo(1, 12);
    expect(linearCka(x, [1, -1, 1, -1], 4)).toBeLessThan(0.9);
    expect(linearCka(x, [2, 2, 2, 2], 4)).toBeNaN();
  });

  it('of rankings is that of Spearman, with ties', () => {
    expect(rankCorrelation([1, 2, 3, 4], [10, 20, 35, 100])).toBeCloseTo(1, 12);
    expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 12);
    // scipy.stats.spearmanr([1, 2, 2, 4], [1, 3, 2, 4])
    expect(rankCorrelation([1, 2, 2, 4], [1, 3, 2, 4])).toBeCloseTo(0.9486832980505138, 12);
    expect(rankCorrelation([1, 2, Number.NaN, 4, 3], [1, 2, 9, 4, 3])).toBeCloseTo(1, 12);
    expect(rankCorrelation([1, 2], [1, 2])).toBeNaN();
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNaN();
  });

  it('takes pairs off the diagonal', () => {
    expect(offDiagonal([1, 2, 3, 4, 5, 6, 7, 8, 9], 3, true)).toEqual([2, 3, 6]);
    expect(offDiagonal([1, 2, 3, 4], 2, false)).toEqual([2, 3]);
  });
});

describe('what a measure might predict', () => {
  const measure = (matrix: number[], isSymmetric: boolean): RelationMeasure => ({
    id: 'm',
    label: 'M',
    matrix: Float64Array.from(matrix),
    isSymmetric,
  });
  const rank = (of: RelationMeasure, truth: object) =>
    agreements([of], [{ id: 't', label: 'T', ...truth } as never], 3)[0];

  it('of a task is what the others do to it, and not what it does to them', () => {
    // Row: source. Task 3 gives most and gets least.
    const given = measure([0, 1, 1, 2, 0, 2, 3, 3, 0], false);
    expect(rank(given, { tasks: [3, 2, 1] })).toEqual({ measure: 'm', truth: 't', rank: 1, count: 3 });
    expect(rank(given, { tasks: [1, 2, 3] })?.rank).toBe(-1);
  });

  it('of pairs is ranked both ways, and by the mean of both for a measure without a direction', () => {
    const pairs = [0, 1, 2, 9, 0, 3, 4, 3, 0];
    expect(rank(measure(pairs, false), { pairs })).toMatchObject({ rank: 1, count: 6 });
    // Means of the directions: 5, 3 and 3, in the order of the pairs.
    expect(rank(measure([0, 7, 2, 7, 0, 2, 2, 2, 0], true), { pairs })).toMatchObject({ rank: 1, count: 3 });
    expect(rank(measure([0, 1, 2, 1, 0, 2, 2, 2, 0], true), { pairs })?.rank).toBe(-1);
  });

  it('leaves out what is not known, and needs three values', () => {
    const matrix = [0, 1, 2, 3, 0, 4, 5, 6, 0];
    const pairs = [0, Number.NaN, 2, Number.NaN, 0, Number.NaN, 5, Number.NaN, 0];
    expect(rank(measure(matrix, false), { pairs })).toMatchObject({ rank: Number.NaN, count: 2 });
  });

  it('is a share of the looks for conflicts', () => {
    expect([...conflictRate([GRAM, GRAM.map(Math.abs)], 3)]).toEqual([0, 0, 0.5, 0, 0, 0, 0.5, 0, 0]);
  });
});
