// Matrices in float64, tensors of them, and how far results are from what is expected.
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { rng } from '../../core/rng.ts';

export interface Matrix {
  shape: readonly number[];
  /** Row-major. */
  data: Float64Array;
}

/** Normal values that float32 holds exactly. */
export function normal(shape: readonly number[], seed: number, scale = 1): Matrix {
  const random = rng(seed, `kernel-case/${shape.join('x')}`);
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float64Array.from({ length: size }, () => Math.fround(scale * random.normal())) };
}

export const toTensor = ({ shape, data }: Matrix) => tf.tensor(Float32Array.from(data), [...shape]);
export const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/** Largest difference relative to the largest expected value; NaN stays NaN. */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(got.length).toBe(expected.length);
  const differences = Array.from(got, (value, i) => value - (expected[i] as number));
  if (differences.some(Number.isNaN)) return Number.NaN;
  return largest(differences) / Math.max(largest(expected), 1e-30);
}

/** Weights that turn the output into one number, none of them 0. */
export const probe = (size: number) =>
  Float64Array.from({ length: size }, (_, i) => Math.fround(Math.cos(1.7 * i) + 0.1));

export async function valuesOf(run: () => tf.Tensor): Promise<Float32Array> {
  const out = tf.tidy(run);
  const values = await out.data<'float32'>();
  out.dispose();
  return values;
}
