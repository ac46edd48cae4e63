// Test cases of linear layers.
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { setKernelMode } from '../../runtime/backendRuntime.ts';
import { type Matrix, normal, probe, relativeError, toTensor, valuesOf } from '../../testing/matrix.ts';
import type { KernelCase, OpTests } from '../../testing/opTests.ts';
import {
  type Activation,
  groupedLinear,
  type LinearAttributes,
  linear,
  linearGradientKernel,
  linearKernel,
} from './index.ts';

/** The distribution function of the standard normal: continued fraction of Mills' ratio in the tail, power series near 0. */
function normalCdf(x: number): number {
  const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) > 5) {
    let fraction = 0;
    for (let k = 60; k >= 1; k--) fraction = k / (Math.abs(x) + fraction);
    const tail = density / (Math.abs(x) + fraction);
    return x > 0 ? 1 - tail : tail;
  }
  let term = x;
  let sum = x;
  for (let k = 1; k < 120; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + density * sum;
}

export const activations = {
  none: (z: number) => z,
  relu: (z: number) => Math.max(0, z),
  gelu: (z: number) => z * normalCdf(z),
};

/** activation(x W^T + b): x [N, in], weight [out, in], bias [out]. */
export function exactLinear(
  x: Matrix,
  weight: Matrix,
  bias: Matrix,
  activation: keyof typeof activations,
): Float64Array {
  const [outputs, inputs] = weight.shape as [number, number];
  const rows = x.data.length / inputs;
  return Float64Array.from({ length: rows * outputs }, (_, index) => {
    const [n, o] = [Math.floor(index / outputs), index % outputs];
    let z = bias.data[o] as number;
    for (let i = 0; i < inputs; i++) {
      z += (x.data[n * inputs + i] as number) * (weight.data[o * inputs + i] as number);
    }
    return activations[activation](z);
  });
}

/** Groups of `linear`, side by side (`columns`) or stacked (`rows`). */
export function exactGroupedLinear(
  x: Matrix,
  weight: Matrix,
  bias: Matrix,
  {
    widths,
    layout,
    activation,
  }: { widths: readonly number[]; layout: 'columns' | 'rows'; activation: keyof typeof activations },
): Float64Array {
  const groups = widths.length;
  const [total, inputs] = weight.shape as [number, number];
  const [rows, columns] = x.shape as [number, number];
  const each = layout === 'rows' ? rows / groups : rows;
  const outColumns = layout === 'rows' ? total / groups : total;
  const out = new Float64Array(rows * outColumns);
  let first = 0;
  widths.forEach((width, g) => {
    for (let n = 0; n < each; n++) {
      for (let o = 0; o < width; o++) {
        let z = bias.data[first + o] as number;
        for (let i = 0; i < inputs; i++) {
          const at = layout === 'rows' ? (g * each + n) * columns + i : n * columns + g * inputs + i;
          z += (x.data[at] as number) * (weight.data[(first + o) * inputs + i] as number);
        }
        const to = layout === 'rows' ? (g * each + n) * outColumns + o : n * outColumns + first + o;
        out[to] = activations[activation](z);
      }
    }
    first += width;
  });
  return out;
}

function linearCase(
  name: string,
  small: boolean,
  shape: number[],
  outputs: number,
  activation: Activation,
  scale = 1,
): KernelCase {
  const inputs = shape.at(-1) as number;
  return {
    name: `linear ${activation}: ${name}`,
    small,
    inputs: [normal(shape, 1, scale), normal([outputs, inputs], 2, inputs ** -0.5), normal([outputs], 3)],
    differentiable: 3,
    run: ([x, w, b]) => linear(x, w as tf.Tensor2D, b as tf.Tensor1D, activation),
    exact: ([x, w, b]) => exactLinear(x, w, b, activation),
  };
}

function groupedCase(
  name: string,
  small: boolean,
  shape: [number, number],
  widths: number[],
  layout: LinearAttributes['layout'],
  activation: Activation,
): KernelCase {
  const total = widths.reduce((sum, w) => sum + w, 0);
  const inputs = layout === 'columns' ? shape[1] / widths.length : shape[1];
  const attributes: LinearAttributes = { activation, widths, layout };
  return {
    name: `groupedLinear ${layout} ${activation}: ${name}`,
    small,
    inputs: [normal(shape, 16), normal([total, inputs], 17, inputs ** -0.5), normal([total], 18)],
    differentiable: 3,
    run: ([x, w, b]) => groupedLinear(x as tf.Tensor2D, w as tf.Tensor2D, b as tf.Tensor1D, attributes),
    exact: ([x, w, b]) => exactGroupedLinear(x, w, b, attributes),
  };
}

/** y is a sum whose two gradients are separate, so both are checked. */
function residualCase(name: string, shape: [number, number], outputs: number): KernelCase {
  const attributes: LinearAttributes = { activation: 'none', widths: [outputs], layout: 'columns' };
  const [rows, inputs] = shape;
  return {
    name: `groupedLinear with a residual: ${name}`,
    small: true,
    inputs: [
      normal(shape, 55),
      normal([outputs, inputs], 56, inputs ** -0.5),
      normal([outputs], 57),
      normal([rows, outputs], 58),
    ],
    differentiable: 4,
    run: ([x, w, b, residual]) =>
      groupedLinear(
        x as tf.Tensor2D,
        w as tf.Tensor2D,
        b as tf.Tensor1D,
        attributes,
        residual as tf.Tensor2D,
      ),
    exact: ([x, w, b, residual]) =>
      exactGroupedLinear(x, w, b, attributes).map((v, i) => v + (residual.data[i] as number)),
  };
}

export const linearTests: OpTests = {
  natives: { wasm: [linearKernel, linearGradientKernel], webgpu: [linearKernel, linearGradientKernel] },
  cases: [
    linearCase('one value', true, [1, 1], 1, 'none'),
    linearCase('odd sizes', true, [3, 5], 7, 'gelu'),
    linearCase('odd sizes', true, [5, 6], 3, 'relu'),
    linearCase('odd sizes', true, [3, 5], 7, 'none'),
    linearCase('three axes', true, [2, 3, 4], 5, 'gelu'),
    linearCase('tall and narrow', true, [197, 3], 2, 'relu'),
    linearCase('wide inputs, few outputs', true, [2, 70], 17, 'none'),
    linearCase('a tile and one', true, [33, 17], 33, 'gelu'),
    linearCase('inputs of +-80', true, [4, 4], 9, 'gelu', 40),
    linearCase('many rows, whole vectors', false, [130, 16], 48, 'gelu'),
    linearCase('many rows, one output', false, [257, 9], 1, 'none'),
    linearCase('more than a block of a large layer', false, [259, 257], 258, 'relu'),
    residualCase('odd sizes', [5, 7], 3),
    residualCase('several tiles', [150, 9], 70),
    groupedCase('one group', true, [3, 5], [4], 'columns', 'relu'),
    groupedCase('odd sizes', true, [3, 15], [7, 7, 7], 'columns', 'relu'),
    groupedCase('several widths', true, [4, 9], [1, 5, 2], 'columns', 'none'),
    groupedCase('several widths, one input', true, [3, 2], [3, 1], 'columns', 'gelu'),
    groupedCase('several widths, several tiles', true, [150, 9], [18, 1, 3], 'columns', 'relu'),
    groupedCase('more than a block', false, [131, 36], [10, 10, 10, 10], 'columns', 'gelu'),
    groupedCase('odd sizes', true, [6, 5], [3, 3], 'rows', 'gelu'),
    groupedCase('one row each', true, [3, 4], [2, 2, 2], 'rows', 'none'),
    groupedCase('more than a block', false, [201, 17], [9, 9, 9], 'rows', 'relu'),
  ],
  tests({ forwardTolerance, gradientTolerance }) {
    it('runs one activation after the other', async () => {
      const [x, w, b] = [normal([3, 4], 20), normal([5, 4], 21), normal([5], 22)];
      const inputs = [x, w, b].map(toTensor);
      for (const activation of ['relu', 'gelu', 'none', 'gelu'] as Activation[]) {
        const got = await valuesOf(() =>
          linear(inputs[0], inputs[1] as tf.Tensor2D, inputs[2] as tf.Tensor1D, activation),
        );
        expect(relativeError(got, exactLinear(x, w, b, activation))).toBeLessThan(forwardTolerance);
      }
      tf.dispose(inputs);
    });

    it('multiplies large groups of several widths like each on its own', async () => {
      const [rows, inputs, widths] = [2, 2048, [64, 64, 128]];
      const attributes = { activation: 'none', layout: 'columns', widths } as const;
      const x = toTensor(normal([rows, 3 * inputs], 60)) as tf.Tensor2D;
      const weight = toTensor(normal([256, inputs], 61, 0.02)) as tf.Tensor2D;
      const bias = toTensor(normal([256], 62)) as tf.Tensor1D;
      const apart = (a: tf.Tensor2D, w: tf.Tensor2D, b: tf.Tensor1D) => {
        const xs = tf.split(a, 3, 1) as tf.Tensor2D[];
        const ws = tf.split(w, widths, 0) as tf.Tensor2D[];
        const bs = tf.split(b, widths, 0) as tf.Tensor1D[];
        return tf.concat(
          xs.map((own, g) => linear(own, ws[g] as tf.Tensor2D, bs[g] as tf.Tensor1D, 'none')),
          1,
        );
      };
      const grouped: typeof apart = (a, w, b) => groupedLinear(a, w, b, attributes);
      const results = [grouped, apart].map(
        (f) => () =>
          tf.tidy(() => {
            const weighted = (...v: tf.Tensor[]) => {
              const y = f(v[0] as tf.Tensor2D, v[1] as tf.Tensor2D, v[2] as tf.Tensor1D);
              return tf.sum(tf.mul(y, tf.tensor(Float32Array.from(probe(y.size)), y.shape)));
            };
            return [f(x, weight, bias), ...tf.grads(weighted)([x, weight, bias])];
          }),
      );
      const [together, separate] = results.map((run) => run()) as [tf.Tensor[], tf.Tensor[]];
      for (const [i, tensor] of together.entries()) {
        const expected = await (separate[i] as tf.Tensor).data();
        expect(relativeError(await tensor.data(), expected)).toBeLessThan(gradientTolerance);
      }
      tf.dispose([x, weight, bias, ...together, ...separate]);
    });

    it.each(['native', 'reference'] as const)(
      '%s: constant inputs have no gradient, and the others are the same to the last bit',
      async (mode) => {
        setKernelMode(mode);
        const inputs = [normal([5, 6], 63), normal([0], 64), normal([5, 4], 65), normal([6, 4], 66)].map(
          toTensor,
        );
        const plain = { activation: 'none', widths: [6], layout: 'columns' } as const;
        const all = linearGradientKernel.run(inputs, plain);
        const some = linearGradientKernel.run(inputs, { ...plain, constantInputs: true });
        expect(some.map((t) => t.shape)).toEqual([[6, 4], [6]]);
        expect(all[2]?.shape).toEqual([5, 4]);
        for (const [i, t] of some.entries()) expect(await t.data()).toEqual(await all[i]?.data());
        tf.dispose([inputs, all, some]);
      },
    );

    it('refuses what does not fit', () => {
      const x = tf.zeros([2, 6]) as tf.Tensor2D;
      const weight = tf.zeros([4, 3]) as tf.Tensor2D;
      const bias = tf.zeros([4]) as tf.Tensor1D;
      const none = { activation: 'none', layout: 'columns' } as const;
      expect(() => groupedLinear(x, weight, bias, { ...none, widths: [4] })).toThrow(/groupedLinear: x/);
      expect(() => groupedLinear(x, weight, bias, { ...none, widths: [3, 2] })).toThrow(/weight/);
      tf.dispose([x, weight, bias]);
    });
  },
};
