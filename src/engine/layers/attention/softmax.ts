// Multi-head softmax attention (Vaswani et al. 2017) as one kernel, with the conventions of golden/README: scores / sqrt(head
// size), mask 1 = blocked, optional rotary positions, dropout of the softmax weights.
import * as tf from '@tensorflow/tfjs-core';
import { attention, attentionParts, attentionWeights } from '../../kernels/ops/attention/index.ts';
import { groupedLinear } from '../../kernels/ops/linear/index.ts';
import type { ForwardOptions } from '../forward.ts';
import { applyGroupedLinear } from '../linear.ts';
import type { ParameterSet } from '../parameterSet.ts';
import type { Attention, AttentionDef, AttentionOptions } from './attention.ts';
import {
  createPackedProjections,
  type PackedProjections,
  projectIn,
  projectionFlops,
  projectOut,
  recordPacked,
} from './packed.ts';

export const softmax: AttentionDef = {
  id: 'softmax',
  label: 'Softmax',
  summary: 'Weights are the softmax of scaled dot products of queries and keys (Vaswani et al. 2017).',
  build,
};

function build(set: ParameterSet, o: AttentionOptions): Attention {
  const layer = createPackedProjections(set, o);
  const { width, heads, rotary, dropoutRate, seed, site } = o;
  return {
    apply(x, blocked, options, residual) {
      const qkv = projectIn(layer, x);
      if (options.capture?.attention) {
        recordPacked(layer, options.capture, {
          ...attentionWeights(qkv, heads, blocked, rotary),
          blocked,
          qkv,
          mix: (own) => attention(own, heads, blocked, { rotary }),
          parts: (own) => attentionParts(own, heads, rotary),
        });
      }
      const rate = options.training ? dropoutRate : 0;
      const dropout = { rate, key: [seed, options.step, site] as const };
      return projectOut(layer, attention(qkv, heads, blocked, { rotary, dropout }), residual);
    },
    flops: (length) => projectionFlops(width, length) + 4 * length * length * width,
    selfOnly: {
      apply: (x, options, residual) => applySelfOnly(layer, x, options, residual),
      // Value and output projections.
      flops: 4 * width * width,
    },
  };
}

/**
 * Attention over sequences of length one: the softmax weight is 1, the rotary position 0, and nothing is mixed. Only the value
 * projection acts; query and key projections get gradient zero, as in the public code with rotary positions.
 * @param x - [G, D]
 * @param residual - added to the result, [G, D]
 */
function applySelfOnly(
  layer: PackedProjections,
  x: tf.Tensor2D,
  options: ForwardOptions,
  residual: tf.Tensor2D,
): tf.Tensor2D {
  const { width, heads, qkv: projections } = layer;
  const networks = projections.widths.length;
  if (options.capture?.attention) {
    const qkv = tf.expandDims(applyGroupedLinear(projections, x), 1) as tf.Tensor3D;
    recordPacked(layer, options.capture, {
      scores: attentionWeights(qkv, heads, null).scores,
      weights: tf.ones([x.shape[0], heads, 1, 1]),
      blocked: null,
      qkv,
      mix: (own) => attention(own, heads, null),
      parts: (own) => attentionParts(own, heads),
    });
  }
  const last = (values: tf.Tensor, columns: number[]) =>
    tf.reshape(tf.slice(tf.reshape(values, [networks, 3, width, ...columns]), [0, 2], [networks, 1]), [
      networks * width,
      ...columns,
    ]);
  const values = groupedLinear(
    x,
    last(projections.weight, [width]) as tf.Tensor2D,
    last(projections.bias, []) as tf.Tensor1D,
    { activation: 'none', widths: projections.widths.map(() => width), layout: 'rows' },
  );
  return applyGroupedLinear(layer.out, values, 'none', { residual });
}
