// Products of experts that get only some of the rows, at the top of their columns (see ../routeRows). Values below are neither
// computed nor read: the work is proportional to an expert's rows. A batch norm follows and cancels the bias, so its gradient
// is 0.
// Shapes: N rows, E experts, `in` inputs and `out` outputs of each.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';
import { occupied } from '../routeRows/index.ts';

type None = Record<string, never>;

/** [N, E * width] -> [E, N, width] */
function byExpert(x: tf.Tensor, experts: number): tf.Tensor3D {
  const [rows, columns] = x.shape as [number, number];
  return tf.transpose(tf.reshape(x, [rows, experts, columns / experts]), [1, 0, 2]) as tf.Tensor3D;
}

/** The inverse. */
const sideBySide = (x: tf.Tensor): tf.Tensor2D =>
  tf.reshape(tf.transpose(x, [1, 0, 2]), [x.shape[1] as number, -1]);

/** [E, N, 1] */
const openRows = (routes: tf.Tensor) => tf.expandDims(tf.transpose(occupied(routes)), 2);

/** Inputs: x [N, E * in], weight [E * out, in], bias [E * out], routes [E, 1 + 2N]. Outputs: [N, E * out]. */
export const routedLinearKernel = defineKernel<None>({
  name: 'RoutedLinear',
  reference([x, weight, bias, routes]) {
    const experts = (routes as tf.Tensor).shape[0] as number;
    const inputs = (weight as tf.Tensor).shape[1] as number;
    const stacked = tf.reshape(weight as tf.Tensor, [experts, -1, inputs]) as tf.Tensor3D;
    const z = tf.matMul(byExpert(x as tf.Tensor, experts), stacked, false, true);
    const shifted = tf.add(z, tf.reshape(bias as tf.Tensor, [experts, 1, -1]));
    return [sideBySide(tf.mul(shifted, openRows(routes as tf.Tensor)))];
  },
  gradient: ([dy], [x, weight, bias, routes]) => {
    const [dx, dw] = routedLinearGradientKernel.run([dy, x, weight, routes] as tf.Tensor[], {});
    return [dx as tf.Tensor, dw as tf.Tensor, tf.zerosLike(bias as tf.Tensor), null];
  },
});

/** Inputs: dy, x, weight, routes. Outputs: dx, dweight. */
export const routedLinearGradientKernel = defineKernel<None>({
  name: 'RoutedLinearGradient',
  reference([dy, x, weight, routes]) {
    const experts = (routes as tf.Tensor).shape[0] as number;
    const { shape } = weight as tf.Tensor;
    const stacked = tf.reshape(weight as tf.Tensor, [experts, -1, shape[1] as number]) as tf.Tensor3D;
    const dz = tf.mul(byExpert(dy as tf.Tensor, experts), openRows(routes as tf.Tensor)) as tf.Tensor3D;
    const dw = tf.matMul(dz, byExpert(x as tf.Tensor, experts), true, false);
    return [sideBySide(tf.matMul(dz, stacked)), tf.reshape(dw, shape)];
  },
});

/**
 * @param x - [N, E * in]
 * @param weight - [E * out, in]
 * @param routes - of `topGates`
 * @returns [N, E * out]; values below an expert's rows are undefined
 * @throws WorkbenchError (shape)
 */
export function routedLinear(
  x: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D,
  routes: tf.Tensor2D,
): tf.Tensor2D {
  const [experts] = routes.shape;
  const [rows] = x.shape;
  requireShape(
    'routedLinear: x',
    x.shape,
    [rows, experts * weight.shape[1]],
    'Each expert has columns of its own.',
  );
  requireShape('routedLinear: routes', routes.shape, [experts, 1 + 2 * rows], 'See topGates.');
  return routedLinearKernel.run([x, weight, bias, routes], {})[0] as tf.Tensor2D;
}
