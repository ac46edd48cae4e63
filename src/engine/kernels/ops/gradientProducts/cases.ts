// Test cases of inner products of gradients.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { normal, toTensor, valuesOf } from '../../testing/matrix.ts';
import type { OpTests } from '../../testing/opTests.ts';
import { gradientProducts, gradientProductsKernel, type ValueRun } from './index.ts';

const CASES: { tasks: number; size: number; runs: ValueRun[] }[] = [
  { tasks: 1, size: 5, runs: [{ start: 0, size: 5 }] },
  { tasks: 2, size: 1, runs: [{ start: 0, size: 1 }] },
  { tasks: 3, size: 6, runs: [{ start: 0, size: 6 }] },
  // Runs that begin and end between the multiples of four, and more values than a block.
  {
    tasks: 5,
    size: 5003,
    runs: [
      { start: 1, size: 4099 },
      { start: 4200, size: 2 },
      { start: 4203, size: 799 },
    ],
  },
  { tasks: 8, size: 2048, runs: [{ start: 0, size: 2048 }] },
];

export const gradientProductsTests: OpTests = {
  natives: { wasm: [gradientProductsKernel] },
  cases: [],
  tests({ forwardTolerance }) {
    it.each(CASES)('of $tasks tasks over $size values', async ({ tasks, size, runs }) => {
      const rows = Array.from({ length: tasks }, (_, t) => normal([size], 70 + t));
      const inputs = rows.map(toTensor);
      const got = await valuesOf(() => gradientProducts(inputs, runs));
      tf.dispose(inputs);
      expect(got).toHaveLength(tasks * tasks);
      const product = (a: ArrayLike<number>, b: ArrayLike<number>) =>
        runs.reduce((sum, { start, size: length }) => {
          for (let k = start; k < start + length; k++) sum += (a[k] as number) * (b[k] as number);
          return sum;
        }, 0);
      const exact = rows.flatMap((a) => rows.map((b) => product(a.data, b.data)));
      const largest = Math.max(...exact.map(Math.abs));
      exact.forEach((value, k) => {
        expect(Math.abs((got[k] as number) - value) / largest).toBeLessThan(forwardTolerance);
      });
    });

    it('takes gradients of one shape only', () => {
      const inputs = [tf.zeros([2, 3]), tf.zeros([3, 2])];
      expect(() => gradientProducts(inputs, [{ start: 0, size: 6 }])).toThrow(/gradient 1/);
      tf.dispose(inputs);
    });
  },
};
