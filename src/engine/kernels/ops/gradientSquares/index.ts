// The sums of squares of all gradients in one small tensor, so that norms and non-finite values cost one readback. A gradient
// that belongs to several networks gives one sum per network.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';

export interface SquaresAttributes {
  /** Per gradient the sizes of its slices, in order; they add up to its size. */
  slices: readonly (readonly number[])[];
}

export const gradientSquaresKernel = defineKernel<SquaresAttributes>({
  name: 'GradientSquares',
  reference: (gradients, { slices }) => [
    tf.stack(
      gradients.flatMap((g, i) => {
        const sizes = slices[i] as readonly number[];
        const squares = tf.reshape(tf.square(g), [-1]);
        return (sizes.length === 1 ? [squares] : tf.split(squares, [...sizes])).map((s) => tf.sum(s));
      }),
    ),
  ],
});

/**
 * @param slices - per gradient the sizes of its slices; default: one slice each
 * @returns one sum per slice, gradient after gradient
 * @throws WorkbenchError (shape)
 */
export function gradientSquares(
  gradients: readonly tf.Tensor[],
  slices: SquaresAttributes['slices'] = gradients.map((g) => [g.size]),
): tf.Tensor1D {
  gradients.forEach((g, i) => {
    const total = (slices[i] ?? []).reduce((a, b) => a + b, 0);
    requireShape(`gradientSquares: slices ${i}`, [total], [g.size], 'The slices must cover the gradient.');
  });
  return gradientSquaresKernel.run(gradients, { slices })[0] as tf.Tensor1D;
}
