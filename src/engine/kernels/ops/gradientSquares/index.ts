// The sums of squares of all gradients in one small tensor, so that norms and non-finite values cost one readback. A
// gradient that belongs to several networks gives one sum per network.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';

export interface SquaresAttributes {
  /** Per gradient the sizes of its stretches, in order; they add up to its size. */
  stretches: readonly (readonly number[])[];
}

export const gradientSquaresKernel = defineKernel<SquaresAttributes>({
  name: 'GradientSquares',
  reference: (gradients, { stretches }) => [
    tf.stack(
      gradients.flatMap((g, i) => {
        const sizes = stretches[i] as readonly number[];
        const squares = tf.reshape(tf.square(g), [-1]);
        return (sizes.length === 1 ? [squares] : tf.split(squares, [...sizes])).map((s) => tf.sum(s));
      }),
    ),
  ],
});

/**
 * @param stretches - per gradient the sizes of its stretches; one stretch each when left out
 * @returns one sum per stretch, gradient after gradient
 * @throws WorkbenchError (shape)
 */
export function gradientSquares(
  gradients: readonly tf.Tensor[],
  stretches: SquaresAttributes['stretches'] = gradients.map((g) => [g.size]),
): tf.Tensor1D {
  gradients.forEach((g, i) => {
    const total = (stretches[i] ?? []).reduce((a, b) => a + b, 0);
    requireShape(
      `gradientSquares: stretches ${i}`,
      [total],
      [g.size],
      'The stretches must cover the gradient.',
    );
  });
  return gradientSquaresKernel.run(gradients, { stretches })[0] as tf.Tensor1D;
}
