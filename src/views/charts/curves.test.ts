import { describe, expect, it } from 'vitest';
import { extent, isLone, mergeSeries, quantile, smooth, thin } from './curves.ts';

describe('smooth', () => {
  it('starts at the first value and keeps a constant', () => {
    expect(smooth([1, 2, 3], [4, 4, 4], 5)).toEqual([4, 4, 4].map((v) => expect.closeTo(v, 12)));
    expect(smooth([1, 2], [7, 1], 5)[0]).toBeCloseTo(7, 12);
  });
  it('counts steps, not points: a gap forgets more', () => {
    const near = smooth([1, 2], [0, 1], 5)[1] as number;
    const far = smooth([1, 20], [0, 1], 5)[1] as number;
    expect(far).toBeGreaterThan(near);
    expect(far).toBeGreaterThan(0.95);
  });
  it('ends where the loss does', () => {
    expect(smooth([1, 2, 3], [1, Number.NaN, 1], 5).slice(1)).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('thin', () => {
  it('keeps everything that fits', () => {
    expect(thin([3, 1, 2], 10)).toEqual([0, 1, 2]);
  });
  it('keeps ends, spikes and what is not finite', () => {
    const values = Array.from({ length: 5000 }, (_, i) => Math.sin(i / 50));
    values[1234] = 99;
    values[4321] = -99;
    values[4990] = Number.NaN;
    const kept = thin(values, 200);
    expect(kept.length).toBeLessThanOrEqual(210);
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
    for (const position of [0, 1234, 4321, 4990, 4999]) expect(kept).toContain(position);
  });
});

it('merges series with different steps', () => {
  const rows = mergeSeries([
    { key: 'a', steps: [1, 3], values: [10, Number.NaN] },
    { key: 'b', steps: [2, 3], values: [20, 30] },
  ]);
  expect(rows).toEqual([
    { step: 1, a: 10 },
    { step: 2, b: 20 },
    { step: 3, a: null, b: 30 },
  ]);
});

it('measures only what is finite', () => {
  expect(extent([Number.NaN, 3, -1, Number.POSITIVE_INFINITY])).toEqual([-1, 3]);
  expect(extent([Number.NaN])).toBeNull();
  expect(quantile([5, 1, Number.NaN, 3], 0.5)).toBe(3);
  expect(quantile([], 0.5)).toBeNaN();
});

it('finds the lines of a single value, which are drawn as dots', () => {
  const rows = mergeSeries([
    { key: 'lone', steps: [0, 2], values: [10, Number.NaN] },
    { key: 'line', steps: [0, 2], values: [20, 30] },
    { key: 'none', steps: [2], values: [Number.NaN] },
  ]);
  expect(['lone', 'line', 'none'].filter((key) => isLone(rows, key))).toEqual(['lone']);
});
