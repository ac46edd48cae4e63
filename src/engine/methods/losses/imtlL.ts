// IMTL-L: learns scales of the losses that bring all scaled losses to 1.
import * as tf from '@tensorflow/tfjs-core';
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import type { LossMethod } from '../method.ts';
import { keptTensors } from '../tensors.ts';

const params = defineParams([
  {
    kind: 'number',
    key: 'imtlRate',
    label: 'Rate of the scales',
    help: 'Size of a gradient step on the logarithms of the scales.',
    integer: false,
    min: 1e-5,
    max: 1,
    step: 0.001,
    default: 0.01,
    scale: 'log',
  },
]);

/** Objective: sum of e^s L - s; s -= rate (e^s L - 1). A task without a labelled row in a batch keeps its s. */
export const imtlL: LossMethod = {
  id: 'imtl-l',
  label: 'IMTL-L',
  summary: 'Learned scales that bring every loss to about 1. Not rescaled.',
  citation: 'Liu et al. 2021, "Towards Impartial Multi-task Learning", Eq. 8',
  deviations: ['The scales take plain gradient steps of their own rate, not those of the optimizer.'],
  params,
  needs: 'losses',
  start({ numTasks: n, settings }) {
    const { imtlRate } = settingsOf(params, settings);
    const { scale, ...state } = keptTensors('imtl-l', { scale: { shape: [n], value: 0 } });
    return {
      weights(losses) {
        const weights = tf.exp(scale) as tf.Tensor1D;
        const present = tf.cast(tf.notEqual(losses, 0), 'float32');
        const slope = tf.mul(present, tf.sub(tf.mul(weights, losses), 1));
        scale.assign(tf.sub(scale, tf.mul(slope, imtlRate)));
        return weights;
      },
      ...state,
    };
  },
};
