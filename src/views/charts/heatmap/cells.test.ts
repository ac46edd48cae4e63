import { describe, expect, it } from 'vitest';
import { largest, linearIndices, rankInRow, sqrtIndices, strongestKeys } from './cells.ts';

describe('scales', () => {
  it('square root sets small weights apart', () => {
    expect([...sqrtIndices([0, 0.01, 0.25, 1, 2, Number.NaN], 1)]).toEqual([0, 26, 128, 255, 255, 0]);
    expect([...sqrtIndices([0, 0], 0)]).toEqual([0, 0]);
  });
  it('linear ones clamp, with zero in the middle of a range around it', () => {
    expect([...linearIndices([-5, 0, 5, 10, -Infinity], -5, 5)]).toEqual([0, 128, 255, 255, 0]);
    expect([...linearIndices([3, 3], 3, 3)]).toEqual([0, 0]);
  });
  it('largest skips what is not finite', () => {
    expect(largest([0.2, Number.POSITIVE_INFINITY, Number.NaN, 0.7])).toBe(0.7);
    expect(largest([-3])).toBe(0);
  });
});

describe('keys of a query', () => {
  const weights = [0, 0, 0, 0, 0.3, 0, 0.5, 0.2];
  const blocked = [0, 0, 0, 0, 0, 1, 0, 0];
  it('ranks among open keys', () => {
    expect(rankInRow(weights, blocked, 4, 1, 2)).toEqual({ rank: 1, open: 3 });
    expect(rankInRow(weights, blocked, 4, 1, 3)).toEqual({ rank: 3, open: 3 });
    expect(rankInRow(weights, blocked, 4, 1, 1)).toEqual({ rank: 0, open: 3 });
    expect(rankInRow(weights, null, 4, 0, 3)).toEqual({ rank: 1, open: 4 });
  });
  it('lists the strongest first', () => {
    expect(strongestKeys(weights, blocked, 4, 1, 2)).toEqual([2, 0]);
    expect(strongestKeys(weights, blocked, 4, 1, 9)).toEqual([2, 0, 3]);
  });
});
