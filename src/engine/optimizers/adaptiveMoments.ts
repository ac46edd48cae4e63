// Steps by running moments of the gradient, as in Adam and AdamW (Kingma and Ba 2015, Algorithm 1; Loshchilov and Hutter 2019,
// Algorithm 2; form and constants of golden/README).
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from '../kernels/runtime/updater.ts';

type Numbers = 'beta1' | 'beta2' | 'rest1' | 'rest2' | 'epsilon' | 'decay' | 'rate' | 'correction2';

type Described = Pick<Optimizer, 'id' | 'label' | 'summary' | 'source' | 'decays'>;

export const adaptiveMoments = (described: Described): Optimizer<Numbers> => {
  /** The factor that weight decay leaves of a parameter. */
  const left = (learningRate: number, weightDecay: number) =>
    1 - learningRate * (described.decays ? weightDecay : 0);
  return {
    ...described,
    slots: ['first-moment', 'second-moment'],
    step(parameter, gradient, [m, v], { step, learningRate, rule }, gradientScale) {
      const { beta1, beta2, epsilon, weightDecay } = rule;
      tf.tidy(() => {
        const g = gradientScale === 1 ? gradient : tf.mul(gradient, gradientScale);
        m.assign(tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1)));
        v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2)));
        const mHat = tf.div(m, 1 - beta1 ** step);
        const vHat = tf.div(v, 1 - beta2 ** step);
        const decayed = tf.mul(parameter, left(learningRate, weightDecay));
        parameter.assign(tf.sub(decayed, tf.mul(tf.div(mHat, tf.add(tf.sqrt(vHat), epsilon)), learningRate)));
      });
    },
    fast: {
      kernel: 'AdamW',
      numbers: ({ step, learningRate, rule: { beta1, beta2, epsilon, weightDecay } }) => ({
        beta1,
        beta2,
        rest1: 1 - beta1,
        rest2: 1 - beta2,
        epsilon,
        decay: left(learningRate, weightDecay),
        rate: learningRate / (1 - beta1 ** step),
        correction2: 1 / (1 - beta2 ** step),
      }),
      wgsl: ({ value, gradient: g, slots: [m, v], numbers: n }) => `
        let first = ${m} * ${n.beta1} + ${g} * ${n.rest1};
        let second = ${v} * ${n.beta2} + ${g} * ${g} * ${n.rest2};
        ${m} = first;
        ${v} = second;
        ${value} = ${value} * ${n.decay} - ${n.rate} * first / (sqrt(second * ${n.correction2}) + ${n.epsilon});`,
      wasm: (simd, { slots: [first, second], ...places }, numbers) =>
        void simd.adamw({ ...places, ...numbers, first, second }),
    },
  };
};
