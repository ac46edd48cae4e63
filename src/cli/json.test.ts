import { describe, expect, it } from 'vitest';
import { toJson } from './json.ts';

describe('toJson', () => {
  it('writes typed arrays as plain ones and what is not finite as null', () => {
    const value = {
      a: Float32Array.of(0.1, Number.NaN),
      b: Uint8Array.of(1, 0),
      c: Number.POSITIVE_INFINITY,
    };
    expect(JSON.parse(toJson(value))).toEqual({ a: [0.1, null], b: [1, 0], c: null });
  });
});
