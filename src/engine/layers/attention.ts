// Multi-head self-attention over packed projections (Vaswani et al. 2017), with the conventions of golden/README:
// scores / sqrt(head size), head h = columns h*hd..(h+1)*hd, mask 1 = blocked, optional rotary positions.
import * as tf from '@tensorflow/tfjs-core';
import { attention as attentionOp, attentionWeights } from '../kernels/attention.ts';
import { dropout } from '../kernels/dropout.ts';
import { linear as linearOp } from '../kernels/linear.ts';
import { rotary } from '../kernels/rotary.ts';
import type { ForwardOptions } from '../models/model.ts';
import type { InitialisationScheme } from './initialisation.ts';
import { applyLinear, createLinear, type Linear } from './linear.ts';
import { type ParameterSet, zeros } from './parameterSet.ts';

export interface Attention {
  inWeight: tf.Variable;
  inBias: tf.Variable;
  out: Linear;
  width: number;
  heads: number;
  rotary: boolean;
  dropoutRate: number;
  seed: number;
  /** Distinguishes this layer's dropout from others'. */
  site: number;
}

export interface AttentionOptions {
  name: string;
  width: number;
  heads: number;
  rotary: boolean;
  dropoutRate: number;
  seed: number;
  site: number;
  init: InitialisationScheme;
}

export function createAttention(set: ParameterSet, o: AttentionOptions): Attention {
  const { name, width } = o;
  const shape = [3 * width, width];
  // The rotary module of the public code has three Linear layers where the plain one has a packed projection.
  const separate = (part: string, partShape: number[], init: InitialisationScheme['linear']) =>
    ['q_proj', 'k_proj', 'v_proj'].map((p) => ({ name: `${name}.${p}.${part}`, shape: partShape, init }));
  const inWeight = o.rotary
    ? set.pack(`${name}.in_proj_weight`, shape, separate('weight', [width, width], o.init.linear))
    : set.add(`${name}.in_proj_weight`, shape, o.init.inProjection);
  const inBias = o.rotary
    ? set.pack(`${name}.in_proj_bias`, [3 * width], separate('bias', [width], zeros))
    : set.add(`${name}.in_proj_bias`, [3 * width], zeros);
  if (o.rotary) set.frozen.set(`${name}.rope.freqs`, rotaryFrequencies(width / o.heads));
  const out = createLinear(set, `${name}.out_proj`, width, width, {
    weight: o.init.residual,
    bias: zeros,
  });
  return { inWeight, inBias, out, ...o };
}

/** 10000^(-2j/hd), one per pair of dimensions (Su et al. 2021). */
export function rotaryFrequencies(headSize: number): Float32Array {
  return Float32Array.from({ length: headSize / 2 }, (_, j) => 10000 ** ((-2 * j) / headSize));
}

/**
 * @param x - [G, L, D], G independent sequences
 * @param blocked - [L * L] queries x keys, 1 = blocked, or null
 * @param key - name under which weights are captured
 * @returns [G, L, D]
 */
export function applyAttention(
  layer: Attention,
  x: tf.Tensor3D,
  blocked: Uint8Array | null,
  key: string,
  options: ForwardOptions,
): tf.Tensor3D {
  const projected = linearOp(x, layer.inWeight as never, layer.inBias as never, 'none') as tf.Tensor3D;
  const packed = layer.rotary ? rotary(projected, layer.heads) : projected;
  if (options.capture) {
    const { scores, weights } = attentionWeights(packed, layer.heads, blocked);
    options.capture.attention(key, scores, weights, blocked);
  }
  const mixed =
    options.training && layer.dropoutRate > 0
      ? attentionWithDropout(layer, packed, blocked, options.step)
      : attentionOp(packed, layer.heads, blocked);
  return applyLinear(layer.out, mixed);
}

/**
 * Attention over sequences of length one: the softmax weight is 1, the rotary position 0, and nothing mixes. Only the
 * value projection acts; query and key projections get gradient zero, as in the public code with rotary positions.
 * @param x - [B, D]
 */
export function applySelfOnly(
  layer: Attention,
  x: tf.Tensor2D,
  key: string,
  options: ForwardOptions,
): tf.Tensor2D {
  const { width, heads } = layer;
  if (options.capture) {
    const each = tf.ones([x.shape[0], heads, 1, 1]);
    const projected = linearOp(tf.expandDims(x, 1), layer.inWeight as never, layer.inBias as never, 'none');
    const { scores } = attentionWeights(projected as tf.Tensor3D, heads, null);
    options.capture.attention(key, scores, each, null);
  }
  const valueWeight = tf.slice(layer.inWeight as tf.Tensor2D, [2 * width, 0], [width, width]);
  const valueBias = tf.slice(layer.inBias as tf.Tensor1D, [2 * width], [width]);
  return applyLinear(layer.out, linearOp(x, valueWeight, valueBias, 'none') as tf.Tensor2D);
}

/** Plain operations: dropout acts on the softmax weights, which the packed kernel never shows. */
function attentionWithDropout(
  layer: Attention,
  packed: tf.Tensor3D,
  blocked: Uint8Array | null,
  step: number,
): tf.Tensor3D {
  const [groups, length] = packed.shape;
  const { heads, width } = layer;
  const headSize = width / heads;
  const split = tf.transpose(tf.reshape(packed, [groups, length, 3, heads, headSize]), [2, 0, 3, 1, 4]);
  const flat = tf.reshape(split, [3, groups * heads, length, headSize]);
  const [q, k, v] = tf.unstack(flat) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
  const scaled = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(headSize)); // [G*H, L, L]
  const scores = blocked
    ? tf.add(
        scaled,
        tf.tensor3d(
          Float32Array.from(blocked, (b) => (b ? -1e9 : 0)),
          [1, length, length],
        ),
      )
    : scaled;
  const weights = dropout(tf.softmax(scores), layer.dropoutRate, [layer.seed, step, layer.site]);
  const mixed = tf.reshape(tf.matMul(weights as tf.Tensor3D, v), [groups, heads, length, headSize]);
  return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [groups, length, width]);
}

/** Multiply-adds x 2 per sequence of `length` tokens. */
export const attentionFlops = (layer: Attention, length: number) =>
  2 * length * layer.width * 3 * layer.width +
  4 * length * length * layer.width +
  2 * length * layer.width * layer.width;
