// The weights used by the kernel of an attention layer, which it never stores: with unit vectors as values, its output is the
// weights. Displayed weights come from another computation, which would not show a fault in the kernel.
import * as tf from '@tensorflow/tfjs-core';
import type { AttentionKernel } from '../layers/forward.ts';

/** @returns [G, heads, L, L] */
export function kernelWeights({ qkv, run }: AttentionKernel, heads: number): tf.Tensor4D {
  return tf.tidy(() => {
    const [groups, length, packed] = qkv.shape;
    const width = packed / 3;
    const headSize = width / heads;
    const queriesAndKeys = tf.slice(qkv, [0, 0, 0], [groups, length, 2 * width]);
    const parts: tf.Tensor[] = [];
    // One pass yields as many keys as a head has columns.
    for (let first = 0; first < length; first += headSize) {
      const unit = Float32Array.from({ length: length * headSize }, (_, i) =>
        Number(Math.floor(i / headSize) === first + (i % headSize)),
      );
      const values = tf.tile(tf.tensor3d(unit, [1, length, headSize]), [groups, 1, heads]);
      const mixed = run(tf.concat([queriesAndKeys, values], 2) as tf.Tensor3D);
      parts.push(tf.reshape(mixed, [groups, length, heads, headSize]));
    }
    const all = tf.slice(tf.concat(parts, 3), [0, 0, 0, 0], [groups, length, heads, length]);
    return tf.transpose(all, [0, 2, 1, 3]) as tf.Tensor4D;
  });
}
