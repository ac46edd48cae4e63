// Products for some of the rows are tested within a layer of experts, in routeRows/cases.ts.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { OpTests } from '../../testing/opTests.ts';
import { routedLinear, routedLinearGradientKernel, routedLinearKernel } from './index.ts';

export const routedLinearTests: OpTests = {
  natives: {
    wasm: [routedLinearKernel, routedLinearGradientKernel],
    webgpu: [routedLinearKernel, routedLinearGradientKernel],
  },
  cases: [],
  tests() {
    it('refuses columns and routes of other experts', () => {
      const [x, weight, bias] = [tf.zeros([3, 4]), tf.zeros([6, 2]), tf.zeros([6])] as [
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor1D,
      ];
      const wide = tf.zeros([6, 3]) as tf.Tensor2D;
      const [routes, short] = [tf.zeros([2, 7]), tf.zeros([2, 5])] as [tf.Tensor2D, tf.Tensor2D];
      expect(() => routedLinear(x, wide, bias, routes)).toThrow(/routedLinear: x/);
      expect(() => routedLinear(x, weight, bias, short)).toThrow(/routedLinear: routes/);
      tf.dispose([x, weight, wide, bias, routes, short]);
    });
  },
};
