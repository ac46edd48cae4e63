// Test cases of rows out of a table.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { setKernelMode } from '../../runtime/backendRuntime.ts';
import { largest } from '../../testing/matrix.ts';
import type { OpTests } from '../../testing/opTests.ts';
import { takeRows, takeRowsKernel } from './index.ts';

export const takeRowsTests: OpTests = {
  natives: { webgpu: [takeRowsKernel] },
  cases: [],
  tests() {
    const [tasks, rows, columns] = [2, 131, 3];
    const cell = (row: number, column: number) => Math.fround(row + column / 7);
    const numbers = Int32Array.from({ length: rows }, (_, i) => (37 * i + 5) % rows);

    it.each([
      ['all columns', true, true, 70, 13],
      ['no categories, one row, the last', false, true, 1, rows - 1],
      ['no numbers', true, false, rows, 0],
      ['targets alone', false, false, 2, 3],
    ] as const)('copies bit by bit: %s', async (_name, categorical, numeric, taken, first) => {
      const order = tf.tensor1d(numbers, 'int32');
      // The smallest denormal, which a shader may flush.
      const value = (row: number, column: number) => (row === 5 ? 1e-45 : cell(row, column));
      const fill = (count: number, width: number, at: (i: number) => number) =>
        Float32Array.from({ length: count * width }, (_, i) => at(i));
      const table = {
        order,
        targets: tf.tensor2d(
          fill(tasks, rows, (i) => value(i % rows, Math.floor(i / rows))),
          [tasks, rows],
        ),
        categorical: tf.tensor2d(
          Int32Array.from({ length: categorical ? rows * 2 : 0 }, (_, i) => 10 * Math.floor(i / 2) + (i % 2)),
          [rows, categorical ? 2 : 0],
          'int32',
        ),
        numeric: tf.tensor2d(
          fill(rows, numeric ? columns : 0, (i) => value(Math.floor(i / columns), i % columns)),
          [rows, numeric ? columns : 0],
        ),
      };
      for (const mode of ['native', 'reference'] as const) {
        setKernelMode(mode);
        const got = takeRows(table, taken, first);
        setKernelMode('native');
        const own = [...numbers.subarray(first, first + taken)];
        expect(got.categorical.dtype).toBe('int32');
        expect([got.targets.shape, got.categorical.shape, got.numeric.shape]).toEqual([
          [tasks, taken],
          [taken, categorical ? 2 : 0],
          [taken, numeric ? columns : 0],
        ]);
        const same = async (t: tf.Tensor, values: number[]) => {
          const [data, expected] = [await t.data<'float32'>(), Float32Array.from(values)];
          if (mode === 'native')
            expect(new Uint32Array(data.slice().buffer)).toEqual(new Uint32Array(expected.buffer));
          else expect(largest(data.map((v, i) => v - (expected[i] as number)))).toBeLessThan(1e-44);
        };
        await same(
          got.targets,
          [0, 1].flatMap((task) => own.map((row) => value(row, task))),
        );
        await same(got.numeric, numeric ? own.flatMap((row) => [0, 1, 2].map((c) => value(row, c))) : []);
        expect(Array.from(await got.categorical.data())).toEqual(
          categorical ? own.flatMap((row) => [10 * row, 10 * row + 1]) : [],
        );
        tf.dispose([got.targets, got.categorical, got.numeric]);
      }
      tf.dispose([table.order, table.targets, table.categorical, table.numeric]);
    });

    it('refuses columns of other tables and batches beyond the order', () => {
      const x = tf.zeros([2, 6]) as tf.Tensor2D;
      const columns = tf.zeros([4, 3]) as tf.Tensor2D;
      const order = tf.tensor1d([0, 1], 'int32');
      const table = { order, targets: x, categorical: columns, numeric: columns };
      expect(() => takeRows(table, 1, 0)).toThrow(/columns/);
      const tall = tf.zeros([2, 4]) as tf.Tensor2D;
      expect(() => takeRows({ ...table, targets: tall }, 2, 1)).toThrow(/order/);
      tf.dispose([x, columns, order, tall]);
    });
  },
};
