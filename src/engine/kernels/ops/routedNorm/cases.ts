// Test cases of batch norm for some of the rows; within a layer of experts it is in routeRows/cases.ts.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { setKernelMode } from '../../runtime/backendRuntime.ts';
import { normal, toTensor } from '../../testing/matrix.ts';
import type { OpTests } from '../../testing/opTests.ts';
import { topGates } from '../topGates/index.ts';
import { routedNorm, routedNormGradientKernel, routedNormKernel } from './index.ts';

export const routedNormTests: OpTests = {
  natives: {
    wasm: [routedNormKernel, routedNormGradientKernel],
    webgpu: [routedNormKernel, routedNormGradientKernel],
  },
  cases: [],
  tests() {
    it.each(['native', 'reference'] as const)(
      '%s: fewer than two rows leave running statistics alone',
      async (mode) => {
        setKernelMode(mode);
        // Experts 0, 1 and 2 get two rows, one row and none.
        const logits = tf.tensor2d([2, 1, 0, 2, 1, 0, 1, 2, 0], [3, 3]);
        const x = toTensor(normal([9, 2], 76)) as tf.Tensor2D;
        const [scale, offset] = [tf.ones([6]), tf.zeros([6])] as [tf.Tensor1D, tf.Tensor1D];
        const constant = (value: number, size: number) =>
          tf.tidy(() => tf.variable(tf.fill([size], value), false));
        const [mean, variance, batches] = [constant(5, 6), constant(7, 6), constant(0, 3)] as [
          tf.Variable,
          tf.Variable,
          tf.Variable,
        ];
        tf.tidy(() => {
          const gates = [{ experts: [0, 1, 2] }];
          const { routes } = topGates(logits, { gates, numExperts: 3, top: 1 });
          const running = { mean, variance, batches, momentum: 0.1 };
          routedNorm(x, scale, offset, routes, { epsilon: 1e-5, relu: false, running });
        });
        const values = await x.data();
        const [a, b] = [values[0] as number, values[2] as number];
        const [means, variances] = [await mean.data(), await variance.data()];
        expect(means[0]).toBeCloseTo(4.5 + (0.1 * (a + b)) / 2, 5);
        expect(variances[0]).toBeCloseTo(6.3 + (0.1 * (a - b) ** 2) / 2, 5);
        expect(Array.from(means.subarray(2))).toEqual([5, 5, 5, 5]);
        expect(Array.from(variances.subarray(2))).toEqual([7, 7, 7, 7]);
        expect(Array.from(await batches.data())).toEqual([1, 0, 0]);
        tf.dispose([logits, x, scale, offset, mean, variance, batches]);
      },
    );
  },
};
