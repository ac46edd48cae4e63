// For every value, the gradients of one sign, summed over the tasks (GradDrop).
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';

export interface SignDropAttributes {
  /** The share of a task's gradient that passes whatever its sign, one per task. */
  leak: readonly number[];
}

export const signDropKernel = defineKernel<SignDropAttributes>({
  name: 'SignDrop',
  reference: ([gradients, uniforms], { leak }) => {
    const g = gradients as tf.Tensor2D;
    const sizes = tf.sum(tf.abs(g), 0);
    const isZero = tf.cast(tf.equal(sizes, 0), 'float32');
    const purity = tf.mul(tf.add(1, tf.div(tf.sum(g, 0), tf.add(sizes, isZero))), 0.5); // [S]
    const passUp = tf.cast(tf.greater(purity, uniforms as tf.Tensor), 'float32');
    const passDown = tf.cast(tf.less(purity, uniforms as tf.Tensor), 'float32');
    const passing = tf.add(tf.mul(tf.relu(g), passUp), tf.mul(tf.minimum(g, 0), passDown));
    const leaks = tf.tensor2d([...leak], [leak.length, 1]);
    return [tf.sum(tf.add(tf.mul(g, leaks), tf.mul(passing, tf.sub(1, leaks))), 0)];
  },
});

/**
 * Chen et al. 2020, Algorithm 1. Per value P = (1 + sum g / sum |g|) / 2, 1/2 where all are 0; positive gradients pass where P > U,
 * negative ones where P < U.
 * @param gradients - [T, S]
 * @param uniforms - U, [S]
 * @param leak - one per task
 * @returns [S]
 * @throws WorkbenchError (shape)
 */
export function signDrop(
  gradients: tf.Tensor2D,
  uniforms: tf.Tensor1D,
  leak: readonly number[],
): tf.Tensor1D {
  const [tasks, size] = gradients.shape;
  requireShape('signDrop: uniforms', uniforms.shape, [size], 'Give one number per value.');
  requireShape('signDrop: leak', [leak.length], [tasks], 'Give one share per task.');
  return signDropKernel.run([gradients, uniforms], { leak })[0] as tf.Tensor1D;
}
