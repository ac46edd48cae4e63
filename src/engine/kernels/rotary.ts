// Rotary positions (Su et al. 2021, Eq. 34) on the query and key parts of packed projections: neighbouring dimensions
// (2j, 2j+1) of each head turn by position * 10000^(-2j / hd).
import * as tf from '@tensorflow/tfjs-core';
import { WorkbenchError } from '../core/errors.ts';
import { defineKernel } from './defineKernel.ts';

export interface RotaryAttributes {
  heads: number;
  sign: 1 | -1;
}

/** Inputs: qkv [G, L, 3D]. `sign` -1 turns back, which is the gradient. */
const run: (inputs: readonly tf.Tensor[], attributes: RotaryAttributes) => tf.Tensor[] = defineKernel({
  name: 'Rotary',
  reference([qkv], { heads, sign }: RotaryAttributes) {
    const x = qkv as tf.Tensor3D;
    const [groups, length, packed] = x.shape;
    const width = packed / 3;
    const { cos, sin } = angles(length, width / heads, sign);
    const qk = tf.reshape(tf.slice(x, [0, 0, 0], [groups, length, 2 * width]), [
      groups,
      length,
      2 * heads,
      -1,
      2,
    ]);
    const [a, b] = tf.unstack(qk, 4) as [tf.Tensor, tf.Tensor]; // [G, L, 2H, hd/2]
    const turned = tf.stack(
      [tf.sub(tf.mul(a, cos), tf.mul(b, sin)), tf.add(tf.mul(b, cos), tf.mul(a, sin))],
      4,
    );
    const v = tf.slice(x, [0, 0, 2 * width], [groups, length, width]);
    return [tf.concat([tf.reshape(turned, [groups, length, 2 * width]), v], 2)];
  },
  gradient: ([dy], _inputs, _outputs, { heads, sign }) =>
    run([dy as tf.Tensor], { heads, sign: sign === 1 ? -1 : 1 }),
});

/** [1, L, 1, hd/2] each */
function angles(length: number, headSize: number, sign: number): { cos: tf.Tensor4D; sin: tf.Tensor4D } {
  const { cos, sin } = rotaryTable(length, headSize);
  const shape: [number, number, number, number] = [1, length, 1, headSize / 2];
  return { cos: tf.tensor4d(cos, shape), sin: tf.mul(tf.tensor4d(sin, shape), sign) };
}

export interface RotaryTable {
  /** Cosine and sine of the angles, [L, hd/2] each. */
  cos: Float32Array;
  sin: Float32Array;
}

const tables = new Map<string, RotaryTable>();
/** Training, evaluation, and the last batch of each have their lengths; more are not needed at a time. */
const MAX_TABLES = 8;

/** The angles' cosines and sines, kept because every step needs the same. Not to be written to. */
export function rotaryTable(length: number, headSize: number): RotaryTable {
  const key = `${length}/${headSize}`;
  const known = tables.get(key);
  if (known) return known;
  const half = headSize / 2;
  const table = { cos: new Float32Array(length * half), sin: new Float32Array(length * half) };
  for (let j = 0; j < half; j++) {
    const frequency = 10000 ** ((-2 * j) / headSize);
    for (let position = 0; position < length; position++) {
      table.cos[position * half + j] = Math.cos(position * frequency);
      table.sin[position * half + j] = Math.sin(position * frequency);
    }
  }
  if (tables.size >= MAX_TABLES) tables.delete(tables.keys().next().value as string);
  tables.set(key, table);
  return table;
}

/**
 * @param qkv - [G, L, 3D]; the position is the index along L
 * @throws WorkbenchError (shape) when the head size is odd
 */
export function rotary(qkv: tf.Tensor3D, heads: number): tf.Tensor3D {
  const headSize = qkv.shape[2] / 3 / heads;
  if (headSize % 2 !== 0) {
    throw WorkbenchError.of('shape', {
      path: 'rotary: qkv',
      expected: 'an even head size',
      got: String(headSize),
      remedy: 'Change the width or the number of heads.',
    });
  }
  return run([qkv], { heads, sign: 1 })[0] as tf.Tensor3D;
}
