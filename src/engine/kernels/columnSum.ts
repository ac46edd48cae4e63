// Sum over all axes but the last: the gradient of every bias. A kernel of its own because stock tfjs on wasm is slow
// at sums over the first axis.
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel } from './defineKernel.ts';

const run = defineKernel<Record<string, never>>({
  name: 'ColumnSum',
  reference: ([x]) => [tf.sum(tf.reshape(x as tf.Tensor, [-1, (x as tf.Tensor).shape.at(-1) as number]), 0)],
});

/** @param x - [..., n]; @returns [n] */
export function columnSum(x: tf.Tensor): tf.Tensor1D {
  return run([x], {})[0] as tf.Tensor1D;
}
