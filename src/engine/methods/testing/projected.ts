// A toy method: where the gradients of two tasks point against each other, the part of each that points against the other is
// removed (as in Yu et al. 2020, but always in the order of the tasks).
import * as tf from '@tensorflow/tfjs-core';
import type { GradientsMethod } from '../method.ts';

export const projected: GradientsMethod = {
  id: 'projected',
  label: 'Projected',
  summary: 'Conflicting gradients are projected onto each other.',
  citation: '',
  deviations: [],
  params: [],
  needs: 'gradients',
  start: ({ numTasks }) => ({
    combine(gradients) {
      const rows = tf.unstack(gradients) as tf.Tensor1D[]; // T of [S]
      const tasks = Array.from({ length: numTasks }, (_, t) => t);
      const own = tasks.map((t) =>
        tasks
          .filter((other) => other !== t)
          .reduce((g, other) => {
            const against = rows[other] as tf.Tensor1D;
            const conflict = tf.minimum(tf.sum(tf.mul(g, against)), 0);
            const square = tf.maximum(tf.sum(tf.square(against)), 1e-12);
            return tf.sub(g, tf.mul(against, tf.div(conflict, square)));
          }, rows[t] as tf.Tensor1D),
      );
      return tf.addN(own);
    },
  }),
};
