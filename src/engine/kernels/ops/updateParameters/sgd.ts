// One step of plain stochastic gradient descent.
import * as tf from '@tensorflow/tfjs-core';

export interface SgdOptions {
  learningRate: number;
  /** The clip factor; 1 leaves the gradient as it is. */
  gradientScale: number;
}

export function sgdUpdate(parameter: tf.Variable, gradient: tf.Tensor, options: SgdOptions): void {
  const { learningRate, gradientScale } = options;
  tf.tidy(() => parameter.assign(tf.sub(parameter, tf.mul(gradient, learningRate * gradientScale))));
}
