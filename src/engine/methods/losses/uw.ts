// UW: weights by the uncertainty of each task; the uncertainty is learned.
import * as tf from '@tensorflow/tfjs-core';
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import type { LossMethod } from '../method.ts';
import { keptTensors } from '../tensors.ts';

const params = defineParams([
  {
    kind: 'number',
    key: 'uwInitial',
    label: 'First log variance',
    help: 'What the logarithm of the variance of every task starts at. 0 starts with weights of 1/2.',
    source: 'LibMTL: -0.5',
    integer: false,
    min: -5,
    max: 5,
    step: 0.1,
    default: 0,
  },
  {
    kind: 'number',
    key: 'uwRate',
    label: 'Rate of the variances',
    help: 'Size of a gradient step on the log variances.',
    integer: false,
    min: 1e-5,
    max: 1,
    step: 0.001,
    default: 0.01,
    scale: 'log',
  },
  {
    kind: 'switch',
    key: 'uwByType',
    label: 'By task type',
    help: 'Regression weighs by e^-s / 2, classification by e^-s, as the likelihoods of the paper say. Otherwise all weigh by e^-s / 2, as most code does.',
    source: 'Kendall et al. 2018, Eq. 5 and 10',
    default: false,
    caption: 'by likelihood',
  },
]);

/**
 * Objective: sum over tasks of L e^-s / 2 + s / 2 (L e^-s + s / 2 for classification by type); s takes gradient steps on it. A
 * step uses the weights from before its update of s. When a task has no labelled row in a batch, its s stays the same.
 */
export const uw: LossMethod = {
  id: 'uw',
  label: 'UW',
  summary:
    'Uncertainty weighting: a loss is divided by a variance per task that is learned with it. Not rescaled.',
  citation: 'Kendall et al. 2018, Eq. 7 and 10, arXiv 1705.07115',
  deviations: ['The log variances take plain gradient steps of their own rate, not those of the optimizer.'],
  params,
  needs: 'losses',
  start({ numTasks: n, kinds, settings }) {
    const { uwInitial, uwRate, uwByType } = settingsOf(params, settings);
    const { logVariance, ...state } = keptTensors('uw', { logVariance: { shape: [n], value: uwInitial } });
    const factors = kinds.map((kind) => (uwByType && kind !== 'squared-error' ? 1 : 0.5));
    return {
      weights(losses) {
        const weights = tf.mul(tf.exp(tf.neg(logVariance)), tf.tensor1d(factors)) as tf.Tensor1D;
        const present = tf.cast(tf.notEqual(losses, 0), 'float32');
        const slope = tf.mul(present, tf.sub(0.5, tf.mul(losses, weights)));
        logVariance.assign(tf.sub(logVariance, tf.mul(slope, uwRate)));
        return weights;
      },
      ...state,
    };
  },
};
