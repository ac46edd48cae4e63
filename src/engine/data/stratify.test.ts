import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultsOf } from '../config/params.ts';
import { splitParams, splitRows, splitSizes } from './split.ts';
import { allocate, strataOf } from './stratify.ts';
import type { Split } from './table.ts';

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const settings = { ...defaultsOf(splitParams), trainFraction: 0.6, validationFraction: 0.15 };
const parts = ({ train, validation, test }: Split) => [train, validation, test];

describe('rows of strata over splits', () => {
  const sizes = fc
    .array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 })
    .chain((strata) =>
      fc.tuple(fc.constant(strata), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 })),
    );

  it('add up to every stratum and every split, and stay within a row of the share they are due', () => {
    fc.assert(
      fc.property(sizes, ([strata, trainTenths, validationTenths]) => {
        const rows = sum(strata);
        const train = Math.round((rows * trainTenths) / 10);
        const validation = Math.min(rows - train, Math.round((rows * validationTenths) / 10));
        const splits = [train, validation, rows - train - validation];
        const taken = allocate(strata, splits);
        expect(taken.map(sum)).toEqual(strata);
        expect(splits.map((_, k) => sum(taken.map((share) => share[k] as number)))).toEqual(splits);
        expect(taken.flat().every((count) => count >= 0)).toBe(true);
        if (strata.length > Math.min(...splits)) return;
        taken.forEach((share, i) => {
          if ((strata[i] as number) >= 3) expect(Math.min(...share)).toBeGreaterThanOrEqual(1);
        });
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  it.each<[number[], number[], number[][]]>([
    // Proportional where that gives whole numbers.
    [
      [60, 40],
      [70, 20, 10],
      [
        [42, 12, 6],
        [28, 8, 4],
      ],
    ],
    // Three rows: one in each split, taken from the largest.
    [
      [97, 3],
      [70, 15, 15],
      [
        [69, 14, 14],
        [1, 1, 1],
      ],
    ],
    // One or two rows go to training.
    [
      [97, 1, 2],
      [70, 15, 15],
      [
        [67, 15, 15],
        [1, 0, 0],
        [2, 0, 0],
      ],
    ],
    // The largest remainders round up.
    [
      [10, 10],
      [14, 3, 3],
      [
        [7, 2, 1],
        [7, 1, 2],
      ],
    ],
  ])('%j over %j', (strata, splits, taken) => {
    expect(allocate(strata, splits)).toEqual(taken);
  });
});

describe('strata', () => {
  const codes = (...values: number[]) => Int32Array.from(values);

  it('are the combinations of classes where each has three rows', () => {
    const a = codes(0, 0, 0, 1, 1, 1, 0, 0, 0);
    const b = codes(2, 2, 2, 0, 0, 0, 0, 0, 0);
    expect(strataOf(9, [a, b], 3)).toEqual({
      of: codes(0, 0, 0, 1, 1, 1, 2, 2, 2),
      sizes: [3, 3, 3],
      by: 'joint',
    });
  });

  it.each([
    ['one combination has two rows', codes(2, 2, 2, 0, 0, 0, 0, 2, 0), 3],
    ['a split has fewer rows than there are combinations', codes(2, 2, 2, 0, 0, 0, 0, 0, 0), 2],
  ])('are the rarest class of each row where %s', (_, b, smallest) => {
    const a = codes(0, 0, 0, 1, 1, 1, 0, 0, 0);
    const { of, sizes, by } = strataOf(9, [a, b], smallest);
    expect(by).toBe('rarest');
    // Class 1 of a, and the rarer class of b, have strata of their own.
    expect(new Set(of.subarray(3, 6)).size).toBe(1);
    expect(sum(sizes)).toBe(9);
    const rare = b[7] === 2 ? [0, 1, 2, 7] : [0, 1, 2];
    expect(sizes[of[0] as number]).toBe(b[7] === 2 ? 4 : 3);
    for (const row of rare) expect(of[row]).toBe(of[0]);
  });

  it('tell missing labels from the first class, and are one without labels', () => {
    expect(strataOf(6, [codes(0, 0, 0, -1, -1, -1)], 1).sizes).toEqual([3, 3]);
    expect(strataOf(4, [], 1)).toEqual({ of: codes(0, 0, 0, 0), sizes: [4], by: 'joint' });
  });
});

describe('a stratified split', () => {
  const labels = Int32Array.from({ length: 120 }, (_, row) => (row < 110 ? 0 : row < 116 ? 1 : 2));
  const strata = strataOf(120, [labels], 18);
  const split = splitRows(120, settings, strata);

  it('keeps the sizes, takes every row once, and gives every split its share of each class', () => {
    const { train, validation, test } = splitSizes(120, settings);
    expect(parts(split).map((rows) => rows.length)).toEqual([train, validation, test]);
    expect(
      parts(split)
        .flatMap((rows) => [...rows])
        .sort((a, b) => a - b),
    ).toEqual([...labels.keys()]);
    const shares = parts(split).map((rows) =>
      [0, 1, 2].map((c) => rows.filter((r) => labels[r] === c).length),
    );
    expect(shares).toEqual([
      [66, 4, 2],
      [16, 1, 1],
      [28, 1, 1],
    ]);
  });

  it('follows the data seed, and lists rows in the order of the permutation', () => {
    expect(splitRows(120, settings, strata)).toEqual(split);
    const other = splitRows(120, { ...settings, seed: 1 }, strata);
    expect(other.train).not.toEqual(split.train);
    const random = splitRows(120, settings);
    const order = parts(random).flatMap((rows) => [...rows]);
    for (const rows of parts(split)) {
      const places = [...rows].map((row) => order.indexOf(row));
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }
  });

  it('is the plain cut of the permutation where there is one stratum', () => {
    expect(splitRows(120, settings, strataOf(120, [], 18))).toEqual(splitRows(120, settings));
  });
});
