// One task per step: batches that train a single task, drawn so that all tasks get their share of the updates.
import * as tf from '@tensorflow/tfjs-core';
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import { cycled } from '../../config/params.ts';
import { rng } from '../../core/rng.ts';
import type { LossMethod } from '../method.ts';
import { keptTensors, presentLosses } from '../tensors.ts';

const params = defineParams([
  {
    kind: 'numbers',
    key: 'updateShares',
    label: 'Shares of updates',
    help: 'How many of the steps a task gets, relative to the others; one per task, repeated when there are fewer.',
    integer: false,
    min: 0.01,
    max: 1000,
    minLength: 1,
    maxLength: 100,
    default: [1],
    cycle: true,
  },
]);

/** More than any task is due at, and exact in float32 arithmetic with what is. */
const NEVER = 1e30;

/**
 * The weight is 1 for one task and 0 for the others: of the tasks with a labelled row in the batch, the one for which (updates so far
 * + u) / share is smallest, u uniform in [0, 1). With equal shares and all labels that draws every task once in T steps, in random
 * order; a task whose labels are rare catches up where it has some.
 */
export const oneTask: LossMethod = {
  id: 'one-task',
  label: 'One task per step',
  summary:
    'Every batch trains one task, drawn so that all get their share of the updates: no gradients meet in a step. Weight 1 for that task, 0 for the others.',
  citation: 'Zhang et al. 2025, "CoDiEmb", dynamic sampler, arXiv 2508.11442',
  deviations: [
    'Tables have the labels of several tasks in a row, so that a batch is not of rows of one task: the rows stay as they are drawn, and those with a label of the task count.',
    'Weight decay and the momentum of the optimizer move the towers of the other tasks, too.',
  ],
  params,
  needs: 'losses',
  start({ numTasks: n, seed, settings }) {
    const { updateShares } = settingsOf(params, settings);
    const shares = Array.from({ length: n }, (_, t) => cycled(updateShares, t));
    const { updates, ...state } = keptTensors('one-task', { updates: { shape: [n], value: 0 } });
    return {
      weights(losses, step) {
        const random = rng(seed, 'methods/one-task', step);
        const lots = tf.tensor1d(shares.map(() => random.uniform()));
        const { present } = presentLosses(losses);
        const due = tf.div(tf.add(updates, lots), tf.tensor1d(shares));
        const open = tf.add(tf.mul(due, present), tf.mul(tf.sub(1, present), NEVER));
        const weights = tf.mul(tf.oneHot(tf.argMin(open), n), present) as tf.Tensor1D;
        updates.assign(tf.add(updates, weights));
        return weights;
      },
      ...state,
    };
  },
};
