// Test cases of dropping signs.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { rng } from '../../../core/rng.ts';
import { normal, relativeError, toTensor, valuesOf } from '../../testing/matrix.ts';
import type { OpTests } from '../../testing/opTests.ts';
import { signDrop, signDropKernel } from './index.ts';

const CASES: { tasks: number; size: number; leak: number[] }[] = [
  { tasks: 1, size: 5, leak: [0] },
  { tasks: 2, size: 1, leak: [0, 0] },
  { tasks: 3, size: 37, leak: [0, 1, 0.25] },
  // More values than a block.
  { tasks: 5, size: 4099, leak: [0.5, 0, 0, 0.125, 1] },
];

/** Algorithm 1 as it is written, in float64. @param g - [T, S], row-major */
function exactly(g: ArrayLike<number>, uniforms: ArrayLike<number>, leak: readonly number[]): number[] {
  return Array.from(uniforms, (uniform, k) => {
    const column = leak.map((_, task) => g[task * uniforms.length + k] as number);
    const size = column.reduce((sum, v) => sum + Math.abs(v), 0);
    const purity = size === 0 ? 0.5 : 0.5 * (1 + column.reduce((sum, v) => sum + v, 0) / size);
    return column.reduce((sum, v, task) => {
      const mask = +((purity > uniform && v > 0) || (purity < uniform && v < 0));
      const share = leak[task] as number;
      return sum + (share + (1 - share) * mask) * v;
    }, 0);
  });
}

export const signDropTests: OpTests = {
  natives: { wasm: [signDropKernel] },
  cases: [],
  tests({ forwardTolerance, isNative }) {
    it.each(CASES)('of $tasks tasks over $size values, leaking $leak', async ({ tasks, size, leak }) => {
      const { data } = normal([tasks, size], 90);
      // A value without a gradient, and one whose gradients agree.
      if (size > 2)
        for (let task = 0; task < tasks; task++) {
          data[task * size] = 0;
          data[task * size + 1] = task + 1;
        }
      const random = rng(91, 'uniforms');
      const uniforms = Float64Array.from({ length: size }, () => Math.fround(random.uniform()));
      const inputs = [toTensor({ shape: [tasks, size], data }), toTensor({ shape: [size], data: uniforms })];
      const got = await valuesOf(() => signDrop(inputs[0] as tf.Tensor2D, inputs[1] as tf.Tensor1D, leak));
      tf.dispose(inputs);
      expect(relativeError(got, exactly(data, uniforms, leak))).toBeLessThan(forwardTolerance);
    });

    // Plain operations leave it to the backend.
    it.runIf(isNative(signDropKernel))('passes on a gradient that is not a number', async () => {
      const inputs = [tf.tensor2d([1, Number.NaN, -2, 3], [2, 2]), tf.tensor1d([0.4, 0.4])];
      const got = await valuesOf(() => signDrop(inputs[0] as tf.Tensor2D, inputs[1] as tf.Tensor1D, [0, 0]));
      tf.dispose(inputs);
      // P = 1/3 < 0.4: the negative one passes.
      expect(got[0]).toBe(-2);
      expect(got[1]).toBeNaN();
    });

    it('takes as many values as large networks share', async () => {
      // Those of two tasks cannot be transposed on WebGPU.
      const size = 1_100_000;
      const got = await valuesOf(() => {
        const dropped = signDrop(tf.ones([2, size]), tf.fill([size], 0.25), [0, 0]);
        return tf.stack([tf.min(dropped), tf.max(dropped)]);
      });
      expect(Array.from(got)).toEqual([2, 2]);
    });

    it('takes one number per value and one share per task', () => {
      const inputs = [tf.zeros([2, 3]), tf.zeros([2]), tf.zeros([3])];
      const [gradients, two, three] = inputs as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
      expect(() => signDrop(gradients, two, [0, 0])).toThrow(/signDrop: uniforms/);
      expect(() => signDrop(gradients, three, [0])).toThrow(/signDrop: leak/);
      tf.dispose(inputs);
    });
  },
};
