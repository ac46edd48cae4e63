// Matrices in float64, tensors made from them, and how far results are from the expected values.
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { rng } from '../../core/rng.ts';

export interface Matrix {
  shape: readonly number[];
  /** In row-major order. */
  data: Float64Array;
}

/** Normally distributed values, rounded so that float32 holds them exactly. */
export function normal(shape: readonly number[], seed: number, scale = 1): Matrix {
  const random = rng(seed, `kernel-case/${shape.join('x')}`);
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float64Array.from({ length: size }, () => Math.fround(scale * random.normal())) };
}

export const toTensor = ({ shape, data }: Matrix) => tf.tensor(Float32Array.from(data), [...shape]);
export const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/** The largest difference, relative to the largest expected value. NaN in a result gives NaN. */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(got.length).toBe(expected.length);
  const differences = Array.from(got, (value, i) => value - (expected[i] as number));
  if (differences.some(Number.isNaN)) return Number.NaN;
  return largest(differences) / Math.max(largest(expected), 1e-30);
}

/** Weights, none of them 0, that turn the output into a single number. */
export const probe = (size: number) =>
  Float64Array.from({ length: size }, (_, i) => Math.fround(Math.cos(1.7 * i) + 0.1));

export async function valuesOf(run: () => tf.Tensor): Promise<Float32Array> {
  const out = tf.tidy(run);
  const values = await out.data<'float32'>();
  out.dispose();
  return values;
}
