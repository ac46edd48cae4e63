// Test cases of token embeddings.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { rng } from '../../../core/rng.ts';
import { setKernelMode } from '../../runtime/backendRuntime.ts';
import { type Matrix, normal, valuesOf } from '../../testing/matrix.ts';
import type { KernelCase, OpTests } from '../../testing/opTests.ts';
import { embedTokens, embedTokensGradientKernel, embedTokensKernel } from './index.ts';

export interface TokenInputs {
  taskWeight?: Matrix;
  taskBias?: Matrix;
  table?: Matrix;
  codes?: Matrix;
  numericWeight?: Matrix;
  numericBias?: Matrix;
  numeric?: Matrix;
}

export function exactTokens(inputs: TokenInputs, rows: number, width: number): Float64Array {
  const { taskWeight, taskBias, table, codes, numericWeight, numericBias, numeric } = inputs;
  const out: number[] = [];
  for (let r = 0; r < rows; r++) {
    taskWeight?.data.forEach((w, i) => {
      out.push(w + (taskBias?.data[i] as number));
    });
    const columns = codes?.shape[1] ?? 0;
    for (let c = 0; c < columns; c++) {
      const code = codes?.data[r * columns + c] as number;
      for (let e = 0; e < width; e++) out.push(table?.data[code * width + e] as number);
    }
    const values = numeric?.shape[1] ?? 0;
    for (let n = 0; n < values; n++) {
      const value = numeric?.data[r * values + n] as number;
      for (let e = 0; e < width; e++) {
        const i = n * width + e;
        out.push(value * (numericWeight?.data[i] as number) + (numericBias?.data[i] as number));
      }
    }
  }
  return Float64Array.from(out);
}

/** @param sizes - rows, task tokens, categorical columns, table rows, numeric columns, width */
function tokenCase(
  name: string,
  small: boolean,
  sizes: [number, number, number, number, number, number],
): KernelCase {
  const [rows, t, c, tableRows, n, width] = sizes;
  const random = rng(9, name);
  const codes: Matrix = {
    shape: [rows, c],
    data: Float64Array.from({ length: rows * c }, () => random.int(tableRows)),
  };
  const keys: (keyof TokenInputs)[] = [];
  const inputs: Matrix[] = [];
  const add = (key: keyof TokenInputs, value: Matrix) => {
    keys.push(key);
    inputs.push(value);
  };
  if (t > 0) {
    add('taskWeight', normal([t, width], 10));
    add('taskBias', normal([t, width], 11));
  }
  if (c > 0) add('table', normal([tableRows, width], 12));
  if (n > 0) {
    add('numericWeight', normal([n, width], 13));
    add('numericBias', normal([n, width], 14));
  }
  const differentiable = inputs.length;
  if (c > 0) add('codes', codes);
  if (n > 0) add('numeric', normal([rows, n], 15));
  const named = <T>(values: T[]) => Object.fromEntries(keys.map((key, i) => [key, values[i]]));
  const none = {
    taskWeight: null,
    taskBias: null,
    table: null,
    codes: null,
    numericWeight: null,
    numericBias: null,
    numeric: null,
  };
  return {
    name: `embedTokens: ${name}`,
    small,
    inputs,
    differentiable,
    run: (tensors) => {
      const groups = named(tensors);
      return embedTokens({
        ...none,
        ...groups,
        codes: groups.codes ? tf.cast(groups.codes, 'int32') : null,
        rows,
      } as never);
    },
    exact: (values) => exactTokens(named(values), rows, width),
  };
}

export const embedTokensTests: OpTests = {
  natives: {
    wasm: [embedTokensKernel, embedTokensGradientKernel],
    webgpu: [embedTokensKernel, embedTokensGradientKernel],
  },
  cases: [
    tokenCase('all groups', true, [3, 2, 2, 7, 3, 5]),
    tokenCase('tasks only', true, [2, 1, 0, 0, 0, 4]),
    tokenCase('codes only, one row', true, [1, 0, 2, 3, 0, 3]),
    tokenCase('a table of one row', true, [3, 1, 2, 1, 1, 3]),
    tokenCase('numbers only', true, [2, 0, 0, 0, 2, 1]),
    tokenCase('several splits', true, [197, 1, 2, 5, 2, 3]),
    tokenCase('many rows', false, [140, 3, 2, 11, 4, 16]),
  ],
  tests() {
    it.each(['native', 'reference'] as const)(
      '%s: a code outside the table is 0 and has no gradient',
      async (mode) => {
        setKernelMode(mode);
        const table = tf.tensor2d([1, 2, 3, 4], [2, 2]);
        const codes = tf.tensor2d([0, 2, -1, 1], [2, 2], 'int32');
        const tokens = (t: tf.Tensor) =>
          embedTokens({
            taskWeight: null,
            taskBias: null,
            table: t as tf.Tensor2D,
            codes,
            numericWeight: null,
            numericBias: null,
            numeric: null,
            rows: 2,
          });
        expect(Array.from(await valuesOf(() => tokens(table)))).toEqual([1, 2, 0, 0, 0, 0, 3, 4]);
        const slope = await valuesOf(() => tf.grad((t) => tf.sum(tokens(t)))(table));
        expect(Array.from(slope)).toEqual([1, 1, 1, 1]);
        tf.dispose([table, codes]);
      },
    );
  },
};
