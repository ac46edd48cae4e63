// y = activation(x W^T + b) as one kernel, and its gradient as another: product, bias and activation belong together,
// and no product needs a transposed operand where that is slow.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../core/shapes.ts';
import { columnSum } from './columnSum.ts';
import { defineKernel, getKernelMode } from './defineKernel.ts';
import { matMulTransposedA, matMulTransposedB } from './matMul.ts';

export type Activation = 'none' | 'relu' | 'gelu';

export interface LinearAttributes {
  activation: Activation;
}

const INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

/** Phi(x), the distribution function of the standard normal. */
const normalCdf = (x: tf.Tensor) => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);

/** x * Phi(x) (Hendrycks and Gimpel 2016). */
const gelu = (x: tf.Tensor) => tf.mul(x, normalCdf(x)) as tf.Tensor2D;

/** Phi(x) + x * phi(x) */
function geluDerivative(x: tf.Tensor): tf.Tensor {
  const pdf = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), INVERSE_SQRT_2PI);
  return tf.add(normalCdf(x), tf.mul(x, pdf));
}

/**
 * Inputs: x [N, in], weight [out, in], bias [out]. Outputs: y [N, out], and what the gradient on the same backend
 * computes the derivative from: y again for ReLU, x W^T + b (or the derivative itself) for GELU, [0] for none.
 */
const run = defineKernel<LinearAttributes>({
  name: 'Linear',
  savedOutputs: [false, true],
  reference([x, weight, bias], { activation }) {
    const z = tf.add(matMulTransposedB(x as tf.Tensor2D, weight as tf.Tensor2D), bias as tf.Tensor);
    if (activation === 'none') return [z, tf.zeros([0])];
    if (activation === 'gelu') return [gelu(z), z];
    const y = tf.relu(z);
    return [y, y.clone()];
  },
  gradient: ([dy], [x, weight], [saved], attributes) =>
    backward([dy, saved, x, weight] as tf.Tensor[], attributes),
});

/** Inputs: dy, saved, x, weight. Outputs: dx [N, in], dweight [out, in], dbias [out]. */
const backward = defineKernel<LinearAttributes>({
  name: 'LinearGradient',
  reference([dy, saved, x, weight], { activation }) {
    const derivative = activation === 'gelu' ? geluDerivative : tf.step;
    const dz = (
      activation === 'none' ? dy : tf.mul(dy as tf.Tensor, derivative(saved as tf.Tensor))
    ) as tf.Tensor2D;
    const dx = tf.matMul(dz, weight as tf.Tensor2D);
    return [dx, matMulTransposedA(dz, x as tf.Tensor2D), columnSum(dz)];
  },
});

/** What a user of plain tfjs writes; differentiated by tfjs itself. */
function stock(
  x: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  activation: Activation,
): tf.Tensor2D {
  const product = tf.matMul(x, weight, false, true);
  const z = bias ? tf.add(product, bias) : product;
  if (activation === 'gelu') return gelu(z);
  return (activation === 'relu' ? tf.relu(z) : z) as tf.Tensor2D;
}

/**
 * @param x - [..., in]
 * @param weight - [out, in], the layout of PyTorch
 * @param bias - [out], or null
 * @param activation - GELU is the exact erf form
 * @returns [..., out]
 * @throws WorkbenchError (shape)
 */
export function linear(
  x: tf.Tensor,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  activation: Activation,
): tf.Tensor {
  const [outputs, inputs] = weight.shape;
  requireShape(
    'linear: x',
    [x.shape.at(-1) ?? 0],
    [inputs],
    'The last axis of x must match the weight [out, in].',
  );
  if (bias) requireShape('linear: bias', bias.shape, [outputs], 'The bias must have one entry per output.');
  const flat = tf.reshape(x, [-1, inputs]) as tf.Tensor2D;
  const y =
    getKernelMode() === 'stock'
      ? stock(flat, weight, bias, activation)
      : (run([flat, weight, bias ?? tf.zeros([outputs])], { activation })[0] as tf.Tensor2D);
  return tf.reshape(y, [...x.shape.slice(0, -1), outputs]);
}
