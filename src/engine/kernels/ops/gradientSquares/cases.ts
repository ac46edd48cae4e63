// Test cases of sums of squares.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { normal, relativeError, toTensor, valuesOf } from '../../testing/matrix.ts';
import type { OpTests } from '../../testing/opTests.ts';
import { gradientSquares, gradientSquaresKernel } from './index.ts';

export const gradientSquaresTests: OpTests = {
  natives: { wasm: [gradientSquaresKernel] },
  cases: [],
  tests({ forwardTolerance }) {
    it('sums the squares of each tensor', async () => {
      const matrices = [normal([1], 40), normal([3, 7], 41), normal([5], 42)];
      const inputs = matrices.map(toTensor);
      const got = await valuesOf(() => gradientSquares(inputs));
      tf.dispose(inputs);
      expect(
        relativeError(
          got,
          matrices.map(({ data }) => data.reduce((sum, x) => sum + x * x, 0)),
        ),
      ).toBeLessThan(forwardTolerance);
    });

    it('sums more tensors, and larger ones, than a launch takes', async () => {
      const matrices = Array.from({ length: 40 }, (_, i) => normal([i === 7 ? 40_000 : i + 1], 60 + i));
      const inputs = matrices.map(toTensor);
      const slices = matrices.map(({ data }) => (data.length > 9000 ? [9000, 30_999, 1] : [data.length]));
      const got = await valuesOf(() => gradientSquares(inputs, slices));
      tf.dispose(inputs);
      const expected = matrices.flatMap(({ data }, i) => {
        let start = 0;
        return (slices[i] as number[]).map((size) => {
          const squares = data.subarray(start, start + size).map((x) => x * x);
          start += size;
          return squares.reduce((a, b) => a + b, 0);
        });
      });
      got.forEach((sum, i) => {
        const exact = expected[i] as number;
        expect(Math.abs(sum - exact) / exact).toBeLessThan(1e-5);
      });
    });

    it('sums slices of a tensor apart', async () => {
      const inputs = [tf.tensor1d([1, 2, 3, 4, 5]), tf.tensor1d([6])];
      const got = await valuesOf(() => gradientSquares(inputs, [[2, 1, 2], [1]]));
      expect(Array.from(got)).toEqual([5, 9, 41, 36]);
      expect(() => gradientSquares(inputs, [[2, 1], [1]])).toThrow(/slices 0/);
      tf.dispose(inputs);
    });

    it.each([Number.NaN, Number.POSITIVE_INFINITY])('shows %s', async (bad) => {
      const inputs = [tf.tensor1d([1, 2]), tf.tensor1d([0, 1, bad, 2, 3])];
      const got = await valuesOf(() => gradientSquares(inputs));
      tf.dispose(inputs);
      expect(got[0]).toBe(5);
      expect(Number.isFinite(got[1])).toBe(false);
    });
  },
};
