// One pre-norm encoder layer: h = x + Attn(LN1(x)), out = h + W2 gelu(W1 LN2(h) + b1) + b2 (golden/README). The same layer of
// several networks runs as one, their rows one below the other.
import * as tf from '@tensorflow/tfjs-core';
import type { LayerPlace } from '../core/attentionPlace.ts';
import { dropout } from '../kernels/ops/dropout/index.ts';
import type { Attention, AttentionDef } from './attention/attention.ts';
import type { ForwardOptions } from './forward.ts';
import type { InitialisationScheme } from './initialisation.ts';
import { applyGroupedLinear, createGroupedLinear, type GroupedLinear, type Member } from './linear.ts';
import { applyLayerNormSkip, createLayerNorm, type LayerNorm } from './norm.ts';
import { type Initialiser, type ParameterSet, zeros } from './parameterSet.ts';

/** Separates the dropout streams of the two skip paths from those of all layers. */
const SKIP_SITES = 1 << 16;

export interface Encoder {
  norm1: LayerNorm;
  attention: Attention;
  norm2: LayerNorm;
  expand: GroupedLinear;
  contract: GroupedLinear;
  dropoutRate: number;
  /** Where the feed-forward dropout acts: on the hidden units, or on the skip path of each half of the layer. */
  dropoutAt: 'hidden' | 'skip';
  seed: number;
  site: number;
}

export interface EncoderOptions {
  attention: AttentionDef;
  networks: readonly Member[];
  /** Place of the layer, per network. */
  places: readonly LayerPlace[];
  width: number;
  heads: number;
  hidden: number;
  rotary: boolean;
  attentionDropout: number;
  feedForwardDropout: number;
  dropoutAt?: Encoder['dropoutAt'];
  init: InitialisationScheme;
  seed: number;
  /** Position of the layer in the network; determines its dropout stream. */
  site: number;
}

export function createEncoder(set: ParameterSet, o: EncoderOptions): Encoder {
  const { networks, width, hidden, init, dropoutAt = 'hidden' } = o;
  const named = (part: string) => networks.map((m): Member => ({ ...m, name: `${m.name}.${part}` }));
  const linear = (part: string, inputs: number, outputs: number, weight: Initialiser) =>
    createGroupedLinear(set, {
      members: named(part),
      inputs,
      outputs: networks.map(() => outputs),
      groups: networks.map(() => 1),
      layout: 'rows',
      init: { weight, bias: zeros },
    });
  return {
    attention: o.attention.build(set, {
      ...o,
      networks: named('attention'),
      dropoutRate: o.attentionDropout,
      site: 2 * o.site,
    }),
    norm1: createLayerNorm(set, named('norm1'), width),
    expand: linear('mlp.0', width, hidden, init.linear),
    // A dropout layer of the hidden units counts in the numbering of the public code.
    contract: linear(dropoutAt === 'hidden' ? 'mlp.3' : 'mlp.2', hidden, width, init.residual),
    norm2: createLayerNorm(set, named('norm2'), width),
    dropoutRate: o.feedForwardDropout,
    dropoutAt,
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
  options: ForwardOptions,
  selfOnly = false,
): tf.Tensor3D {
  const width = x.shape[2];
  const drop = <T extends tf.Tensor>(value: T, at: Encoder['dropoutAt'], half: number): T =>
    options.training && layer.dropoutRate > 0 && layer.dropoutAt === at
      ? (dropout(value, layer.dropoutRate, [layer.seed, options.step, layer.site + SKIP_SITES * half]) as T)
      : value;
  const flat = (value: tf.Tensor3D): tf.Tensor2D => tf.reshape(value, [-1, width]);
  const { y: normed, skipped } = applyLayerNormSkip(layer.norm1, x);
  const residual = drop(skipped, 'skip', 1);
  const mixed: tf.Tensor3D = selfOnly
    ? applySelfOnly(layer.attention, normed, options, residual)
    : layer.attention.apply(normed, blocked, options, residual);
  const second = applyLayerNormSkip(layer.norm2, mixed);
  const hidden = drop(applyGroupedLinear(layer.expand, flat(second.y), 'gelu'), 'hidden', 0);
  const contracted = applyGroupedLinear(layer.contract, hidden, 'none', {
    residual: flat(drop(second.skipped, 'skip', 2)),
  });
  return tf.reshape(contracted, x.shape);
}

/** Treats every token as a sequence of its own. @param x - [G, L, D] @param residual - [G, L, D] @returns [G, L, D] */
function applySelfOnly(
  attention: Attention,
  x: tf.Tensor3D,
  options: ForwardOptions,
  residual: tf.Tensor3D,
): tf.Tensor3D {
  const width = x.shape[2];
  const { selfOnly } = attention;
  const apart = (value: tf.Tensor3D): tf.Tensor3D => tf.reshape(value, [-1, 1, width]); // [G*L, 1, D]
  const flat = (value: tf.Tensor3D): tf.Tensor2D => tf.reshape(value, [-1, width]); // [G*L, D]
  return tf.reshape(
    selfOnly
      ? selfOnly.apply(flat(x), options, flat(residual))
      : attention.apply(apart(x), null, options, apart(residual)),
    x.shape,
  );
}

/** Floating-point operations per sequence of `length` tokens, one network (two per multiply-add). */
const encoderFlops = ({ attention, expand, contract }: Encoder, length: number, selfOnly: boolean) =>
  (selfOnly ? length * (attention.selfOnly?.flops ?? attention.flops(1)) : attention.flops(length)) +
  2 * length * (expand.inputs as number) * ((expand.widths[0] as number) + (contract.inputs as number));

/** A layer between the tokens of a row, and an optional one between the rows of a batch. */
export interface Block {
  feature: Encoder;
  row: Encoder | null;
}

/**
 * Floating-point operations per row of the batch, one network.
 * @param selfOnly - of the layers between rows
 */
export const blocksFlops = (
  blocks: readonly Block[],
  numTokens: number,
  batchSize: number,
  selfOnly: boolean,
): number =>
  blocks.reduce(
    (sum, { feature, row }) =>
      sum +
      encoderFlops(feature, numTokens, false) +
      (row ? encoderFlops(row, batchSize, selfOnly) / batchSize : 0),
    0,
  );
