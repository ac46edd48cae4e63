// Two-dimensional products with a transposed operand. The fast path of tfjs on wasm serves plain products only, at
// about ten times the speed of transposed ones, so there the smaller operand is transposed explicitly first.
import * as tf from '@tensorflow/tfjs-core';

const explicit = () => tf.getBackend() === 'wasm';

/** a [m, k] x b [n, k]^T -> [m, n] */
export function matMulTransposedB(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  if (!explicit()) return tf.matMul(a, b, false, true);
  return tf.matMul(a, tf.transpose(b) as tf.Tensor2D);
}

/** a [k, m]^T x b [k, n] -> [m, n], whichever operand is cheaper to turn. */
export function matMulTransposedA(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  if (!explicit()) return tf.matMul(a, b, true, false);
  if (a.size <= b.size) return tf.matMul(tf.transpose(a) as tf.Tensor2D, b);
  return tf.transpose(tf.matMul(tf.transpose(b) as tf.Tensor2D, a)) as tf.Tensor2D;
}
