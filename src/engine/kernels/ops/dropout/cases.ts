// Test cases of dropout.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { normal, toTensor, valuesOf } from '../../testing/matrix.ts';
import type { OpTests } from '../../testing/opTests.ts';
import { dropout, dropoutKernel, dropoutMask } from './index.ts';

export const dropoutTests: OpTests = {
  natives: { wasm: [dropoutKernel], webgpu: [dropoutKernel] },
  cases: [],
  tests() {
    it('drops the same entries on every backend, in both directions', async () => {
      const x = toTensor(normal([37, 11], 26));
      const mask = dropoutMask(x.size, 0.3, [5, 7, 2]);
      const input = await x.data();
      const expected = Array.from(mask, (keep, i) => Math.fround((input[i] as number) * keep));
      expect(Array.from(await valuesOf(() => dropout(x, 0.3, [5, 7, 2])), (v) => v + 0)).toEqual(
        expected.map((v) => v + 0),
      );
      const slope = await valuesOf(() => tf.grad((v) => tf.sum(dropout(v, 0.3, [5, 7, 2])))(x));
      expect(Array.from(slope)).toEqual(Array.from(mask));
      x.dispose();
      const dropped = mask.filter((m) => m === 0).length / mask.length;
      expect(Math.abs(dropped - 0.3)).toBeLessThan(0.06);
      expect(dropoutMask(407, 0.3, [5, 8, 2])).not.toEqual(mask);
    });

    it('at rate 0 is its input', () => {
      const x = tf.ones([3]);
      expect(dropout(x, 0, [1, 1, 1])).toBe(x);
      x.dispose();
    });
  },
};
