// The linear layers around most kinds of attention: queries, keys and values from one packed projection, an output projection
// after all heads, and how both are recorded. Head h owns columns h*hd..(h+1)*hd (golden/README). Shapes: G sequences of all
// networks, L tokens of each, D columns of all heads, H heads, hd = D / H columns of one.
import * as tf from '@tensorflow/tfjs-core';
import type { LayerPlace } from '../../core/attentionPlace.ts';
import type { AttentionParts, AttentionRecord, Capture } from '../forward.ts';
import {
  applyGroupedLinear,
  createGroupedLinear,
  type GroupedLinear,
  type Member,
  packName,
} from '../linear.ts';
import { type Initialiser, type ParameterSet, zeros } from '../parameterSet.ts';
import type { AttentionOptions } from './attention.ts';

export interface PackedProjections {
  /** Query, key and value projections, [networks * 3D, D]. */
  qkv: GroupedLinear;
  out: GroupedLinear;
  /** Place of the layer, per network. */
  places: readonly LayerPlace[];
  width: number;
  heads: number;
}

export function createPackedProjections(set: ParameterSet, o: AttentionOptions): PackedProjections {
  const { networks, places, width, heads, rotary } = o;
  // The rotary module of the public code has three Linear layers instead of one packed projection.
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
  const qkv: GroupedLinear = {
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
    members: networks.map((m): Member => ({ ...m, name: `${m.name}.out_proj` })),
    inputs: width,
    outputs: networks.map(() => width),
    groups: networks.map(() => 1),
    layout: 'rows',
    init: { weight: o.init.residual, bias: zeros },
  });
  return { qkv, out, places, width, heads };
}

/** 10000^(-2j/hd), one per pair of dimensions (Su et al. 2021). */
export function rotaryFrequencies(headSize: number): Float32Array {
  return Float32Array.from({ length: headSize / 2 }, (_, j) => 10000 ** ((-2 * j) / headSize));
}

/** [G, L, D] -> [G, L, 3D]: queries, keys, values. */
export function projectIn({ qkv, width }: PackedProjections, x: tf.Tensor3D): tf.Tensor3D {
  const [groups, length] = x.shape;
  return tf.reshape(applyGroupedLinear(qkv, tf.reshape(x, [-1, width])), [groups, length, 3 * width]);
}

/**
 * @param mixed - outputs of the heads, [G, L, D]
 * @param residual - added to the result, [G, L, D]
 * @returns [G, L, D]
 */
export function projectOut(
  { out, width }: PackedProjections,
  mixed: tf.Tensor3D,
  residual: tf.Tensor3D,
): tf.Tensor3D {
  const flat = applyGroupedLinear(out, tf.reshape(mixed, [-1, width]), 'none', {
    residual: tf.reshape(residual, [-1, width]),
  });
  return tf.reshape(flat, residual.shape);
}

/** What all networks of a layer computed, stacked. */
export interface PackedRecord extends Pick<AttentionRecord, 'scores' | 'weights' | 'blocked'> {
  /** [G, L, 3D] */
  qkv: tf.Tensor3D;
  /** The operation between the projections of one network, [G, L, 3D] -> [G, L, D], without dropout. */
  mix(qkv: tf.Tensor3D, network: number): tf.Tensor3D;
  /** The factors of the scores, if scores are scaled products. */
  parts?(qkv: tf.Tensor3D): AttentionParts;
}

/** Passes the record to the capture, network by network. */
export function recordPacked(layer: PackedProjections, capture: Capture, all: PackedRecord): void {
  const { places } = layer;
  const valueNorms = valueNormsOf(layer, all.qkv);
  const ownOf = <T extends tf.Tensor>(t: T): T[] => (places.length === 1 ? [t] : tf.split(t, places.length));
  const [scores, weights, norms] = [all.scores, all.weights, valueNorms].map(ownOf);
  const qkv = ownOf(all.qkv);
  const { parts } = all;
  places.forEach((place, i) => {
    capture.attention?.({
      place,
      blocked: all.blocked,
      scores: scores?.[i] as tf.Tensor,
      weights: weights?.[i] as tf.Tensor,
      valueNorms: norms?.[i] as tf.Tensor,
      kernel: {
        qkv: qkv[i] as tf.Tensor3D,
        run: (own) => all.mix(own, i),
        ...(parts && { parts: () => parts(qkv[i] as tf.Tensor3D) }),
      },
    });
  });
}

/**
 * ||v W_O|| per key and head (Kobayashi et al. 2020, Eq. 5, before the softmax weight), with the head's columns of W_O only and
 * no bias.
 * @param qkv - [G, L, 3D]
 * @returns [G, H, L]
 */
function valueNormsOf({ out, places, heads, width }: PackedProjections, qkv: tf.Tensor3D): tf.Tensor3D {
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

/** Floating-point operations of both projections, one network, per sequence of `length` tokens. */
export const projectionFlops = (width: number, length: number): number =>
  2 * length * width * 3 * width + 2 * length * width * width;
