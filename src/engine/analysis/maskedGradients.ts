// The gradient that attention itself passes through its mask: the kernel is probed one query at a time.
import * as tf from '@tensorflow/tfjs-core';
import type { AttentionKernel } from '../layers/forward.ts';
import { headMasks } from '../masks/mask.ts';

/** Number of sequences probed; fewer if they are long, because each is copied once per token. */
const SEQUENCES = 4;
const LONG = 128;

export interface MaskedGradients {
  /** Largest absolute gradient from a query to the key and value of a blocked cell. */
  blocked: tf.Scalar;
  /** The same for open cells: what the mask would pass if it were open. */
  open: tf.Scalar;
}

/**
 * Every sequence is copied once per query; in its copy only the output of that query has a gradient.
 * @param kernel - its mask is `blocked`
 * @param blocked - [L*L] for all heads or [heads*L*L], 1 = blocked
 * @returns two scalars, which the caller disposes
 */
export function maskedGradients(
  { qkv, run }: AttentionKernel,
  heads: number,
  blocked: Uint8Array,
): MaskedGradients {
  return tf.tidy(() => {
    const [groups, length, packed] = qkv.shape;
    const width = packed / 3;
    const fitting = Math.max(1, Math.floor(SEQUENCES * (LONG / length) ** 2));
    const sequences = Math.min(groups, SEQUENCES, fitting);
    const copies = tf.reshape(
      tf.tile(tf.reshape(tf.slice(qkv, 0, sequences), [sequences, 1, length, packed]), [1, length, 1, 1]),
      [sequences * length, length, packed],
    ) as tf.Tensor3D;
    const own = tf.tile(tf.eye(length), [sequences, 1]); // [sequences * L, L]: copy, query
    const dy = tf.mul(tf.expandDims(own, 2), tf.ones([1, 1, width])) as tf.Tensor3D;
    const slope = tf.grad((x) => run(x as tf.Tensor3D))(copies, dy);
    const perHead = tf.max(
      tf.abs(tf.reshape(slope, [sequences, length, length, 3, heads, width / heads])),
      5,
    ); // [sequences, query, key, 3, heads]
    const keysAndValues = tf.max(tf.slice(perHead, [0, 0, 0, 1, 0], [-1, -1, -1, 2, -1]), [0, 3]); // [query, key, heads]
    const masks = headMasks(blocked, length);
    const mask = tf.transpose(
      tf.tensor3d(Float32Array.from(masks.flatMap((m) => Array.from(m))), [masks.length, length, length]),
      [1, 2, 0],
    ); // [query, key, heads or 1]
    const largest = (where: tf.Tensor) => tf.max(tf.mul(keysAndValues, where)) as tf.Scalar;
    return { blocked: largest(mask), open: largest(tf.sub(1, mask)) };
  });
}
