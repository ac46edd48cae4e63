// What whole heads do, from their weights: how sharp each looks and how far apart they are. Computed beside the capture, since
// maps between thousands of rows have millions of cells.
import * as tf from '@tensorflow/tfjs-core';
import { headMasks } from '../masks/mask.ts';
import type { AttentionMap } from '../protocol/attention.ts';

/**
 * Entropy of the weights of a query, divided by ln(open keys): 0 = one key, 1 = all open keys alike; a query with one open key
 * counts 0. Mean over queries and sequences: of every row for itself, since a head that is sharp on another key in every row
 * looks even in their mean.
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
    // w ln w goes to 0 with w; the smallest float stands in for 0 under the logarithm.
    const entropy = tf.neg(tf.sum(tf.mul(weights, tf.log(tf.maximum(weights, 1e-38))), 3)); // [G, heads, L]
    return tf.mean(tf.mul(entropy, tf.tensor2d(scales, [masks.length, length])), [0, 2]) as tf.Tensor1D;
  });
}

type Weights = Pick<AttentionMap, 'weights' | 'queries'>;

/** Mean over the queries of the total variation distance of two heads' weights: 0 = the same, 1 = no key in common. */
export function headDistance(a: Weights, b: Weights): number {
  if (a.weights.length !== b.weights.length) return Number.NaN;
  let sum = 0;
  for (let i = 0; i < a.weights.length; i++)
    sum += Math.abs((a.weights[i] as number) - (b.weights[i] as number));
  return sum / (2 * a.queries.length);
}

/** Distances between the maps of each network, [maps, maps]; NaN across networks and between maps of different sizes. */
export function headDistances(maps: readonly AttentionMap[]): Float32Array {
  const count = maps.length;
  const distances = new Float32Array(count * count).fill(Number.NaN);
  maps.forEach((a, i) => {
    distances[i * (count + 1)] = 0;
    for (let j = 0; j < i; j++) {
      const b = maps[j] as AttentionMap;
      if (a.network !== b.network) continue;
      const distance = headDistance(a, b);
      distances[i * count + j] = distance;
      distances[j * count + i] = distance;
    }
  });
  return distances;
}
