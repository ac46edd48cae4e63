// Bias and activation in one pass, and the derivative in another.
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel } from './defineKernel.ts';

export type Activation = 'none' | 'relu' | 'gelu';

const SQRT_HALF = Math.SQRT1_2;
const INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

/** x * Phi(x) with the exact normal distribution function (Hendrycks and Gimpel 2016). */
export function geluReference<T extends tf.Tensor>(x: T): T {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, SQRT_HALF)), 1)) as T;
}

/** Phi(x) + x * phi(x) */
function geluDerivative(x: tf.Tensor): tf.Tensor {
  const cdf = tf.mul(tf.add(tf.erf(tf.mul(x, SQRT_HALF)), 1), 0.5);
  const pdf = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), INVERSE_SQRT_2PI);
  return tf.add(cdf, tf.mul(x, pdf));
}

/** Outputs: activation(x + bias), and x + bias when the derivative needs it (GELU). */
export const biasActivation = defineKernel<{ activation: Activation }>({
  name: 'BiasActivation',
  reference([x, bias], { activation }) {
    const z = tf.add(x as tf.Tensor, bias as tf.Tensor);
    if (activation === 'gelu') return [geluReference(z), z];
    return [activation === 'relu' ? tf.relu(z) : z];
  },
});

/**
 * dy * activation'(.), for `relu` from the output y, for `gelu` from the input z.
 * Inputs: dy, and y or z.
 */
export const activationGradient = defineKernel<{ activation: Activation }>({
  name: 'ActivationGradient',
  reference([dy, value], { activation }) {
    const v = value as tf.Tensor;
    const derivative = activation === 'gelu' ? geluDerivative(v) : tf.step(v);
    return [tf.mul(dy as tf.Tensor, derivative)];
  },
});
