// The plain mask, which every backend must give: of each seed, step, site, row and unit its own, in the share of the rate.
import { describe, expect, it } from 'vitest';
import { type DropoutKey, dropoutMask } from './index.ts';

const ROWS = 512;
const UNITS = 64;
const RATE = 0.3;
const KEPT = Math.fround(1 / (1 - RATE));
const mask = (...key: DropoutKey): number[] =>
  [...dropoutMask(ROWS * UNITS, RATE, key)].map((v) => (v > 0 ? 1 : 0));
const first = mask(7, 3, 2);

/** Share of entries in which two masks agree; by chance RATE^2 + (1 - RATE)^2. */
const agreement = (a: readonly number[], b: readonly number[]) =>
  a.filter((value, i) => value === b[i]).length / a.length;
const BY_CHANCE = RATE ** 2 + (1 - RATE) ** 2;
const near = (value: number, share: number, count: number) =>
  expect(Math.abs(value - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / count));

describe('a mask', () => {
  it('keeps the share that it is asked for, scaled to a mean of 1', () => {
    for (const rate of [0.05, RATE, 0.9]) {
      const values = [...dropoutMask(ROWS * UNITS, rate, [7, 3, 2])];
      expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
      near(values.filter((value) => value > 0).length / values.length, 1 - rate, values.length);
    }
    expect(new Set(dropoutMask(50, 0, [7, 3, 2]))).toEqual(new Set([1]));
  });

  it('is the same for the same key, and for a shorter tensor its beginning', () => {
    expect(mask(7, 3, 2)).toEqual(first);
    expect([...dropoutMask(100, RATE, [7, 3, 2])]).toEqual(first.slice(0, 100).map((kept) => kept * KEPT));
  });

  it.each<[string, DropoutKey]>([
    ['seed', [8, 3, 2]],
    ['step', [7, 4, 2]],
    ['site', [7, 3, 3]],
    ['seed and step, exchanged,', [3, 7, 2]],
    ['step and site, exchanged,', [7, 2, 3]],
  ])('of another %s agrees with it by chance', (_, key) => {
    near(agreement(first, mask(...key)), BY_CHANCE, first.length);
  });

  it.each([1, 2, 4, 8, UNITS, 2 * UNITS, 16 * UNITS])('agrees with itself %i entries on by chance', (lag) => {
    const pairs = first.length - lag;
    near(agreement(first.slice(0, pairs), first.slice(lag)), BY_CHANCE, pairs);
  });

  it('keeps every row and every unit about equally often', () => {
    const units = Array.from({ length: UNITS }, (_, unit) =>
      first.reduce((sum, kept, i) => sum + (i % UNITS === unit ? kept : 0), 0),
    );
    for (const count of units) near(count / ROWS, 1 - RATE, ROWS);
  });
});
