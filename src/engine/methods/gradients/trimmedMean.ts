// Trimmed mean: for every value, the most extreme gradients are left out.
import * as tf from '@tensorflow/tfjs-core';
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import { WorkbenchError } from '../../core/errors.ts';
import type { GradientsMethod } from '../method.ts';
import { addAll } from '../tensors.ts';

const params = defineParams([
  {
    kind: 'number',
    key: 'trimmed',
    label: 'Trimmed',
    help: 'How many of the largest, and of the smallest gradients are left out of the mean, for every value of the shared parameters on its own.',
    source: 'Yin et al. 2018, Definition 2',
    integer: true,
    min: 1,
    max: 49,
    step: 1,
    default: 1,
    control: 'box',
  },
]);

/**
 * For every value: the mean without the `trimmed` lowest and the `trimmed` highest.
 * @param gradients - [T, S]
 */
export function trimmedMeanOf(gradients: tf.Tensor2D, trimmed: number): tf.Tensor1D {
  let rows = tf.unstack(gradients) as tf.Tensor1D[];
  // One round of bubble sort moves the largest value to the end; with the rows reversed and the signs changed, it moves the
  // smallest.
  const withoutLargest = () => {
    for (let i = 0; i + 1 < rows.length; i++) {
      const [a, b] = [rows[i] as tf.Tensor1D, rows[i + 1] as tf.Tensor1D];
      [rows[i], rows[i + 1]] = [tf.minimum(a, b), tf.maximum(a, b)];
    }
    rows.pop();
  };
  for (let k = 0; k < trimmed; k++) withoutLargest();
  rows = rows.map((row) => tf.neg(row));
  for (let k = 0; k < trimmed; k++) withoutLargest();
  return tf.div(addAll(rows), -rows.length);
}

export const trimmedMean: GradientsMethod = {
  id: 'trimmed-mean',
  label: 'Trimmed mean',
  summary:
    'For every value of the shared parameters, the mean of the gradients without the largest and the smallest.',
  citation: 'Yin et al. 2018, arXiv 1803.01498, as in TorchJD',
  deviations: ['Made for workers of one task of which some fail; here the workers are the tasks.'],
  params,
  needs: 'gradients',
  replayable: true,
  start({ numTasks, settings }) {
    const { trimmed } = settingsOf(params, settings);
    if (numTasks <= 2 * trimmed) {
      throw WorkbenchError.of('config', {
        path: 'training.trimmed',
        expected: `fewer than half of ${numTasks} tasks`,
        got: String(trimmed),
        remedy: `Trim at most ${Math.floor((numTasks - 1) / 2)}, or take more tasks.`,
      });
    }
    return { combine: (gradients) => trimmedMeanOf(gradients, trimmed) };
  },
};
