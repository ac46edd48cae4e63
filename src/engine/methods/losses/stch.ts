// STCH: a smooth form of the largest loss.
import * as tf from '@tensorflow/tfjs-core';
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import { cycled } from '../../config/params.ts';
import type { LossMethod, LossWeights } from '../method.ts';
import { keptTensors, presentLosses, presentSoftmax } from '../tensors.ts';

const params = defineParams([
  {
    kind: 'choice',
    key: 'stchForm',
    label: 'Form',
    help: 'Relative: of the logarithm of each loss over what it was after the warm-up, as the multitask code does. Absolute: of each loss less its ideal value, as the paper defines it.',
    control: 'segmented',
    options: [
      { value: 'log', label: 'Relative' },
      { value: 'plain', label: 'Absolute' },
    ],
    default: 'log',
  },
  {
    kind: 'number',
    key: 'stchMu',
    label: 'Smoothing',
    help: 'Towards 0 only the largest loss counts; the larger, the more alike the weights.',
    source: 'Lin et al. 2024, Eq. 9',
    integer: false,
    min: 0.001,
    max: 100,
    step: 0.1,
    default: 1,
    scale: 'log',
  },
  {
    kind: 'number',
    key: 'stchWarmup',
    label: 'Warm-up',
    help: 'Relative form: steps that train the sum of the logarithms; each loss is then measured by its mean over them.',
    integer: true,
    min: 1,
    max: 100000,
    step: 1,
    default: 20,
    control: 'box',
    unit: 'steps',
  },
  {
    kind: 'numbers',
    key: 'stchIdeal',
    label: 'Ideal losses',
    help: 'Absolute form: the lowest value that each loss could have, one per task, repeated when there are fewer.',
    integer: false,
    min: -1000,
    max: 1000,
    minLength: 1,
    maxLength: 100,
    default: [0],
    cycle: true,
  },
]);

/**
 * Absolute: mu log sum exp(lambda (L - z) / mu), lambda = 1/T, z the ideal losses: weights lambda softmax(...).
 * Relative: first the sum of log L (weights 1 / L); then T mu log sum exp(log(L / z) / mu), z the mean losses of the warm-up:
 * weights T softmax(...) / L. There losses must be positive. Those that are exactly 0 (no row labelled) are left out; a negative
 * one makes the weights NaN, which stops the run and names the step and the task.
 */
export const stch: LossMethod = {
  id: 'stch',
  label: 'STCH',
  summary: 'Smooth Tchebycheff: the largest loss counts most, smoothly. Not rescaled.',
  citation: 'Lin et al. 2024, Eq. 9, arXiv 2402.19078',
  deviations: [
    'The warm-up counts steps and measures the training losses in them; the public code counts epochs.',
  ],
  params,
  needs: 'losses',
  start({ numTasks: n, settings }) {
    const { stchForm, stchMu, stchWarmup, stchIdeal } = settingsOf(params, settings);
    return stchForm === 'plain'
      ? absolute(
          Array.from({ length: n }, (_, t) => cycled(stchIdeal, t)),
          stchMu,
        )
      : relative(n, stchMu, stchWarmup);
  },
};

const absolute = (ideal: readonly number[], mu: number): LossWeights => ({
  weights(losses) {
    const share = 1 / ideal.length;
    const above = tf.sub(losses, tf.tensor1d([...ideal]));
    return tf.mul(tf.softmax(tf.mul(above, share / mu)), share) as tf.Tensor1D;
  },
});

function relative(n: number, mu: number, warmup: number): LossWeights {
  const zero = { shape: [n], value: 0 };
  const { nadir, count, ...state } = keptTensors('stch', { nadir: zero, count: zero });
  return {
    weights(losses, step) {
      const { present, safe } = presentLosses(losses);
      const byLoss = tf.div(present, safe);
      if (step <= warmup) {
        // The mean over those steps in which the task has a loss.
        const counted = tf.add(count, present);
        const share = tf.div(present, tf.maximum(counted, 1));
        nadir.assign(tf.add(nadir, tf.mul(share, tf.sub(losses, nadir))));
        count.assign(counted);
        return byLoss as tf.Tensor1D;
      }
      const measure = tf.where(tf.notEqual(nadir, 0), nadir, tf.onesLike(nadir));
      const logits = tf.div(tf.log(tf.div(safe, measure)), mu) as tf.Tensor1D;
      return tf.mul(tf.mul(presentSoftmax(logits, present), n), byLoss) as tf.Tensor1D;
    },
    ...state,
  };
}
