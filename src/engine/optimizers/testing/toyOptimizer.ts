// An optimizer as a third party would add it: gradient descent with momentum (Polyak 1964).
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from '../../kernels/runtime/updater.ts';

const MOMENTUM = 0.5;

export const toyOptimizer: Optimizer = {
  id: 'toy',
  label: 'Toy',
  decays: false,
  slots: ['velocity'],
  step(parameter, gradient, [velocity], { learningRate }, gradientScale) {
    tf.tidy(() => {
      velocity.assign(tf.add(tf.mul(velocity, MOMENTUM), tf.mul(gradient, gradientScale)));
      parameter.assign(tf.sub(parameter, tf.mul(velocity, learningRate)));
    });
  },
};
