// A toy method that learns from the effect of its step: a task whose loss fell less than that of the others gets a larger
// weight from then on (in the manner of Liu et al. 2023, "FAMO").
import * as tf from '@tensorflow/tfjs-core';
import type { LossMethod } from '../method.ts';

export const observing: LossMethod = {
  id: 'observing',
  label: 'Observing',
  summary: 'Weights by how far the last steps lowered each loss.',
  citation: '',
  deviations: [],
  params: [],
  needs: 'losses',
  start({ numTasks }) {
    const logits = tf.tidy(() => tf.variable(tf.zeros([numTasks]), false));
    return {
      weights: () => tf.mul(tf.softmax(logits), numTasks),
      afterUpdate(before, after) {
        const fall = tf.log(tf.div(before, after));
        logits.assign(tf.sub(logits, tf.sub(fall, tf.mean(fall))));
      },
      kept: () => [logits],
      save: async () => ({ logits: (await logits.data<'float32'>()).slice() }),
      restore: (state) => tf.tidy(() => logits.assign(tf.tensor1d(state.logits as Float32Array))),
      dispose: () => logits.dispose(),
    };
  },
};
