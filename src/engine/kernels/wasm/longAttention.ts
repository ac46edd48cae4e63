// Attention with large heads on wasm (attention between rows): one head at a time as two-dimensional products, the only
// ones that tfjs computes fast there, with every transposed operand turned explicitly.
import * as tf from '@tensorflow/tfjs-core';
import { matMulTransposedA, matMulTransposedB } from '../matMul.ts';

/** Head h of part p (0 q, 1 k, 2 v) of group g as a matrix [L, hd]. */
function headOf(packed: tf.Tensor3D, group: number, offset: number, headSize: number): tf.Tensor2D {
  const length = packed.shape[1];
  return tf.reshape(tf.slice(packed, [group, 0, offset], [1, length, headSize]), [length, headSize]);
}

/** As `attention`: outputs mixed [G, L, D] and weights [G * H, L, L]. */
export function attentionByProducts(
  qkv: tf.Tensor3D,
  heads: number,
  blocked: Uint8Array | null,
): tf.Tensor[] {
  const [groups, length, packed] = qkv.shape;
  const width = packed / 3;
  const headSize = width / heads;
  const scale = 1 / Math.sqrt(headSize);
  const shift =
    blocked &&
    tf.tensor2d(
      Float32Array.from(blocked, (b) => (b ? -1e30 : 0)),
      [length, length],
    );
  const weights: tf.Tensor[] = [];
  const rows = Array.from({ length: groups }, (_, g) => {
    const mixed = Array.from({ length: heads }, (_, h) => {
      const [q, k, v] = [0, 1, 2].map((part) => headOf(qkv, g, part * width + h * headSize, headSize)) as [
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor2D,
      ];
      const scores = matMulTransposedB(tf.mul(q, scale), k);
      const w = tf.softmax(shift ? tf.add(scores, shift) : scores) as tf.Tensor2D;
      weights.push(w);
      return tf.matMul(w, v);
    });
    return tf.concat(mixed, 1);
  });
  return [tf.stack(rows), tf.stack(weights)];
}

/** As the gradient of `attention`: dqkv [G, L, 3D]. */
export function attentionGradientByProducts(
  dy: tf.Tensor3D,
  qkv: tf.Tensor3D,
  weights: tf.Tensor3D,
  heads: number,
): tf.Tensor[] {
  const [groups, length, width] = dy.shape;
  const headSize = width / heads;
  const scale = 1 / Math.sqrt(headSize);
  const rows = Array.from({ length: groups }, (_, g) => {
    const grads: [tf.Tensor[], tf.Tensor[], tf.Tensor[]] = [[], [], []];
    for (let h = 0; h < heads; h++) {
      const [q, k, v] = [0, 1, 2].map((part) => headOf(qkv, g, part * width + h * headSize, headSize)) as [
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor2D,
      ];
      const dMixed = headOf(dy, g, h * headSize, headSize);
      const w = tf.reshape(tf.slice(weights, [g * heads + h, 0, 0], [1, length, length]), [
        length,
        length,
      ]) as tf.Tensor2D;
      const dWeights = matMulTransposedB(dMixed, v);
      const inner = tf.sum(tf.mul(dWeights, w), -1, true);
      const dScores = tf.mul(tf.mul(w, tf.sub(dWeights, inner)), scale) as tf.Tensor2D;
      grads[0].push(tf.matMul(dScores, k));
      grads[1].push(matMulTransposedA(dScores, q));
      grads[2].push(matMulTransposedA(w, dMixed));
    }
    return tf.concat(grads.flat(), 1);
  });
  return [tf.stack(rows)];
}
