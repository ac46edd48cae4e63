// ExcessMTL: weights by how far each task still is from its best loss.
import * as tf from '@tensorflow/tfjs-core';
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import type { GradientsMethod } from '../method.ts';
import { addRows, keptTensors } from '../tensors.ts';

const params = defineParams([
  {
    kind: 'number',
    key: 'excessRate',
    label: 'Rate of the weights',
    help: 'How fast weights follow the excess risks.',
    source: 'Public code: 0.01',
    integer: false,
    min: 1e-5,
    max: 10,
    step: 0.01,
    default: 0.01,
    scale: 'log',
  },
]);

/**
 * Excess risk of task i, to second order with the root of summed squared gradients as curvature (as in AdaGrad): e_i = sum of
 * g_i^2 / sqrt(sum over steps of g_i^2 + 1e-7). Weights: w_i exp(rate e_i / e_i of the first step in which it is not 0), scaled to a
 * sum of T; d = sum of w_i g_i, also in what belongs to a task alone. A task without a labelled row in a batch has the excess 0 there.
 */
export const excessMtl: GradientsMethod = {
  id: 'excess-mtl',
  label: 'ExcessMTL',
  summary:
    'Weights grow for tasks that are far from their best, estimated from their gradients, so that noisy labels do not attract weight. Weights sum to the number of tasks.',
  citation: 'He et al. 2024, "Robust Multi-Task Learning with Excess Risks", Algorithm 1, arXiv 2402.02009',
  deviations: [
    'Excess risks are measured against the first step, as in the public code, where the paper has the first epoch.',
  ],
  params,
  needs: 'gradients',
  start({ numTasks: n, sharedSize, settings }) {
    const { excessRate } = settingsOf(params, settings);
    const { squares, weights, first, ...state } = keptTensors('excess-mtl', {
      squares: { shape: [n, sharedSize], value: 0 },
      weights: { shape: [n], value: 1 },
      first: { shape: [n], value: 0 },
    });
    return {
      combine(gradients) {
        squares.assign(tf.add(squares, tf.square(gradients)));
        const excess = tf.sum(tf.div(tf.square(gradients), tf.sqrt(tf.add(squares, 1e-7))), 1); // [T]
        const isFirst = tf.equal(first, 0);
        first.assign(tf.where(isFirst, excess, first));
        const measure = tf.where(tf.equal(first, 0), tf.onesLike(first), first);
        // The first step only measures.
        const growth = tf.where(isFirst, tf.zerosLike(excess), tf.mul(tf.div(excess, measure), excessRate));
        const grown = tf.mul(weights, tf.exp(growth));
        weights.assign(tf.mul(tf.div(grown, tf.sum(grown)), n));
        return addRows(tf.mul(gradients, tf.reshape(weights, [n, 1])));
      },
      own: () => tf.clone(weights) as tf.Tensor1D,
      ...state,
    };
  },
};
