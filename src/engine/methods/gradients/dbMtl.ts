// DB-MTL: gradients of the logarithms of the losses, smoothed over steps and all scaled to the length of the longest.
import * as tf from '@tensorflow/tfjs-core';
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import type { GradientsMethod } from '../method.ts';
import { addRows, keptTensors, presentLosses } from '../tensors.ts';

const params = defineParams([
  {
    kind: 'number',
    key: 'dbMomentum',
    label: 'Momentum',
    help: 'How much of the running mean of each gradient stays in a step. An optimizer with a running mean of its own follows with further delay: 0.9 lost clearly on a small table where 0 and 0.5 did not.',
    source: 'Lin et al. 2023 (version 3), Eq. 1; tried there: 0.1, 0.5, 0.9',
    integer: false,
    min: 0,
    max: 0.999,
    step: 0.1,
    default: 0.9,
  },
  {
    kind: 'number',
    key: 'dbSigma',
    label: 'Fall of the momentum',
    help: 'The momentum is divided by the step number to this power. 0 keeps it.',
    source: 'Lin et al. 2023 (version 3), section 4.1: 0 and 0.5',
    integer: false,
    min: 0,
    max: 2,
    step: 0.1,
    default: 0,
  },
]);

/**
 * m_i = (1 - b) g_i / L_i + b m_i with b = momentum / step^sigma; d = longest |m| times sum of m_i / |m_i|. What belongs to a task
 * alone follows the logarithm of its loss, too. A task without a labelled row in a batch enters with the gradient 0; while its mean is
 * 0, it adds nothing.
 */
export const dbMtl: GradientsMethod = {
  id: 'db-mtl',
  label: 'DB-MTL',
  summary:
    'Dual balancing: gradients of the logarithms of the losses, smoothed over steps, all made as long as the longest, and added.',
  citation: 'Lin et al. 2023 (version 3), Eq. 1 and 2 and Algorithm 1, arXiv 2308.12029',
  deviations: [],
  params,
  needs: 'gradients',
  start({ numTasks: n, sharedSize, settings }) {
    const { dbMomentum, dbSigma } = settingsOf(params, settings);
    const { mean, ...state } = keptTensors('db-mtl', { mean: { shape: [n, sharedSize], value: 0 } });
    return {
      combine(gradients, losses, step) {
        const { present, safe } = presentLosses(losses);
        const now = tf.mul(gradients, tf.reshape(tf.div(present, safe), [n, 1]));
        const momentum = dbMomentum / step ** dbSigma;
        mean.assign(tf.add(tf.mul(now, 1 - momentum), tf.mul(mean, momentum)));
        const lengths = tf.sqrt(tf.sum(tf.square(mean), 1, true)); // [T, 1]
        const unit = tf.div(mean, tf.maximum(lengths, 1e-30));
        return tf.mul(addRows(unit as tf.Tensor2D), tf.max(lengths));
      },
      own(losses) {
        const { present, safe } = presentLosses(losses);
        return tf.div(present, safe);
      },
      ...state,
    };
  },
};
