// Sum over all axes but the last: the gradient of every bias.
import * as tf from '@tensorflow/tfjs-core';

/** @param x - [..., n]; @returns [n] */
export function columnSum(x: tf.Tensor): tf.Tensor1D {
  return tf.sum(tf.reshape(x, [-1, x.shape.at(-1) as number]), 0);
}
