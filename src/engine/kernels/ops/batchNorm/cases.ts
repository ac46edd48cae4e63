// Test cases of batch norm.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type Matrix, normal, relativeError, toTensor } from '../../testing/matrix.ts';
import type { KernelCase, OpTests } from '../../testing/opTests.ts';
import { batchNorm, batchNormGradientKernel, batchNormKernel } from './index.ts';

/** Every column of x [N, C] normalised over the rows, with the biased variance. */
export function exactBatchNorm(
  x: Matrix,
  scale: Matrix,
  offset: Matrix,
  epsilon: number,
  relu: boolean,
): Float64Array {
  const [rows, width] = x.shape as [number, number];
  const out = new Float64Array(rows * width);
  for (let c = 0; c < width; c++) {
    const column = Array.from({ length: rows }, (_, r) => x.data[r * width + c] as number);
    const mean = column.reduce((a, b) => a + b, 0) / rows;
    const variance = column.reduce((a, b) => a + (b - mean) ** 2, 0) / rows;
    column.forEach((value, r) => {
      const normalised = (value - mean) / Math.sqrt(variance + epsilon);
      const y = normalised * (scale.data[c] as number) + (offset.data[c] as number);
      out[r * width + c] = relu ? Math.max(0, y) : y;
    });
  }
  return out;
}

function batchNormCase(
  name: string,
  small: boolean,
  shape: [number, number],
  relu: boolean,
  offset = 0,
): KernelCase {
  const x = normal(shape, 43);
  return {
    name: `batchNorm${relu ? ' and relu' : ''}: ${name}`,
    small,
    inputs: [
      { shape, data: x.data.map((v) => Math.fround(v + offset)) },
      normal([shape[1]], 44),
      normal([shape[1]], 45),
    ],
    differentiable: 3,
    run: ([v, scale, shift]) =>
      batchNorm(v as tf.Tensor2D, scale as tf.Tensor1D, shift as tf.Tensor1D, { epsilon: 1e-5, relu }).y,
    exact: ([v, scale, shift]) => exactBatchNorm(v, scale, shift, 1e-5, relu),
  };
}

export const batchNormTests: OpTests = {
  natives: {
    wasm: [batchNormKernel, batchNormGradientKernel],
    webgpu: [batchNormKernel, batchNormGradientKernel],
  },
  cases: [
    batchNormCase('three rows', true, [3, 2], false),
    batchNormCase('odd sizes', true, [5, 7], true),
    batchNormCase('more rows than lanes', true, [37, 9], true),
    batchNormCase('many rows', false, [130, 18], true),
    batchNormCase('a mean far from 0', false, [70, 5], false, 30),
  ],
  tests({ forwardTolerance }) {
    it('moves the running statistics', async () => {
      const x = toTensor(normal([5, 3], 63)) as tf.Tensor2D;
      const [scale, offset] = [tf.ones([3]), tf.zeros([3])] as [tf.Tensor1D, tf.Tensor1D];
      const [mean, variance, batches] = [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8],
      ].map((values) => tf.tidy(() => tf.variable(tf.tensor1d(values), false))) as [
        tf.Variable,
        tf.Variable,
        tf.Variable,
      ];
      const statistics = tf.tidy(() => {
        const running = { mean, variance, batches, momentum: 0.1 };
        const results = batchNorm(x, scale, offset, { epsilon: 1e-5, relu: false, running });
        return [results.mean, results.variance];
      });
      const [ofBatch, biased] = await Promise.all(statistics.map((t) => t.data()));
      const expected = (start: number, batch: ArrayLike<number>, weight: number) =>
        Array.from(batch, (v, i) => 0.9 * (start + i) + weight * v);
      expect(relativeError(await mean.data(), expected(1, ofBatch, 0.1))).toBeLessThan(forwardTolerance);
      expect(relativeError(await variance.data(), expected(4, biased, 0.1 * (5 / 4)))).toBeLessThan(
        forwardTolerance,
      );
      expect(Array.from(await batches.data())).toEqual([8, 9]);
      tf.dispose([x, scale, offset, mean, variance, batches, ...statistics]);
    });

    it('refuses a batch of one row', () => {
      const single = tf.zeros([1, 4]) as tf.Tensor2D;
      const bias = tf.zeros([4]) as tf.Tensor1D;
      expect(() => batchNorm(single, bias, bias, { epsilon: 0, relu: true })).toThrow(/rows/);
      tf.dispose([single, bias]);
    });
  },
};
