// GLS: the geometric mean of the losses.
import * as tf from '@tensorflow/tfjs-core';
import type { LossMethod } from '../method.ts';
import { presentLosses } from '../tensors.ts';

/**
 * Objective (product of L)^(1/T), weights objective / (T L_i), computed by logarithms. Losses must be positive. Those that are
 * exactly 0 (no row labelled) are left out and do not count in T. A negative loss makes the weights NaN, which stops the run and
 * names the step and the task.
 */
export const gls: LossMethod = {
  id: 'gls',
  label: 'GLS',
  summary:
    'The geometric mean of the losses instead of their sum: relative falls count alike. The weights are its derivative.',
  citation: 'Chennupati et al. 2019, "MultiNet++", Eq. 3, arXiv 1904.08492',
  deviations: [],
  params: [],
  needs: 'losses',
  replayable: true,
  start: () => ({
    weights(losses) {
      const { present, safe } = presentLosses(losses);
      const count = tf.maximum(tf.sum(present), 1);
      const mean = tf.exp(tf.div(tf.sum(tf.log(safe)), count));
      return tf.mul(present, tf.div(tf.div(mean, count), safe)) as tf.Tensor1D;
    },
  }),
};
