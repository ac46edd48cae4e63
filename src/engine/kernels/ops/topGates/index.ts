// Sparse gating (Shazeer et al. 2017, Eq. 3 to 5, without its noise): each gate keeps only its k largest logits, and rows go
// only to experts that some gate chose. Ties go to the first expert.
// Shapes: N rows, E experts.
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel } from '../../runtime/defineKernel.ts';
import type { Gate } from '../mixExperts/index.ts';

export interface TopAttributes {
  /** In the order of their logits, with their lists of experts. */
  gates: readonly Pick<Gate, 'experts'>[];
  numExperts: number;
  /** Number of experts that a gate keeps; a gate with fewer keeps all. */
  top: number;
}

/** Replaces a logit that is not kept: a finite float32, whose exponential beside any other is exactly 0. */
export const CLOSED_LOGIT = Math.fround(-1e30);
/** Logits not above this are closed. */
export const OPEN_FROM = -1e29;

/** Which logits are kept, 1 or 0, [N, total]. */
function chosen(logits: tf.Tensor, { gates, top }: TopAttributes): tf.Tensor {
  const parts = tf.split(
    logits,
    gates.map((g) => g.experts.length),
    1,
  );
  return tf.concat(
    parts.map((own) => {
      const [, count] = own.shape as [number, number];
      const [self, other] = [tf.expandDims(own, 2), tf.expandDims(own, 1)];
      const before = tf.tensor3d(
        Float32Array.from({ length: count * count }, (_, i) => Number(i % count < Math.floor(i / count))),
        [1, count, count],
      );
      const ahead = tf.add(
        tf.cast(tf.greater(other, self), 'float32'),
        tf.mul(tf.cast(tf.equal(other, self), 'float32'), before),
      );
      return tf.cast(tf.less(tf.sum(ahead, 2), top), 'float32');
    }),
    1,
  );
}

/** Inputs: logits [N, total]. Outputs: the same with `CLOSED_LOGIT` where a logit is not kept. */
export const topGatesKernel = defineKernel<TopAttributes>({
  name: 'TopGates',
  savedOutputs: [true],
  reference([logits], attributes) {
    const open = tf.cast(chosen(logits as tf.Tensor, attributes), 'bool');
    return [tf.where(open, logits as tf.Tensor, CLOSED_LOGIT)];
  },
  gradient: ([dy], _inputs, [kept]) => [
    tf.mul(dy as tf.Tensor, tf.cast(tf.greater(kept as tf.Tensor, OPEN_FROM), 'float32')),
  ],
});

/**
 * Inputs: kept logits [N, total]. Outputs: routes [E, 1 + 2N]: for each expert the number of its rows, their indices in order
 * followed by the other rows, and the position of each row among its own, -1 for a row that it does not get.
 */
export const routesKernel = defineKernel<TopAttributes>({
  name: 'Routes',
  reference([kept], { gates, numExperts }) {
    const [rows, total] = (kept as tf.Tensor).shape as [number, number];
    const toExpert = new Float32Array(total * numExperts);
    let logit = 0;
    for (const { experts } of gates) for (const e of experts) toExpert[logit++ * numExperts + e] = 1;
    // NaN is kept, so that it shows in the loss.
    const open = tf.sub(1, tf.cast(tf.lessEqual(kept as tf.Tensor2D, OPEN_FROM), 'float32')) as tf.Tensor2D;
    const readers = tf.matMul(open, tf.tensor2d(toExpert, [total, numExperts])); // [N, E]
    const gets = tf.transpose(tf.cast(tf.greater(readers, 0), 'float32')); // [E, N]
    const counts = tf.sum(gets, 1, true);
    const behind = tf.mul(tf.sub(1, gets), rows);
    const { indices } = tf.topk(tf.neg(tf.add(behind, tf.range(0, rows))), rows);
    const places = tf.sub(tf.mul(tf.cumsum(gets, 1), gets), 1);
    return [tf.concat([counts, tf.cast(indices, 'float32'), places], 1)];
  },
});

/**
 * @param logits - [N, sum of the gates' experts], gate after gate
 * @returns the logits, with those that are not kept closed (weight exactly 0), and the routes, through which no gradient flows
 */
export function topGates(
  logits: tf.Tensor2D,
  attributes: TopAttributes,
): { kept: tf.Tensor2D; routes: tf.Tensor2D } {
  const [kept] = topGatesKernel.run([logits], attributes) as [tf.Tensor2D];
  // Without inputs on the tape: routes are piecewise constant in the logits.
  const detached = tf.customGrad(() => ({
    value: routesKernel.run([kept], attributes)[0] as tf.Tensor2D,
    gradFunc: () => [],
  }));
  return { kept, routes: detached() as tf.Tensor2D };
}
