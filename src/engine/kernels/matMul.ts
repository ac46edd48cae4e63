// Two-dimensional products with a transposed operand. The fast path of tfjs on wasm serves plain products only, at
// about ten times the speed of transposed ones, so there the smaller operand is turned explicitly first.
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel } from './defineKernel.ts';

const explicit = () => tf.getBackend() === 'wasm';

const transposeKernel = defineKernel<Record<string, never>>({
  name: 'Transpose',
  reference: ([x]) => [tf.transpose(x as tf.Tensor)],
});

/** [m, n] -> [n, m] */
const turned = (x: tf.Tensor2D) => transposeKernel([x], {})[0] as tf.Tensor2D;

/** a [m, k] x b [n, k]^T -> [m, n] */
export function matMulTransposedB(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return explicit() ? tf.matMul(a, turned(b)) : tf.matMul(a, b, false, true);
}

/** a [k, m]^T x b [k, n] -> [m, n], whichever operand is cheaper to turn. */
export function matMulTransposedA(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  if (!explicit()) return tf.matMul(a, b, true, false);
  return a.size <= b.size ? tf.matMul(turned(a), b) : turned(tf.matMul(turned(b), a));
}
