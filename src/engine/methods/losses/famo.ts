// FAMO: weights that make the losses fall equally fast, without computing the gradients of the tasks.
import * as tf from '@tensorflow/tfjs-core';
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import type { LossMethod } from '../method.ts';
import { keptTensors, presentSoftmax } from '../tensors.ts';

const params = defineParams([
  {
    kind: 'number',
    key: 'famoRate',
    label: 'Rate of the weights',
    help: 'Step size of the logits of the weights.',
    source: 'Liu et al. 2023, section 5: 0.025',
    integer: false,
    min: 1e-5,
    max: 10,
    step: 0.005,
    default: 0.025,
    scale: 'log',
  },
  {
    kind: 'number',
    key: 'famoDecay',
    label: 'Decay of the weights',
    help: 'Pulls the logits back to 0, so that no task is left for good.',
    source: 'Liu et al. 2023, Eq. 8: 0.001',
    integer: false,
    min: 0,
    max: 1,
    step: 0.001,
    default: 0.001,
  },
  {
    kind: 'choice',
    key: 'famoOptimizer',
    label: 'Updates of the weights',
    help: 'How the logits take their steps.',
    control: 'segmented',
    options: [
      { value: 'adam', label: 'Adam' },
      { value: 'sgd', label: 'SGD' },
    ],
    default: 'adam',
  },
]);

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

/**
 * z = softmax(xi), D = L + 1e-8 (lowest losses 0), weights (z / D) / c, c = sum z / D. After the step, on the same batch:
 * delta = log D - log D_after, gradient of xi: z (delta - z . delta) + decay xi. Losses must be positive; a task whose loss is exactly
 * 0 (no row labelled) is left out of the step.
 */
export const famo: LossMethod = {
  id: 'famo',
  label: 'FAMO',
  summary:
    'Weights that make all losses fall about equally fast, relative to their size. A second forward pass per step. Weights sum to 1.',
  citation: 'Liu et al. 2023, Algorithm 1, arXiv 2306.03792',
  deviations: [
    'The lowest possible loss is 0 for every task. Batch norm takes its running statistics in the second forward pass once more.',
  ],
  params,
  needs: 'losses',
  start({ numTasks: n, settings }) {
    const { famoRate, famoDecay, famoOptimizer } = settingsOf(params, settings);
    const zero = { shape: [n], value: 0 };
    const { logits, mean, square, ...state } = keptTensors('famo', {
      logits: zero,
      mean: zero,
      square: zero,
    });
    const shareOf = (losses: tf.Tensor1D) => {
      const present = tf.cast(tf.notEqual(losses, 0), 'float32') as tf.Tensor1D;
      return { present, share: presentSoftmax(logits as tf.Tensor as tf.Tensor1D, present) };
    };
    return {
      weights(losses) {
        const { share } = shareOf(losses);
        const byLoss = tf.div(share, tf.add(losses, 1e-8));
        return tf.div(byLoss, tf.maximum(tf.sum(byLoss), 1e-30)) as tf.Tensor1D;
      },
      afterUpdate(before, after, step) {
        const { present, share } = shareOf(before);
        const fell = tf.mul(present, tf.log(tf.div(tf.add(before, 1e-8), tf.add(after, 1e-8))));
        const gradient = tf.add(
          tf.mul(share, tf.sub(fell, tf.sum(tf.mul(share, fell)))),
          tf.mul(logits, famoDecay),
        );
        if (famoOptimizer === 'sgd') {
          logits.assign(tf.sub(logits, tf.mul(gradient, famoRate)));
          return;
        }
        mean.assign(tf.add(tf.mul(mean, BETA1), tf.mul(gradient, 1 - BETA1)));
        square.assign(tf.add(tf.mul(square, BETA2), tf.mul(tf.square(gradient), 1 - BETA2)));
        const direction = tf.div(
          tf.div(mean, 1 - BETA1 ** step),
          tf.add(tf.sqrt(tf.div(square, 1 - BETA2 ** step)), EPSILON),
        );
        logits.assign(tf.sub(logits, tf.mul(direction, famoRate)));
      },
      ...state,
    };
  },
};
