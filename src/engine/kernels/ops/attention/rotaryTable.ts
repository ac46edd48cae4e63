// Rotary positions (Su et al. 2021, Eq. 34): neighbouring dimensions (2j, 2j+1) of each head of q and k are rotated by position
// * 10000^(-2j / hd). The angles come from a table, because float32 cannot reduce large ones accurately.
import * as tf from '@tensorflow/tfjs-core';

const tables = new Map<string, Float32Array>();
/** Maximum number of cached tables: lengths for training, evaluation, and the last batch of each. */
const MAX_TABLES = 8;

/**
 * Cosine and sine side by side, cached because every step needs them. Must not be modified.
 * @returns [L, hd/2, 2]
 */
export function rotaryTable(length: number, headSize: number): Float32Array {
  const key = `${length}/${headSize}`;
  const known = tables.get(key);
  if (known) return known;
  const table = new Float32Array(length * headSize);
  for (let column = 0; column < headSize; column += 2) {
    const frequency = 10000 ** (-column / headSize);
    for (let position = 0; position < length; position++) {
      table[position * headSize + column] = Math.cos(position * frequency);
      table[position * headSize + column + 1] = Math.sin(position * frequency);
    }
  }
  if (tables.size >= MAX_TABLES) tables.delete(tables.keys().next().value as string);
  tables.set(key, table);
  return table;
}

/**
 * Rotation in plain operations.
 * @param x - [N, L, hd], one head each
 * @param sign - -1 rotates back, which is the gradient
 */
export function turn(x: tf.Tensor3D, sign: 1 | -1): tf.Tensor3D {
  const [, length, headSize] = x.shape;
  const shape: [number, number, number, number] = [1, length, headSize / 2, 2];
  const [cos, up] = tf.unstack(tf.tensor4d(rotaryTable(length, headSize), shape), 3) as [
    tf.Tensor,
    tf.Tensor,
  ];
  const sin = tf.mul(up, sign); // [1, L, hd/2]
  const [a, b] = tf.unstack(tf.reshape(x, [-1, length, headSize / 2, 2]), 3) as [tf.Tensor, tf.Tensor];
  const turned = tf.stack(
    [tf.sub(tf.mul(a, cos), tf.mul(b, sin)), tf.add(tf.mul(b, cos), tf.mul(a, sin))],
    3,
  );
  return tf.reshape(turned, x.shape);
}
