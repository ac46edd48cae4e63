// DWA: weights by how fast the losses fell.
import * as tf from '@tensorflow/tfjs-core';
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import type { LossMethod } from '../method.ts';
import { keptTensors } from '../tensors.ts';

const params = defineParams([
  {
    kind: 'number',
    key: 'dwaTemperature',
    label: 'Temperature',
    help: 'The higher, the more alike the weights.',
    source: 'Liu et al. 2019: 2',
    integer: false,
    min: 0.1,
    max: 100,
    step: 0.1,
    default: 2,
  },
  {
    kind: 'number',
    key: 'dwaSteps',
    label: 'Window',
    help: 'Steps whose mean loss counts as one. The paper takes an epoch.',
    integer: true,
    min: 1,
    max: 100000,
    step: 1,
    default: 20,
    control: 'box',
    unit: 'steps',
  },
]);

/** w = T softmax(L[k-1] / L[k-2] / temperature) over windows k; 1 in the first two windows. A loss of 0 has the ratio 1. */
export const dwa: LossMethod = {
  id: 'dwa',
  label: 'DWA',
  summary:
    'Dynamic weight average: tasks whose loss falls slowly weigh more. Weights sum to the number of tasks.',
  citation: 'Liu et al. 2019, Eq. 7, arXiv 1803.10704',
  deviations: ['Means over windows of steps of a chosen length instead of epochs.'],
  params,
  needs: 'losses',
  start({ numTasks: n, settings }) {
    const { dwaTemperature, dwaSteps } = settingsOf(params, settings);
    const zero = { shape: [n], value: 0 };
    const { sum, last, before, ...state } = keptTensors('dwa', { sum: zero, last: zero, before: zero });
    return {
      weights(losses, step) {
        const taken = step - 1;
        const windows = Math.floor(taken / dwaSteps);
        if (windows > 0 && taken % dwaSteps === 0) {
          before.assign(tf.add(last, 0));
          last.assign(tf.div(sum, dwaSteps));
          sum.assign(tf.zeros([n]));
        }
        sum.assign(tf.add(sum, losses));
        if (windows < 2) return tf.ones([n]);
        const hasBoth = tf.logicalAnd(tf.notEqual(before, 0), tf.notEqual(last, 0));
        const ones = tf.ones([n]);
        const ratio = tf.where(hasBoth, tf.div(last, tf.where(hasBoth, before, ones)), ones);
        return tf.mul(tf.softmax(tf.div(ratio, dwaTemperature)), n) as tf.Tensor1D;
      },
      ...state,
    };
  },
};
