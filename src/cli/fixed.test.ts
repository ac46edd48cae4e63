import { describe, expect, it } from 'vitest';
import { fixed } from './fixed.ts';

describe('fixed', () => {
  it('writes no sign for a number that rounds to 0, and keeps that of all others', () => {
    expect([-0.04, -0, 0.04].map((v) => fixed(v, 1))).toEqual(['0.0', '0.0', '0.0']);
    expect([-0.4, -10].map((v) => fixed(v, 0))).toEqual(['0', '-10']);
    expect([-0.06, -0.00004].map((v) => fixed(v, 4))).toEqual(['-0.0600', '0.0000']);
    expect(fixed(Number.NaN, 2)).toBe('undefined');
  });
});
