import { describe, expect, it } from 'vitest';
import { tickOf } from './clockTick.ts';

describe('tick of a clock', () => {
  it('is what all times are multiples of, rounded by a browser or not', () => {
    expect(tickOf([0, 131_072, 65_536 * 7, 65_536 * 12])).toBe(65_536);
    expect(tickOf([0, 300_000, 500_000])).toBe(100_000);
    expect(tickOf([0, 1251, 2197])).toBe(1);
  });

  it('takes earlier times into account, and says nothing of times that are all the same', () => {
    expect(tickOf([0, 200_000], 300_000)).toBe(100_000);
    expect(tickOf([0, 0, 0])).toBe(0);
    expect(tickOf([0, -64, 96])).toBe(32);
  });
});
