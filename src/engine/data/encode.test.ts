import { describe, expect, it } from 'vitest';
import { binCodes, fitColumn, fitQuantiles } from './encode.ts';

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
});
