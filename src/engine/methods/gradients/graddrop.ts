// GradDrop: for every value, only gradients of one sign are used.
import * as tf from '@tensorflow/tfjs-core';
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import { cycled } from '../../config/params.ts';
import { rng } from '../../core/rng.ts';
import type { GradientsMethod } from '../method.ts';

const params = defineParams([
  {
    kind: 'numbers',
    key: 'graddropLeak',
    label: 'Leak',
    help: 'The share of a gradient that passes whatever its sign, one per task, repeated when there are fewer. 1 is the plain sum.',
    source: 'Chen et al. 2020, Algorithm 1: 0',
    integer: false,
    min: 0,
    max: 1,
    minLength: 1,
    maxLength: 100,
    default: [0],
    cycle: true,
  },
]);

/**
 * Per value P = (1 + sum g / sum |g|) / 2, 1/2 where all are 0; positive gradients pass where P > U, negative ones where P < U.
 * @param gradients - [T, S]
 * @param uniforms - U, [S]
 * @param leak - one per task
 * @returns [S]
 */
export function dropSigns(
  gradients: tf.Tensor2D,
  uniforms: tf.Tensor1D,
  leak: readonly number[],
): tf.Tensor1D {
  const sizes = tf.sum(tf.abs(gradients), 0);
  const isZero = tf.cast(tf.equal(sizes, 0), 'float32');
  const purity = tf.mul(tf.add(1, tf.div(tf.sum(gradients, 0), tf.add(sizes, isZero))), 0.5); // [S]
  const passUp = tf.cast(tf.greater(purity, uniforms), 'float32');
  const passDown = tf.cast(tf.less(purity, uniforms), 'float32');
  const passing = tf.add(tf.mul(tf.relu(gradients), passUp), tf.mul(tf.minimum(gradients, 0), passDown));
  const leaks = tf.tensor2d([...leak], [leak.length, 1]);
  return tf.sum(tf.add(tf.mul(gradients, leaks), tf.mul(passing, tf.sub(1, leaks))), 0) as tf.Tensor1D;
}

export const graddrop: GradientsMethod = {
  id: 'graddrop',
  label: 'GradDrop',
  summary:
    'For every value of the shared parameters, gradients of one sign pass, drawn by how much of the gradient has it.',
  citation: 'Chen et al. 2020, Algorithm 1, arXiv 2010.06808',
  deviations: ['On the gradients of parameters, as in TorchJD; the paper has it on those of activations.'],
  params,
  needs: 'gradients',
  start({ numTasks, seed, settings }) {
    const { graddropLeak } = settingsOf(params, settings);
    const leak = Array.from({ length: numTasks }, (_, t) => cycled(graddropLeak, t));
    return {
      combine(gradients, _losses, step) {
        const random = rng(seed, 'methods/graddrop', step);
        const uniforms = Float32Array.from({ length: gradients.shape[1] }, () => random.uniform());
        return dropSigns(gradients, tf.tensor1d(uniforms), leak);
      },
    };
  },
};
