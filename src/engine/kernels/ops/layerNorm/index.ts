// Layer norm over the last axis (Ba, Kiros and Hinton 2016), forward and backward as one kernel each.
// Shapes: N rows, D columns.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { columnSum } from '../../plain/columnSum.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';

export interface LayerNormAttributes {
  epsilon: number;
  /** Also return x for a skip connection: its gradient is then added in the same kernel. */
  skip: boolean;
}

/** Inputs: x [N, D], scale [D], offset [D]. Outputs: y [N, D], mean [N, 1], 1 / sd [N, 1], and x if `skip`. */
export const layerNormKernel = defineKernel<LayerNormAttributes>({
  name: 'LayerNorm',
  savedOutputs: [false, true, true],
  reference([x, scale, offset], { epsilon, skip }) {
    const mean = tf.mean(x as tf.Tensor, -1, true);
    const centred = tf.sub(x as tf.Tensor, mean);
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    const y = tf.add(tf.mul(tf.mul(centred, inverse), scale as tf.Tensor), offset as tf.Tensor);
    return [y, mean, inverse, ...(skip ? [(x as tf.Tensor).clone()] : [])];
  },
  gradient: ([dy, , , dskip], [x, scale], [mean, inverse]) =>
    layerNormGradientKernel.run([dy, x, scale, mean, inverse, ...(dskip ? [dskip] : [])] as tf.Tensor[], {}),
});

/** Inputs: dy, x [N, D], scale [D], mean, 1 / sd [N, 1], and the gradient of the skip connection. Outputs: dx, dscale, doffset. */
export const layerNormGradientKernel = defineKernel<Record<string, never>>({
  name: 'LayerNormGradient',
  reference(inputs) {
    const [dy, x, scale, mean, inverse] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const dskip = inputs[5];
    const normed = tf.mul(tf.sub(x, mean), inverse);
    const dNormed = tf.mul(dy, scale);
    const meanGradient = tf.mean(dNormed, -1, true);
    const meanProduct = tf.mean(tf.mul(dNormed, normed), -1, true);
    const dx = tf.mul(tf.sub(tf.sub(dNormed, meanGradient), tf.mul(normed, meanProduct)), inverse);
    return [dskip ? tf.add(dx, dskip) : dx, columnSum(tf.mul(dy, normed)), columnSum(dy)];
  },
});

function normalise(
  x: tf.Tensor,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  attributes: LayerNormAttributes,
): tf.Tensor[] {
  const width = x.shape.at(-1) ?? 0;
  requireShape('layerNorm: scale', scale.shape, [width], 'One scale per entry of the last axis.');
  requireShape('layerNorm: offset', offset.shape, [width], 'One offset per entry of the last axis.');
  const [y, , , skipped] = layerNormKernel.run([tf.reshape(x, [-1, width]), scale, offset], attributes);
  return [y, ...(skipped ? [skipped] : [])].map((t) => tf.reshape(t as tf.Tensor, x.shape));
}

/**
 * @param x - [..., D]
 * @param scale - [D]
 * @param offset - [D]
 * @throws WorkbenchError (shape)
 */
export function layerNorm(x: tf.Tensor, scale: tf.Tensor1D, offset: tf.Tensor1D, epsilon = 1e-5): tf.Tensor {
  return normalise(x, scale, offset, { epsilon, skip: false })[0] as tf.Tensor;
}

/**
 * The same before a layer with a skip connection (He et al. 2016).
 * @returns y, and x for the skip connection: using that one saves adding two gradients
 */
export function layerNormSkip<T extends tf.Tensor>(
  x: T,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon = 1e-5,
): { y: T; skipped: T } {
  const [y, skipped] = normalise(x, scale, offset, { epsilon, skip: true });
  return { y: y as T, skipped: skipped as T };
}
