// The first tokens of every row as matrices of their own, one per task tower. One kernel instead of a slice per task,
// whose gradients would each be padded to all tokens and added up.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../core/shapes.ts';
import { defineKernel } from './defineKernel.ts';

export interface TokenAttributes {
  /** Tokens taken. */
  count: number;
  /** Tokens there are. */
  length: number;
}

/** Inputs: tokens [B, L, e]. Outputs: `count` matrices [B, e]. */
const run = defineKernel<TokenAttributes>({
  name: 'TakeTokens',
  reference([tokens], { count }) {
    const [rows, , width] = tokens.shape as [number, number, number];
    return Array.from({ length: count }, (_, i) =>
      tf.reshape(tf.slice(tokens as tf.Tensor3D, [0, i, 0], [rows, 1, width]), [rows, width]),
    );
  },
  gradient: (dys, _inputs, _outputs, attributes) => backward(dys, attributes),
});

/** Inputs: dy [B, e] of each token taken. Outputs: [B, L, e], zero for the other tokens. */
const backward = defineKernel<TokenAttributes>({
  name: 'TakeTokensGradient',
  reference(dys, { count, length }) {
    const taken = tf.stack([...dys], 1) as tf.Tensor3D;
    return [
      tf.pad3d(taken, [
        [0, 0],
        [0, length - count],
        [0, 0],
      ]),
    ];
  },
});

/**
 * @param tokens - [B, L, e]
 * @param count - at most L
 * @returns token 0 to count - 1, [B, e] each
 * @throws WorkbenchError (shape)
 */
export function takeTokens(tokens: tf.Tensor3D, count: number): tf.Tensor2D[] {
  const length = tokens.shape[1];
  if (count > length) requireShape('takeTokens: tokens', tokens.shape, [-1, count, -1], 'Take fewer tokens.');
  return run([tokens], { count, length }) as tf.Tensor2D[];
}
