// Inner products of the tasks' gradients of one parameter, over those of its values that tasks share.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';

/** Consecutive values of the parameter. */
export interface ValueRun {
  start: number;
  size: number;
}

export interface ProductsAttributes {
  /** They do not overlap. */
  runs: readonly ValueRun[];
}

export const gradientProductsKernel = defineKernel<ProductsAttributes>({
  name: 'GradientProducts',
  reference: (gradients, { runs }) => {
    const rows = gradients.map((g) => {
      const flat = tf.reshape(g, [-1]);
      const pieces = runs.map(({ start, size }) => (size === flat.size ? flat : tf.slice(flat, start, size)));
      return pieces.length === 1 ? (pieces[0] as tf.Tensor) : tf.concat(pieces);
    });
    const all = tf.stack(rows) as tf.Tensor2D; // [T, values of all runs]
    return [tf.matMul(all, all, false, true)];
  },
});

/**
 * @param gradients - of the T tasks, of one shape
 * @param runs - the values that count
 * @returns [T, T]
 * @throws WorkbenchError (shape)
 */
export function gradientProducts(gradients: readonly tf.Tensor[], runs: readonly ValueRun[]): tf.Tensor2D {
  const shape = gradients[0]?.shape ?? [];
  gradients.forEach((g, i) => {
    requireShape(`gradientProducts: gradient ${i}`, shape, g.shape, 'The gradients are of one parameter.');
  });
  return gradientProductsKernel.run(gradients, { runs })[0] as tf.Tensor2D;
}
