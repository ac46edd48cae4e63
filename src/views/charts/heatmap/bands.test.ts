import { describe, expect, it } from 'vitest';
import { fitCell, indexAt, layoutBands } from './bands.ts';

describe('layoutBands', () => {
  it('leaves a thin gap between cells and a wide one between groups', () => {
    const bands = layoutBands([2, 1], 26, 1);
    expect([...bands.starts]).toEqual([0, 27, 58]);
    expect(bands.size).toBe(84);
  });
  it('is in whole device pixels', () => {
    for (const ratio of [1, 1.25, 1.5, 2, 3]) {
      for (const start of layoutBands([5, 3, 9], 11.3, ratio).starts) {
        expect(start * ratio).toBeCloseTo(Math.round(start * ratio), 9);
      }
    }
  });
  it('packs small cells without gaps', () => {
    expect([...layoutBands([3], 3, 1).starts]).toEqual([0, 3, 6]);
  });
  it('survives having no cells', () => {
    expect(layoutBands([], 10, 1).size).toBe(0);
    expect(layoutBands([0, 2], 10, 1).starts).toHaveLength(2);
  });
});

describe('indexAt', () => {
  it('finds every cell from any point in it, and the nearest outside', () => {
    const bands = layoutBands([5, 3, 9], 26, 2);
    bands.starts.forEach((start, i) => {
      expect(indexAt(bands, start)).toBe(i);
      expect(indexAt(bands, start + bands.cell - 0.01)).toBe(i);
    });
    expect(indexAt(bands, -20)).toBe(0);
    expect(indexAt(bands, 1e5)).toBe(16);
  });
});

it('fits the cells into the room, within limits', () => {
  for (const room of [90, 200, 400, 700]) {
    const cell = fitCell([5, 3, 9], room, 1, 26);
    expect(layoutBands([5, 3, 9], cell, 1).size).toBeLessThanOrEqual(room);
  }
  expect(fitCell([5], 1000, 2, 26)).toBe(26);
  expect(fitCell([544], 300, 3, 26)).toBe(3);
});
