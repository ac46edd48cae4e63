// Test cases of layer norm.
import * as tf from '@tensorflow/tfjs-core';
import { type Matrix, normal } from '../../testing/matrix.ts';
import type { KernelCase, OpTests } from '../../testing/opTests.ts';
import { layerNorm, layerNormGradientKernel, layerNormKernel, layerNormSkip } from './index.ts';

/** Over the last axis, biased variance. */
export function exactLayerNorm(x: Matrix, scale: Matrix, offset: Matrix, epsilon: number): Float64Array {
  const width = scale.data.length;
  const out = new Float64Array(x.data.length);
  for (let start = 0; start < x.data.length; start += width) {
    const row = x.data.subarray(start, start + width);
    const mean = row.reduce((a, b) => a + b, 0) / width;
    const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / width;
    row.forEach((value, i) => {
      const normed = (value - mean) / Math.sqrt(variance + epsilon);
      out[start + i] = normed * (scale.data[i] as number) + (offset.data[i] as number);
    });
  }
  return out;
}

function layerNormCase(name: string, small: boolean, shape: number[], offset = 0): KernelCase {
  const width = shape.at(-1) as number;
  const x = normal(shape, 5);
  return {
    name: `layerNorm: ${name}`,
    small,
    inputs: [
      { shape, data: x.data.map((v) => Math.fround(v + offset)) },
      normal([width], 6),
      normal([width], 7),
    ],
    differentiable: 3,
    run: ([v, scale, shift]) => layerNorm(v, scale as tf.Tensor1D, shift as tf.Tensor1D),
    exact: ([v, scale, shift]) => exactLayerNorm(v, scale, shift, 1e-5),
  };
}

/** The sum of what is normalised and of what skips. */
function layerNormSkipCase(name: string, shape: [number, number]): KernelCase {
  return {
    name: `layerNormSkip: ${name}`,
    small: true,
    inputs: [normal(shape, 5), normal([shape[1]], 6), normal([shape[1]], 7)],
    differentiable: 3,
    run: ([v, scale, shift]) => {
      const { y, skipped } = layerNormSkip(v as tf.Tensor, scale as tf.Tensor1D, shift as tf.Tensor1D);
      return tf.add(y, tf.mul(skipped, 3));
    },
    exact: ([v, scale, shift]) =>
      exactLayerNorm(v, scale, shift, 1e-5).map((y, i) => y + 3 * (v.data[i] as number)),
  };
}

export const layerNormTests: OpTests = {
  natives: {
    wasm: [layerNormKernel, layerNormGradientKernel],
    webgpu: [layerNormKernel, layerNormGradientKernel],
  },
  cases: [
    layerNormCase('one column', true, [3, 1]),
    layerNormCase('odd sizes', true, [3, 5]),
    layerNormCase('one row, three axes', true, [1, 1, 8]),
    layerNormCase('a row per workgroup', true, [3, 517]),
    layerNormCase('several splits', true, [197, 9]),
    layerNormCase('many rows', false, [150, 18]),
    layerNormCase('a mean far from 0', false, [4, 33], 30),
    layerNormSkipCase('odd sizes', [5, 7]),
    layerNormSkipCase('several splits', [197, 9]),
  ],
};
