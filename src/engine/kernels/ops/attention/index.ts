// Multi-head self-attention over packed projections as one kernel (Vaswani et al. 2017, Eq. 1), including rotary positions and
// dropout of the softmax weights. Mask polarity: 1 = blocked, rows are queries, columns are keys.
// Shapes: G sequences, L tokens of each, H heads, D columns of all heads, hd = D / H columns of one.
import * as tf from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../../../core/errors.ts';
import { requireShape } from '../../../core/shapes.ts';
import { getKernelMode } from '../../runtime/backendRuntime.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';
import { type DropoutAttributes, type DropoutKey, dropoutAttributes, droppedBy } from '../dropout/index.ts';
import { turn } from './rotaryTable.ts';

export interface AttentionAttributes {
  heads: number;
  /** [L * L] for all heads or [heads * L * L], 1 = blocked, or null. */
  blocked: Uint8Array | null;
  /** Whether q and k are rotated by their position, the index along L. */
  rotary: boolean;
  /** Dropout of the softmax weights, as elements of [G * H, L, L], of which only hashes are computed; null for none. */
  dropout: DropoutAttributes | null;
}

export interface AttentionOptions {
  rotary?: boolean;
  /** Share of the softmax weights set to zero, in [0, 1), and the key of the mask. */
  dropout?: { rate: number; key: DropoutKey };
}

/** Finite, so that a row of blocked cells cannot become NaN; its exp is exactly 0 in float32. */
const BLOCKED_SCORE = -1e9;

/** Packed [G, L, 3D] -> q, k, v, each [G * H, L, hd], q and k rotated. */
function splitHeads(
  qkv: tf.Tensor,
  { heads, rotary }: Pick<AttentionAttributes, 'heads' | 'rotary'>,
): [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D] {
  const [groups, length, packed] = qkv.shape as [number, number, number];
  const headSize = packed / 3 / heads;
  const [q, k, v] = tf.split(qkv, 3, 2).map((part): tf.Tensor3D => {
    const separate = tf.reshape(part, [groups, length, heads, headSize]);
    return tf.reshape(tf.transpose(separate, [0, 2, 1, 3]), [groups * heads, length, headSize]);
  }) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
  return rotary ? [turn(q, 1), turn(k, 1), v] : [q, k, v];
}

/** [G * H, L, hd] -> [G, L, D] */
function joinHeads(x: tf.Tensor, groups: number, heads: number): tf.Tensor3D {
  const [, length, headSize] = x.shape as [number, number, number];
  const separate = tf.reshape(x, [groups, heads, length, headSize]);
  return tf.reshape(tf.transpose(separate, [0, 2, 1, 3]), [groups, length, heads * headSize]);
}

function scaledScores(q: tf.Tensor3D, k: tf.Tensor3D): tf.Tensor3D {
  return tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(q.shape[2])); // [G*H, L, L]
}

/**
 * Replaces blocked scores by the lowest value.
 * @param scores - [G * H, L, L]
 * @param blocked - [L * L] or [H * L * L], or null
 */
function maskScores(scores: tf.Tensor3D, blocked: Uint8Array | null): tf.Tensor3D {
  if (!blocked) return scores;
  const [sequences, length] = scores.shape;
  const masks = blocked.length / length ** 2;
  const shape: [number, number, number, number] = [1, masks, length, length];
  const open = tf.tensor4d(
    Float32Array.from(blocked, (b) => (b ? 0 : 1)),
    shape,
  );
  const shift = tf.tensor4d(
    Float32Array.from(blocked, (b) => (b ? BLOCKED_SCORE : 0)),
    shape,
  );
  const apart = tf.reshape(scores, [sequences / masks, masks, length, length]);
  return tf.reshape(tf.add(tf.mul(apart, open), shift), scores.shape);
}

/**
 * Inputs: qkv [G, L, 3D]. Outputs: mixed [G, L, D], stats [G * H, L, 2]: the maximum of each row of scores and the sum of its
 * exponentials, from which the gradient recomputes the weights. Stored instead of the weights, which would take G * H * L * L
 * numbers.
 */
export const attentionKernel = defineKernel<AttentionAttributes>({
  name: 'Attention',
  savedOutputs: [true, true],
  hiddenOutputs: 1,
  reference([qkv], attributes) {
    const { heads, blocked, dropout } = attributes;
    const [q, k, v] = splitHeads(qkv as tf.Tensor, attributes);
    const scores = maskScores(scaledScores(q, k), blocked);
    const top = tf.max(scores, -1, true);
    const powers = tf.exp(tf.sub(scores, top));
    const sum = tf.sum(powers, -1, true);
    const weights = droppedBy(dropout, tf.div(powers, sum));
    const mixed = joinHeads(tf.matMul(weights, v), (qkv as tf.Tensor).shape[0] as number, heads);
    return [mixed, tf.concat([top, sum], 2)];
  },
  gradient: ([dy], [qkv], [mixed, stats], attributes) =>
    attentionGradientKernel.run([dy, qkv, mixed, stats] as tf.Tensor[], attributes),
});

/** Inputs: dy [G, L, D], qkv [G, L, 3D], mixed [G, L, D], stats [G * H, L, 2]. Outputs: dqkv. */
export const attentionGradientKernel = defineKernel<AttentionAttributes>({
  name: 'AttentionGradient',
  reference(inputs, attributes) {
    const { heads, blocked, rotary, dropout } = attributes;
    const [dy, qkv, , stats] = inputs as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
    const [groups, length, width] = dy.shape;
    const headSize = width / heads;
    const [q, k, v] = splitHeads(qkv, attributes);
    const [top, sum] = tf.split(stats, 2, 2) as [tf.Tensor3D, tf.Tensor3D];
    const weights = tf.div(tf.exp(tf.sub(maskScores(scaledScores(q, k), blocked), top)), sum) as tf.Tensor3D;
    const separate = tf.reshape(dy, [groups, length, heads, headSize]);
    const dMixed = tf.reshape(tf.transpose(separate, [0, 2, 1, 3]), [groups * heads, length, headSize]);
    const dv = tf.matMul(droppedBy(dropout, weights), dMixed, true, false);
    const dWeights = droppedBy(dropout, tf.matMul(dMixed, v, false, true) as tf.Tensor3D);
    const inner = tf.sum(tf.mul(dWeights, weights), -1, true);
    const dScores = tf.mul(tf.mul(weights, tf.sub(dWeights, inner)), 1 / Math.sqrt(headSize)) as tf.Tensor3D;
    const turned = [tf.matMul(dScores, k), tf.matMul(dScores, q, true, false)] as tf.Tensor3D[];
    const [dq, dk] = rotary ? turned.map((g) => turn(g, -1)) : turned;
    return [
      tf.concat(
        ([dq, dk, dv] as tf.Tensor3D[]).map((g) => joinHeads(g, groups, heads)),
        2,
      ),
    ];
  },
});

/** As a user of plain tfjs would write it; differentiated by tfjs. */
function stock(qkv: tf.Tensor3D, attributes: AttentionAttributes): tf.Tensor3D {
  const { heads, blocked, dropout } = attributes;
  const [q, k, v] = splitHeads(qkv, attributes);
  const weights = droppedBy(dropout, tf.softmax(maskScores(scaledScores(q, k), blocked)));
  return joinHeads(tf.matMul(weights, v), qkv.shape[0], heads);
}

const checkedMasks = new WeakSet<Uint8Array>();

/** Every query needs an open key, because a softmax over nothing is undefined. Checked once per mask. */
function requireMask(blocked: Uint8Array, length: number, heads: number): void {
  const masks = blocked.length === heads * length ** 2 ? heads : 1;
  requireShape(
    'attention: mask',
    [blocked.length],
    [masks * length * length],
    'Give one entry per query and key, row-major, for all heads or for each.',
  );
  if (checkedMasks.has(blocked)) return;
  for (let row = 0; row < masks * length; row++) {
    if (blocked.subarray(row * length, (row + 1) * length).includes(0)) continue;
    const head = masks > 1 ? ` of head ${Math.floor(row / length)}` : '';
    throw WorkbenchError.of('config', {
      path: `attention: mask row ${row % length}${head}`,
      expected: 'at least one key that is not blocked',
      got: `all ${length} keys blocked`,
      remedy: 'Open one cell of this row, for example its diagonal.',
    });
  }
  checkedMasks.add(blocked);
}

function requirePacked(qkv: tf.Tensor3D, heads: number, blocked: Uint8Array | null, rotary: boolean): void {
  const [, length, packed] = qkv.shape;
  if (packed % (3 * heads) !== 0) {
    requireShape(
      'attention: qkv',
      [packed],
      [3 * heads * Math.ceil(packed / 3 / heads)],
      'The last axis holds q, k and v, each divisible by the heads.',
    );
  }
  const headSize = packed / 3 / heads;
  if (rotary && headSize % 2 !== 0) {
    throw WorkbenchError.of('shape', {
      path: 'attention: qkv',
      expected: 'an even head size for rotary positions',
      got: String(headSize),
      remedy: 'Change the width or the number of heads.',
    });
  }
  if (blocked) requireMask(blocked, length, heads);
}

/**
 * softmax(q k^T / sqrt(hd)) v per head, without blocked cells. Dropout acts on the softmax weights, as in PyTorch's
 * `nn.MultiheadAttention(dropout=...)`.
 * @param qkv - [G, L, 3D]: D columns of q, then k, then v; head h owns columns h*hd..(h+1)*hd of each
 * @param blocked - [L * L] for all heads or [heads * L * L], 1 = blocked, or null
 * @returns [G, L, D]
 * @throws WorkbenchError (shape, config)
 */
export function attention(
  qkv: tf.Tensor3D,
  heads: number,
  blocked: Uint8Array | null,
  { rotary = false, dropout }: AttentionOptions = {},
): tf.Tensor3D {
  requirePacked(qkv, heads, blocked, rotary);
  const drops = dropout && dropout.rate > 0 ? dropoutAttributes(dropout.rate, dropout.key) : null;
  const attributes = { heads, blocked, rotary, dropout: drops };
  if (getKernelMode() === 'stock') return stock(qkv, attributes);
  return attentionKernel.run([qkv], attributes)[0] as tf.Tensor3D;
}

/**
 * Queries, keys and values of every head as used by the scores and the mix, for display.
 * @param qkv - [G, L, 3D]
 * @returns each [G, H, L, hd], queries and keys rotated if `rotary`
 */
export function attentionParts(
  qkv: tf.Tensor3D,
  heads: number,
  rotary = false,
): { queries: tf.Tensor4D; keys: tf.Tensor4D; values: tf.Tensor4D } {
  requirePacked(qkv, heads, null, rotary);
  const [groups, length, packed] = qkv.shape;
  return tf.tidy(() => {
    const [queries, keys, values] = splitHeads(qkv, { heads, rotary }).map((part) =>
      tf.reshape(part, [groups, heads, length, packed / 3 / heads]),
    ) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    return { queries, keys, values };
  });
}

/**
 * Intermediate results of `attention` for display: no dropout, no gradient.
 * @returns scaled scores before the mask, and softmax weights, both [G, H, L, L]
 */
export function attentionWeights(
  qkv: tf.Tensor3D,
  heads: number,
  blocked: Uint8Array | null,
  rotary = false,
): { scores: tf.Tensor4D; weights: tf.Tensor4D } {
  requirePacked(qkv, heads, blocked, rotary);
  const [groups, length] = qkv.shape;
  return tf.tidy(() => {
    const [q, k] = splitHeads(qkv, { heads, rotary });
    const scores = scaledScores(q, k);
    const shape: [number, number, number, number] = [groups, heads, length, length];
    return {
      scores: tf.reshape(scores, shape) as tf.Tensor4D,
      weights: tf.reshape(tf.softmax(maskScores(scores, blocked)), shape) as tf.Tensor4D,
    };
  });
}
