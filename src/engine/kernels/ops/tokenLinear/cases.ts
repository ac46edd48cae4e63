// Test cases of a linear layer over numeric tokens.
import type * as tf from '@tensorflow/tfjs-core';
import { type Matrix, normal } from '../../testing/matrix.ts';
import type { KernelCase, OpTests } from '../../testing/opTests.ts';
import { exactLinear } from '../linear/cases.ts';
import type { Activation } from '../linear/index.ts';
import { foldTokensGradientKernel, foldTokensKernel, tokenLinear } from './index.ts';

/** Tokens of each row side by side, [N, n * e]. */
export function exactTokens(values: Matrix, weight: Matrix, bias: Matrix): Matrix {
  const [rows, n] = values.shape as [number, number];
  const width = weight.shape[1] as number;
  const data = Float64Array.from({ length: rows * n * width }, (_, at) => {
    const within = at % (n * width);
    const value = values.data[Math.floor(at / width)] as number;
    return value * (weight.data[within] as number) + (bias.data[within] as number);
  });
  return { shape: [rows, n * width], data };
}

/** @param shape - rows, columns, width of a token */
function foldCase(
  name: string,
  small: boolean,
  [rows, n, width]: [number, number, number],
  outputs: number,
  activation: Activation,
): KernelCase {
  return {
    name: `tokenLinear ${activation}: ${name}`,
    small,
    inputs: [
      normal([outputs, n * width], 80, (n * width) ** -0.5),
      normal([outputs], 81),
      normal([n, width], 82),
      normal([n, width], 83),
      normal([rows, n], 84),
    ],
    differentiable: 4,
    run: ([w, b, weight, bias, values]) =>
      tokenLinear(
        { values: values as tf.Tensor2D, weight: weight as tf.Tensor2D, bias: bias as tf.Tensor2D },
        w as tf.Tensor2D,
        b as tf.Tensor1D,
        { activation, widths: [outputs], layout: 'columns' },
      ),
    exact: ([w, b, weight, bias, values]) => exactLinear(exactTokens(values, weight, bias), w, b, activation),
  };
}

export const tokenLinearTests: OpTests = {
  natives: { wasm: [foldTokensKernel, foldTokensGradientKernel] },
  cases: [
    foldCase('one column, tokens of one number', true, [3, 1, 1], 2, 'none'),
    foldCase('odd sizes', true, [5, 3, 7], 5, 'relu'),
    foldCase('whole vectors', true, [4, 2, 8], 3, 'gelu'),
    foldCase('more than a block of outputs', false, [33, 5, 6], 131, 'none'),
  ],
};
