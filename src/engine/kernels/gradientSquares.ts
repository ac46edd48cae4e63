// The sum of squares of every gradient in one small tensor, so that norms and non-finite values cost one readback.
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel } from './defineKernel.ts';

const run = defineKernel<Record<string, never>>({
  name: 'GradientSquares',
  reference: (gradients) => [tf.stack(gradients.map((g) => tf.sum(tf.square(g))))],
});

/** @returns [number of gradients] */
export function gradientSquares(gradients: readonly tf.Tensor[]): tf.Tensor1D {
  return run(gradients, {})[0] as tf.Tensor1D;
}
