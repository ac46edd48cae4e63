// Plain stochastic gradient descent.
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from '../kernels/runtime/updater.ts';

export const sgd: Optimizer<'rate'> = {
  id: 'sgd',
  label: 'SGD',
  decays: false,
  slots: [],
  step(parameter, gradient, _slots, { learningRate }, gradientScale) {
    tf.tidy(() => parameter.assign(tf.sub(parameter, tf.mul(gradient, learningRate * gradientScale))));
  },
  fast: {
    kernel: 'SGD',
    numbers: ({ learningRate }) => ({ rate: learningRate }),
    wgsl: ({ value, gradient, numbers }) => `${value} -= ${numbers.rate} * ${gradient};`,
  },
};
