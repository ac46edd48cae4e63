// Test cases of groups of columns.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { normal } from '../../testing/matrix.ts';
import type { KernelCase, OpTests } from '../../testing/opTests.ts';
import { takeSlots, takeSlotsGradientKernel, takeSlotsKernel } from './index.ts';

function takeSlotsCase(name: string, shape: [number, number], slots: number[], total: number): KernelCase {
  const [rows, columns] = shape;
  const width = columns / total;
  return {
    name: `takeSlots: ${name}`,
    small: true,
    inputs: [normal(shape, 19)],
    differentiable: 1,
    run: ([x]) => takeSlots(x as tf.Tensor2D, slots, total),
    exact: ([x]) =>
      Float64Array.from({ length: rows * slots.length * width }, (_, i) => {
        const [row, column] = [Math.floor(i / (slots.length * width)), i % (slots.length * width)];
        const slot = slots[Math.floor(column / width)] as number;
        return x.data[row * columns + slot * width + (column % width)] as number;
      }),
  };
}

export const takeSlotsTests: OpTests = {
  natives: {
    wasm: [takeSlotsKernel, takeSlotsGradientKernel],
    webgpu: [takeSlotsKernel, takeSlotsGradientKernel],
  },
  cases: [
    takeSlotsCase('the first', [3, 15], [0, 1], 5),
    takeSlotsCase('all', [2, 12], [0, 1, 2], 3),
    takeSlotsCase('twice and out of order', [3, 12], [3, 0, 3, 1], 4),
    takeSlotsCase('one group, thrice', [3, 2], [0, 0, 0], 1),
    takeSlotsCase('one column each', [2, 3], [2, 2, 0], 3),
  ],
  tests() {
    it('refuses groups that are not there', () => {
      const x = tf.zeros([2, 6]) as tf.Tensor2D;
      expect(() => takeSlots(x, [3], 3)).toThrow(/slots/);
      expect(() => takeSlots(x, [0], 4)).toThrow(/groups/);
      x.dispose();
    });
  },
};
