// Entropy of whole heads, from their weights. Computed with the capture, because maps between thousands of rows have millions
// of cells.
import * as tf from '@tensorflow/tfjs-core';
import { headMasks } from '../masks/mask.ts';

/**
 * Entropy of a query's weights, divided by ln(open keys): 0 = one key, 1 = uniform over open keys; a query with one open key
 * counts 0. Mean over queries and sequences: for every row separately, because a head that is sharp on another key in every row
 * looks uniform in their mean.
 * @param weights - [G, heads, L, L]
 * @returns [heads]
 */
export function headEntropies(weights: tf.Tensor4D, blocked: Uint8Array | null): tf.Tensor1D {
  return tf.tidy(() => {
    const length = weights.shape[3];
    const masks = blocked ? headMasks(blocked, length) : [new Uint8Array(length * length)];
    const scales = masks.flatMap((mask) =>
      Array.from({ length }, (_, query) => {
        const row = mask.subarray(query * length, (query + 1) * length);
        const open = length - row.reduce((a, b) => a + b, 0);
        return open > 1 ? 1 / Math.log(open) : 0;
      }),
    );
    // w ln w tends to 0 with w; the smallest float replaces 0 under the logarithm.
    const entropy = tf.neg(tf.sum(tf.mul(weights, tf.log(tf.maximum(weights, 1e-38))), 3)); // [G, heads, L]
    return tf.mean(tf.mul(entropy, tf.tensor2d(scales, [masks.length, length])), [0, 2]) as tf.Tensor1D;
  });
}
