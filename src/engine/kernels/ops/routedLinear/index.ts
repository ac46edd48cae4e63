// Products of experts that get only some of the rows, at the top of their blocks (see ../routeRows). Values below are neither
// computed nor read: the work is proportional to an expert's rows. A batch norm follows and cancels the bias, so its gradient
// is 0.
// Shapes: N rows, E experts, `in` inputs and `out` outputs of each.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';
import { byExpert, occupied, stacked } from '../routeRows/index.ts';

export interface RoutedLinearAttributes {
  /** Nothing is trained through the inputs, so their gradient is not computed. */
  constantInputs: boolean;
}

/** [E, N, 1] */
const openRows = (routes: tf.Tensor) => tf.expandDims(occupied(routes), 2);

/** [E * out, in] -> [E, out, in] */
const perExpert = (weight: tf.Tensor, routes: tf.Tensor): tf.Tensor3D =>
  tf.reshape(weight, [routes.shape[0] as number, -1, weight.shape[1] as number]);

/** Inputs: x [E * N, in], weight [E * out, in], bias [E * out], routes [E, 1 + 2N]. Outputs: [E * N, out]. */
export const routedLinearKernel = defineKernel<RoutedLinearAttributes>({
  name: 'RoutedLinear',
  reference(given) {
    const [x, weight, bias, routes] = given as tf.Tensor[] as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const z = tf.matMul(byExpert(x, routes), perExpert(weight, routes), false, true);
    const shifted = tf.add(z, tf.reshape(bias, [routes.shape[0] as number, 1, -1]));
    return [stacked(tf.mul(shifted, openRows(routes)))];
  },
  gradient: ([dy], [x, weight, bias, routes], _outputs, attributes) => {
    const inputs = [dy, x, weight, routes] as tf.Tensor[];
    const [dweight, dx] = routedLinearGradientKernel.run(inputs, attributes);
    return [dx ?? null, dweight as tf.Tensor, tf.zerosLike(bias as tf.Tensor), null];
  },
});

/** Inputs: dy, x, weight, routes. Outputs: dweight, and dx unless the inputs are constant. */
export const routedLinearGradientKernel = defineKernel<RoutedLinearAttributes>({
  name: 'RoutedLinearGradient',
  reference(given, { constantInputs }) {
    const [dy, x, weight, routes] = given as tf.Tensor[] as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const dz = tf.mul(byExpert(dy, routes), openRows(routes)) as tf.Tensor3D;
    const dweight = tf.reshape(tf.matMul(dz, byExpert(x, routes), true, false), weight.shape);
    return constantInputs ? [dweight] : [dweight, stacked(tf.matMul(dz, perExpert(weight, routes)))];
  },
});

/**
 * @param x - [E * N, in], the rows of each expert at the top of its block
 * @param weight - [E * out, in]
 * @param bias - [E * out]
 * @param routes - of `topGates`, [E, 1 + 2N]
 * @param attributes - with constant inputs x must not depend on anything that is trained
 * @returns [E * N, out]; values below an expert's rows are undefined
 * @throws WorkbenchError (shape)
 */
export function routedLinear(
  x: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D,
  routes: tf.Tensor2D,
  attributes: RoutedLinearAttributes = { constantInputs: false },
): tf.Tensor2D {
  const [experts, columns] = routes.shape;
  const rows = (columns - 1) / 2;
  requireShape('routedLinear: x', x.shape, [experts * rows, weight.shape[1]], 'A block of rows per expert.');
  requireShape('routedLinear: weight', [weight.shape[0] % experts], [0], 'All experts are equally wide.');
  requireShape('routedLinear: bias', bias.shape, [weight.shape[0]], 'One entry per output.');
  return routedLinearKernel.run([x, weight, bias, routes], attributes)[0] as tf.Tensor2D;
}
