import { describe, expect, it } from 'vitest';
import {
  binCodes,
  fitColumn,
  fitQuantiles,
  IDENTITY,
  mergesValues,
  restored,
  standardise,
  standardised,
} from './encode.ts';

describe('quantile bins', () => {
  const column = [40, 10, 30, 20, 50, 999];
  const rows = Uint32Array.of(0, 1, 2, 3, 4);

  it('are cut between sorted training values', () => {
    expect([...fitQuantiles(column, rows.subarray(0, 4), 2)]).toEqual([25]);
    expect([...fitQuantiles(column, rows.subarray(0, 4), 4)]).toEqual([15, 25, 35]);
    // 5/2 falls on the third value: the edge lies between the second and the third.
    expect([...fitQuantiles(column, rows, 2)]).toEqual([25]);
  });

  it('hold a value that equals an edge above it', () => {
    expect([...binCodes([Number.NaN, Infinity, -Infinity], Float64Array.of(15, 25))]).toEqual([0, 2, 0]);
    expect([...binCodes([14, 15, 24, 25, 99], Float64Array.of(15, 25))]).toEqual([0, 1, 1, 2, 2]);
  });
});

describe('a fitted column', () => {
  it('has the mean and the population deviation of known training values', () => {
    // 2, 4, 6 around 4: squares 4 + 0 + 4 over 3.
    const { scaling, known, isConstant } = fitColumn([2, Number.NaN, 4, 6, 100], [0, 1, 2, 3]);
    expect([scaling.mean, known, isConstant]).toEqual([4, 3, false]);
    expect(scaling.scale).toBeCloseTo(Math.sqrt(8 / 3), 12);
  });

  it('is left as it is without known values', () => {
    const nothing = { scaling: IDENTITY, known: 0, isConstant: true };
    expect(fitColumn([Number.NaN, 1], [0])).toEqual(nothing);
    expect(fitColumn([1], [])).toEqual(nothing);
  });

  it('is constant where values differ by rounding alone, at any size', () => {
    const isConstant = (...column: number[]) => {
      const fit = fitColumn(column, [...column.keys()]);
      expect(fit.scaling.scale === 1).toBe(fit.isConstant);
      return fit.isConstant;
    };
    expect([isConstant(7, 7), isConstant(0, 0), isConstant(3)]).toEqual([true, true, true]);
    // 0.1 + 0.2 is one unit of rounding above 0.3.
    expect([isConstant(0.3, 0.1 + 0.2), isConstant(-0.3, -(0.1 + 0.2))]).toEqual([true, true]);
    expect(isConstant(1, 1 + 2 ** -51)).toBe(true);
    expect(isConstant(1, 1 + 2 ** -50)).toBe(false);
    expect(isConstant(2 ** 40, 2 ** 40 + 2 ** -12)).toBe(true);
    expect(isConstant(2 ** -40, 2 ** -40 + 2 ** -80)).toBe(false);
    expect(isConstant(0, 1e-30)).toBe(false);
  });

  it.each([1e200, 1e-200, 3])('has a deviation at a size of %d, whose square may be out of range', (size) => {
    const { scaling, isConstant } = fitColumn([-size, size, -size, size], [0, 1, 2, 3]);
    expect([scaling.mean, isConstant]).toEqual([0, false]);
    expect(scaling.scale / size).toBeCloseTo(1, 12);
  });

  it('keeps the digits of its mean far from 0, and gives its values back', () => {
    // The mean 2^53 + 2/3 is between two float64.
    const column = [2 ** 53, 2 ** 53, 2 ** 53 + 2];
    const { scaling } = fitColumn(column, [0, 1, 2]);
    expect(scaling.mean).toBe(2 ** 53);
    expect(scaling.rest).toBeCloseTo(2 / 3, 12);
    const encoded = column.map((value) => standardised(value, scaling));
    expect(encoded.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 12);
    expect(encoded.map((value) => restored(value, scaling))).toEqual(column);
    expect(fitColumn([1, 3], [0, 1]).scaling).toEqual({ mean: 2, scale: 1 });
    expect(restored(2, { mean: 3, scale: 4 })).toBe(11);
  });

  it('is standardised in place', () => {
    const column = Float32Array.of(1, 3, 7);
    standardise(column, { mean: 3, scale: 2 });
    expect([...column]).toEqual([-1, 0, 2]);
  });
});

describe('numbers that float32 merges', () => {
  it('are found wherever they stand, and missing cells and repeated numbers are none', () => {
    const merges = (...column: number[]) => mergesValues(Float64Array.from(column), { mean: 0, scale: 1e9 });
    expect(merges(1, 2, 3)).toBe(false);
    expect(merges(1, 1, Number.NaN, Number.NaN)).toBe(false);
    expect(mergesValues(Float64Array.of(1e9 + 1, 5, 1e9 + 2), IDENTITY)).toBe(true);
    expect(mergesValues(Float64Array.of(1e9 + 1, 5, 1e9 + 1), IDENTITY)).toBe(false);
    expect(mergesValues(Float64Array.of(5), IDENTITY)).toBe(false);
    expect(mergesValues(Float64Array.of(), IDENTITY)).toBe(false);
  });
});
