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
  // Task by task: a sum over the rows of [T, S] transposes them, which WebGPU refuses from about a million values on.
  reference: ([gradients, uniforms], { leak }) => {
    const rows = tf.unstack(gradients as tf.Tensor2D) as tf.Tensor1D[];
    const sum = (of: (row: tf.Tensor1D, task: number) => tf.Tensor) =>
      rows.map(of).reduce((a, b) => tf.add(a, b));
    const up = sum((row) => tf.relu(row));
    const down = sum((row) => tf.minimum(row, 0));
    const sizes = tf.sub(up, down);
    const isZero = tf.cast(tf.equal(sizes, 0), 'float32');
    const purity = tf.mul(tf.add(1, tf.div(tf.add(up, down), tf.add(sizes, isZero))), 0.5); // [S]
    const passUp = tf.cast(tf.greater(purity, uniforms as tf.Tensor), 'float32');
    const passDown = tf.cast(tf.less(purity, uniforms as tf.Tensor), 'float32');
    const passing = (above: tf.Tensor, below: tf.Tensor) =>
      tf.add(tf.mul(above, passUp), tf.mul(below, passDown));
    if (leak.every((share) => share === 0)) return [passing(up, down)];
    const shareOf = (task: number) => leak[task] as number;
    const kept = passing(
      sum((row, task) => tf.mul(tf.relu(row), 1 - shareOf(task))),
      sum((row, task) => tf.mul(tf.minimum(row, 0), 1 - shareOf(task))),
    );
    return [
      tf.add(
        kept,
        sum((row, task) => tf.mul(row, shareOf(task))),
      ),
    ];
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
