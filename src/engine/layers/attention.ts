// Multi-head self-attention over packed projections (Vaswani et al. 2017), with the conventions of golden/README:
// scores / sqrt(head size), head h = columns h*hd..(h+1)*hd, mask 1 = blocked, optional rotary positions.
import * as tf from '@tensorflow/tfjs-core';
import type { LayerPlace } from '../core/attentionPlace.ts';
import { attention as attentionOp, attentionWeights } from '../kernels/ops/attention/index.ts';
import { groupedLinear } from '../kernels/ops/linear/index.ts';
import type { AttentionRecord, Capture, ForwardOptions } from './forward.ts';
import type { InitialisationScheme } from './initialisation.ts';
import {
  applyGroupedLinear,
  createGroupedLinear,
  type GroupedLinear,
  type Member,
  packName,
} from './linear.ts';
import { type Initialiser, type ParameterSet, zeros } from './parameterSet.ts';

/** Attention of one network, or of several whose sequences stand one below the other. */
export interface Attention {
  /** Query, key and value projections, [networks * 3D, D]. */
  projections: GroupedLinear;
  out: GroupedLinear;
  /** Where the layer stands, per network. */
  places: readonly LayerPlace[];
  width: number;
  heads: number;
  rotary: boolean;
  dropoutRate: number;
  seed: number;
  /** Distinguishes this layer's dropout from others'. */
  site: number;
}

export interface AttentionOptions {
  networks: readonly Member[];
  /** One per network. */
  places: readonly LayerPlace[];
  width: number;
  heads: number;
  rotary: boolean;
  dropoutRate: number;
  seed: number;
  site: number;
  init: InitialisationScheme;
}

export function createAttention(set: ParameterSet, o: AttentionOptions): Attention {
  const { networks, width, heads, rotary, dropoutRate, seed, site } = o;
  // The rotary module of the public code has three Linear layers where the plain one has a packed projection.
  const parts = (part: 'weight' | 'bias', columns: number[], init: Initialiser) =>
    networks.flatMap(({ name, task }) =>
      rotary
        ? ['q_proj', 'k_proj', 'v_proj'].map((p) => ({
            name: `${name}.${p}.${part}`,
            shape: [width, ...columns],
            init,
            task,
          }))
        : [{ name: `${name}.in_proj_${part}`, shape: [3 * width, ...columns], init, task }],
    );
  const total = networks.length * 3 * width;
  const name = packName(networks);
  const projections: GroupedLinear = {
    weight: set.pack(
      `${name}.in_proj_weight`,
      [total, width],
      parts('weight', [width], rotary ? o.init.linear : o.init.inProjection),
    ),
    bias: set.pack(`${name}.in_proj_bias`, [total], parts('bias', [], zeros)),
    inputs: width,
    widths: networks.map(() => 3 * width),
    layout: 'rows',
  };
  if (rotary) {
    for (const network of networks)
      set.frozen.set(`${network.name}.rope.freqs`, rotaryFrequencies(width / heads));
  }
  const out = createGroupedLinear(set, {
    members: networks.map((m) => ({ ...m, name: `${m.name}.out_proj` })),
    inputs: width,
    outputs: networks.map(() => width),
    groups: networks.map(() => 1),
    layout: 'rows',
    init: { weight: o.init.residual, bias: zeros },
  });
  return { projections, out, places: o.places, width, heads, rotary, dropoutRate, seed, site };
}

/** 10000^(-2j/hd), one per pair of dimensions (Su et al. 2021). */
export function rotaryFrequencies(headSize: number): Float32Array {
  return Float32Array.from({ length: headSize / 2 }, (_, j) => 10000 ** ((-2 * j) / headSize));
}

/**
 * @param x - [G, L, D], G independent sequences; with several networks, all sequences of one before those of the next
 * @param blocked - queries x keys, [L * L] for all heads or [heads * L * L], 1 = blocked, or null
 * @param residual - added to the result, [G, L, D]
 * @returns [G, L, D]
 */
export function applyAttention(
  layer: Attention,
  x: tf.Tensor3D,
  blocked: Uint8Array | null,
  options: ForwardOptions,
  residual: tf.Tensor3D,
): tf.Tensor3D {
  const [groups, length, width] = x.shape;
  const packed = tf.reshape(applyGroupedLinear(layer.projections, tf.reshape(x, [-1, width])), [
    groups,
    length,
    3 * width,
  ]) as tf.Tensor3D;
  const { heads, rotary, dropoutRate, seed, site } = layer;
  if (options.capture?.attention) {
    record(layer, options.capture, {
      ...attentionWeights(packed, heads, blocked, rotary),
      blocked,
      qkv: packed,
    });
  }
  const rate = options.training ? dropoutRate : 0;
  const dropout = { rate, key: [seed, options.step, site] as const };
  const mixed = attentionOp(packed, heads, blocked, { rotary, dropout });
  return tf.reshape(
    applyGroupedLinear(layer.out, tf.reshape(mixed, [-1, width]), 'none', {
      residual: tf.reshape(residual, [-1, width]),
    }),
    x.shape,
  );
}

/**
 * Attention over sequences of length one: the softmax weight is 1, the rotary position 0, and nothing mixes. Only the
 * value projection acts; query and key projections get gradient zero, as in the public code with rotary positions.
 * @param x - [B, D]
 * @param residual - added to the result, [B, D]
 */
export function applySelfOnly(
  layer: Attention,
  x: tf.Tensor2D,
  options: ForwardOptions,
  residual: tf.Tensor2D,
): tf.Tensor2D {
  const { width, heads, projections } = layer;
  const networks = projections.widths.length;
  if (options.capture?.attention) {
    const each = tf.ones([x.shape[0], heads, 1, 1]);
    const qkv = tf.expandDims(applyGroupedLinear(projections, x), 1) as tf.Tensor3D;
    const { scores } = attentionWeights(qkv, heads, null);
    record(layer, options.capture, { scores, weights: each, blocked: null, qkv });
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

/** Hands out what was computed, network by network. */
function record(
  layer: Attention,
  capture: Capture,
  all: Omit<AttentionRecord, 'place' | 'valueNorms'>,
): void {
  const { places } = layer;
  const valueNorms = valueNormsOf(layer, all.qkv);
  const ownOf = <T extends tf.Tensor>(t: T): T[] => (places.length === 1 ? [t] : tf.split(t, places.length));
  const [scores, weights, norms, qkv] = [all.scores, all.weights, valueNorms, all.qkv].map(ownOf);
  places.forEach((place, i) => {
    capture.attention?.({
      place,
      blocked: all.blocked,
      scores: scores?.[i] as tf.Tensor,
      weights: weights?.[i] as tf.Tensor,
      valueNorms: norms?.[i] as tf.Tensor,
      qkv: qkv?.[i] as tf.Tensor3D,
    });
  });
}

/**
 * ||v W_O|| per key and head (Kobayashi et al. 2020, Eq. 5, before the softmax weight), the head's columns of W_O alone and no bias.
 * @param qkv - [G, L, 3D]
 * @returns [G, H, L]
 */
function valueNormsOf({ out, places, heads, width }: Attention, qkv: tf.Tensor3D): tf.Tensor3D {
  const [groups, length] = qkv.shape;
  const [networks, headSize] = [places.length, width / heads];
  const values = tf.reshape(tf.slice(qkv, [0, 0, 2 * width], [groups, length, width]), [
    networks,
    -1,
    heads,
    headSize,
  ]);
  const byHead = tf.reshape(tf.transpose(values, [0, 2, 1, 3]), [networks * heads, -1, headSize]);
  const projections = tf.transpose(tf.reshape(out.weight, [networks, width, heads, headSize]), [0, 2, 3, 1]);
  const added = tf.matMul(byHead, tf.reshape(projections, [networks * heads, headSize, width]));
  const norms = tf.reshape(tf.norm(added, 2, 2), [networks, heads, groups / networks, length]);
  return tf.reshape(tf.transpose(norms, [0, 2, 1, 3]), [groups, heads, length]);
}

/** Multiply-adds x 2 per sequence of `length` tokens. */
export const attentionFlops = (layer: Attention, length: number) =>
  2 * length * layer.width * 3 * layer.width +
  4 * length * length * layer.width +
  2 * length * layer.width * layer.width;

/** Multiply-adds x 2 per row where rows attend to themselves only: value and output projections. */
export const selfOnlyFlops = ({ width }: Attention) => 4 * width * width;
