// A kind of attention as a third party would add it: keys are weighted by the sigmoid of their scores, scaled to a sum of 1,
// and every head learns the steepness. Without rotary positions.
import * as tf from '@tensorflow/tfjs-core';
import { dropout } from '../../../kernels/ops/dropout/index.ts';
import { ones, type ParameterSet } from '../../parameterSet.ts';
import type { Attention, AttentionDef, AttentionOptions } from '../attention.ts';
import { createPackedProjections, projectIn, projectionFlops, projectOut, recordPacked } from '../packed.ts';

export const toyAttention: AttentionDef = {
  id: 'toy',
  label: 'Sigmoid',
  summary: 'Weights are the sigmoid of the scores, scaled to a sum of 1.',
  build,
};

function build(set: ParameterSet, o: AttentionOptions): Attention {
  const layer = createPackedProjections(set, o);
  const { networks, width, heads, dropoutRate, seed, site } = o;
  const steepness = networks.map(({ name, task }) => set.add(`${name}.steepness`, [heads], ones, task));
  return {
    apply(x, blocked, options, residual) {
      const qkv = projectIn(layer, x);
      const own = networks.length === 1 ? [qkv] : tf.split<tf.Tensor3D>(qkv, networks.length);
      const weighed = own.map((part, i) => weigh(part, heads, blocked, steepness[i] as tf.Tensor));
      const [scores, weights, values] = (['scores', 'weights', 'values'] as const).map(
        (name) => tf.concat(weighed.map((w) => w[name])) as tf.Tensor4D,
      ) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
      if (options.capture?.attention) {
        recordPacked(layer, options.capture, {
          scores,
          weights,
          blocked,
          qkv,
          mix: (part, network) => read(weigh(part, heads, blocked, steepness[network] as tf.Tensor)),
        });
      }
      const rate = options.training ? dropoutRate : 0;
      const kept = dropout(weights, rate, [seed, options.step, site]) as tf.Tensor4D;
      return projectOut(layer, read({ weights: kept, values }), residual);
    },
    flops: (length) => projectionFlops(width, length) + 4 * length * length * width,
  };
}

interface Weighed {
  /** [G, H, L, L] */
  weights: tf.Tensor4D;
  /** [G, H, L, hd] */
  values: tf.Tensor4D;
}

/**
 * Weights and values of one network.
 * @param qkv - [G, L, 3D]
 * @param steepness - [H]
 */
function weigh(
  qkv: tf.Tensor3D,
  heads: number,
  blocked: Uint8Array | null,
  steepness: tf.Tensor,
): Weighed & { scores: tf.Tensor4D } {
  const [groups, length, packed] = qkv.shape;
  const headSize = packed / 3 / heads;
  const [q, k, values] = tf
    .split(qkv, 3, 2)
    .map((part) => tf.transpose(tf.reshape(part, [groups, length, heads, headSize]), [0, 2, 1, 3])) as [
    tf.Tensor4D,
    tf.Tensor4D,
    tf.Tensor4D,
  ];
  const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(headSize)) as tf.Tensor4D;
  const gates = tf.sigmoid(tf.mul(scores, tf.reshape(steepness, [1, heads, 1, 1])));
  const cells = Float32Array.from(blocked ?? new Uint8Array(length * length), (b) => 1 - b);
  const open = tf.mul(gates, tf.tensor(cells, [1, cells.length / length ** 2, length, length]));
  return { scores, weights: tf.div(open, tf.sum(open, -1, true)) as tf.Tensor4D, values };
}

/** @returns [G, L, D] */
function read({ weights, values }: Weighed): tf.Tensor3D {
  const [groups, heads, length, headSize] = values.shape;
  const mixed = tf.matMul(weights, values); // [G, H, L, hd]
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [groups, length, heads * headSize]);
}
