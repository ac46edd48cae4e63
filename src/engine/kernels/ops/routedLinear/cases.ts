// Products for some of the rows are tested within a layer of experts, in routeRows/cases.ts.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { setKernelMode } from '../../runtime/backendRuntime.ts';
import { normal, toTensor } from '../../testing/matrix.ts';
import type { OpTests } from '../../testing/opTests.ts';
import { routedLinear, routedLinearGradientKernel, routedLinearKernel } from './index.ts';

export const routedLinearTests: OpTests = {
  natives: {
    wasm: [routedLinearKernel, routedLinearGradientKernel],
    webgpu: [routedLinearKernel, routedLinearGradientKernel],
  },
  cases: [],
  tests() {
    it('refuses rows, weights and biases of other experts', () => {
      // Two experts, three rows, two inputs and three outputs of each.
      const [weight, bias, routes] = [tf.zeros([6, 2]), tf.zeros([6]), tf.zeros([2, 7])] as [
        tf.Tensor2D,
        tf.Tensor1D,
        tf.Tensor2D,
      ];
      const [x, long, odd] = [tf.zeros([6, 2]), tf.zeros([7, 2]), tf.zeros([5, 2])] as [
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor2D,
      ];
      const short = tf.zeros([5]) as tf.Tensor1D;
      expect(() => routedLinear(long, weight, bias, routes)).toThrow(/routedLinear: x/);
      expect(() => routedLinear(x, odd, bias, routes)).toThrow(/routedLinear: weight/);
      expect(() => routedLinear(x, weight, short, routes)).toThrow(/routedLinear: bias/);
      tf.dispose([x, long, odd, weight, bias, short, routes]);
    });

    it.each(['native', 'reference'] as const)(
      '%s: an expert without rows has a gradient of 0, and constant inputs have none',
      async (mode) => {
        setKernelMode(mode);
        // Two rows, which expert 0 of two gets in this order.
        const routes = tf.tensor2d([
          [2, 0, 1, 0, 1],
          [0, 0, 1, -1, -1],
        ]);
        const [x, weight] = [normal([4, 3], 77), normal([4, 3], 78)].map(toTensor) as [
          tf.Tensor2D,
          tf.Tensor2D,
        ];
        const dy = tf.ones([4, 2]);
        const gradients = routedLinearGradientKernel.run([dy, x, weight, routes], { constantInputs: true });
        expect(gradients).toHaveLength(1);
        const [values, slopes] = [await x.data(), await (gradients[0] as tf.Tensor).data()];
        const sums = [0, 1, 2].map((i) => (values[i] as number) + (values[3 + i] as number));
        for (const [i, slope] of slopes.entries())
          expect(slope).toBeCloseTo(i < 6 ? (sums[i % 3] as number) : 0, 5);
        tf.dispose([routes, x, weight, dy, gradients]);
      },
    );
  },
};
