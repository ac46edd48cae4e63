// One pre-norm encoder layer: h = x + Attn(LN1(x)), out = h + W2 gelu(W1 LN2(h) + b1) + b2 (golden/README).
import * as tf from '@tensorflow/tfjs-core';
import { dropout } from '../kernels/dropout.ts';
import type { ForwardOptions } from '../models/model.ts';
import {
  type Attention,
  applyAttention,
  applySelfOnly,
  attentionFlops,
  createAttention,
} from './attention.ts';
import type { InitialisationScheme } from './initialisation.ts';
import { applyLinear, createLinear, type Linear, linearFlops } from './linear.ts';
import { applyLayerNorm, createLayerNorm, type LayerNorm } from './norm.ts';
import { type ParameterSet, zeros } from './parameterSet.ts';

export interface Encoder {
  norm1: LayerNorm;
  attention: Attention;
  norm2: LayerNorm;
  expand: Linear;
  contract: Linear;
  dropoutRate: number;
  seed: number;
  site: number;
}

export interface EncoderOptions {
  name: string;
  width: number;
  heads: number;
  hidden: number;
  rotary: boolean;
  attentionDropout: number;
  feedForwardDropout: number;
  init: InitialisationScheme;
  seed: number;
  /** Position of the layer in the network; decides its dropout stream. */
  site: number;
}

export function createEncoder(set: ParameterSet, o: EncoderOptions): Encoder {
  const { name, width, hidden, init } = o;
  return {
    attention: createAttention(set, {
      ...o,
      name: `${name}.attention`,
      dropoutRate: o.attentionDropout,
      site: 2 * o.site,
    }),
    norm1: createLayerNorm(set, `${name}.norm1`, width),
    expand: createLinear(set, `${name}.mlp.0`, width, hidden, { weight: init.linear, bias: zeros }),
    contract: createLinear(set, `${name}.mlp.3`, hidden, width, {
      weight: init.residual,
      bias: zeros,
    }),
    norm2: createLayerNorm(set, `${name}.norm2`, width),
    dropoutRate: o.feedForwardDropout,
    seed: o.seed,
    site: 2 * o.site + 1,
  };
}

/**
 * @param x - [G, L, D]
 * @param blocked - [L * L], 1 = blocked, or null
 * @param selfOnly - attend over sequences of length one instead (rows do not mix)
 */
export function applyEncoder(
  layer: Encoder,
  x: tf.Tensor3D,
  blocked: Uint8Array | null,
  key: string,
  options: ForwardOptions,
  selfOnly = false,
): tf.Tensor3D {
  const normed = applyLayerNorm(layer.norm1, x);
  const attended = selfOnly
    ? tf.reshape(applySelfOnly(layer.attention, tf.reshape(normed, [-1, x.shape[2]]), key, options), x.shape)
    : applyAttention(layer.attention, normed, blocked, key, options);
  const mixed = tf.add(x, attended);
  const hidden = applyLinear(layer.expand, applyLayerNorm(layer.norm2, mixed), 'gelu');
  const kept =
    options.training && layer.dropoutRate > 0
      ? (dropout(hidden, layer.dropoutRate, [layer.seed, options.step, layer.site]) as tf.Tensor3D)
      : hidden;
  return tf.add(mixed, applyLinear(layer.contract, kept));
}

/** Multiply-adds x 2 per sequence of `length` tokens. */
export const encoderFlops = (layer: Encoder, length: number) =>
  attentionFlops(layer.attention, length) +
  length * (linearFlops(layer.expand) + linearFlops(layer.contract));
