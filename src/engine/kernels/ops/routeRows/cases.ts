// Test cases of a whole layer of sparse experts: gates, rows on their way, products, norms, mixture.
import type * as tf from '@tensorflow/tfjs-core';
import { type Matrix, normal } from '../../testing/matrix.ts';
import type { KernelCase, OpTests } from '../../testing/opTests.ts';
import { exactBatchNorm } from '../batchNorm/cases.ts';
import { exactLinear } from '../linear/cases.ts';
import { exactMixture } from '../mixExperts/cases.ts';
import { mixExperts } from '../mixExperts/index.ts';
import { routedLinear } from '../routedLinear/index.ts';
import { routedNorm } from '../routedNorm/index.ts';
import { exactTokens } from '../tokenLinear/cases.ts';
import { foldTokens } from '../tokenLinear/index.ts';
import { topLogits } from '../topGates/cases.ts';
import { topGates } from '../topGates/index.ts';
import { gatherRows, gatherRowsKernel, scatterRowsKernel } from './index.ts';

/**
 * Sparse gates over experts of one linear layer, a batch norm over the rows that any gate sends an expert, and ReLU.
 * @param x - [N, slots * in]
 * @param weight - [E * out, in]
 */
export function exactSparseExperts(
  [x, logits, weight, bias, scale, offset]: readonly [Matrix, Matrix, Matrix, Matrix, Matrix, Matrix],
  o: {
    gates: readonly { experts: readonly number[] }[];
    slotOf: readonly number[];
    slots: number;
    top: number;
  },
): Float64Array {
  const [rows, columns] = x.shape as [number, number];
  const [total, inputs] = weight.shape as [number, number];
  const numExperts = o.slotOf.length;
  const width = total / numExperts;
  const kept: Matrix = { shape: logits.shape, data: topLogits(logits, o.gates, o.top) };
  const outputs = new Float64Array(rows * total);
  const gateLogits = logits.shape[1] as number;
  for (let e = 0; e < numExperts; e++) {
    const own = Array.from({ length: rows }, (_, r) => r).filter((r) => {
      let first = r * gateLogits;
      return o.gates.some(({ experts }) => {
        const open = experts.some((x, i) => x === e && kept.data[first + i] !== Number.NEGATIVE_INFINITY);
        first += experts.length;
        return open;
      });
    });
    if (own.length === 0) continue;
    const pick = (m: Matrix, size: number): Matrix => ({
      shape: [size],
      data: m.data.slice(e * size, (e + 1) * size),
    });
    const input = own.flatMap((r) => {
      const from = r * columns + (o.slotOf[e] as number) * inputs;
      return Array.from(x.data.subarray(from, from + inputs));
    });
    const z = exactLinear(
      { shape: [own.length, inputs], data: Float64Array.from(input) },
      { shape: [width, inputs], data: weight.data.slice(e * width * inputs, (e + 1) * width * inputs) },
      pick(bias, width),
      'none',
    );
    const y = exactBatchNorm(
      { shape: [own.length, width], data: z },
      pick(scale, width),
      pick(offset, width),
      1e-5,
      true,
    );
    own.forEach((r, m) => {
      outputs.set(y.subarray(m * width, (m + 1) * width), r * total + e * width);
    });
  }
  return exactMixture(kept, { shape: [rows, total], data: outputs }, { gates: o.gates, numExperts });
}

interface SparseSizes {
  rows: number;
  /** Of an expert. */
  inputs: number;
  /** Instead, the experts read tokens of numeric columns: the width of a token, with `inputs` columns of one slot. */
  token?: number;
  width: number;
  gates: { experts: number[] }[];
  slotOf: number[];
  top: number;
}

/** From logits and inputs to mixtures: routing, products, norms and mixing of a sparse layer. */
function sparseCase(name: string, small: boolean, s: SparseSizes): KernelCase {
  const numExperts = s.slotOf.length;
  const slots = Math.max(...s.slotOf) + 1;
  const logits = s.gates.reduce((sum, g) => sum + g.experts.length, 0);
  const total = numExperts * s.width;
  const { gates, slotOf, top, token } = s;
  const read = s.inputs * (token ?? 1);
  const x = normal([s.rows, slots * s.inputs], 70);
  const tokens = token ? [normal([s.inputs, token], 76), normal([s.inputs, token], 77)] : [];
  return {
    name: `sparse experts: ${name}`,
    small,
    inputs: [
      normal([s.rows, logits], 71),
      normal([total, read], 72, read ** -0.5),
      normal([total], 73),
      normal([total], 74),
      normal([total], 75),
      ...tokens,
      x,
    ],
    // The values of tokens are data.
    differentiable: token ? 7 : 6,
    run: (tensors) => {
      const [l, weight, bias, scale, offset, ...rest] = tensors as [
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor1D,
        tf.Tensor1D,
        tf.Tensor1D,
        ...tf.Tensor2D[],
      ];
      const { kept, routes } = topGates(l, { gates, numExperts, top });
      const own = gatherRows(rest.at(-1) as tf.Tensor2D, routes, { slotOf, slots });
      const [tokenWeight, tokenBias] = rest as [tf.Tensor2D, tf.Tensor2D];
      const linear = token
        ? foldTokens({ weight: tokenWeight, bias: tokenBias }, weight, bias)
        : { weight, bias };
      const z = routedLinear(own, linear.weight, linear.bias, routes, {
        constantInputs: token !== undefined,
      });
      const y = routedNorm(z, scale, offset, routes, { epsilon: 1e-5, relu: true });
      return mixExperts(kept, y, { gates, numExperts }, routes).mixed;
    },
    exact: ([l, weight, bias, scale, offset, ...rest]) => {
      const [tokenWeight, tokenBias] = rest as [Matrix, Matrix];
      const data = rest.at(-1) as Matrix;
      const input = token ? exactTokens(data, tokenWeight, tokenBias) : data;
      const given = [input, l, weight, bias, scale, offset] as [
        Matrix,
        Matrix,
        Matrix,
        Matrix,
        Matrix,
        Matrix,
      ];
      return exactSparseExperts(given, { gates, slotOf, slots, top });
    },
  };
}

const every = (count: number) => Array.from({ length: count }, (_, i) => i);

export const routeRowsTests: OpTests = {
  natives: { wasm: [gatherRowsKernel, scatterRowsKernel], webgpu: [gatherRowsKernel, scatterRowsKernel] },
  cases: [
    sparseCase('one of three', true, {
      rows: 7,
      inputs: 5,
      width: 3,
      gates: [{ experts: every(3) }, { experts: every(3) }],
      slotOf: [0, 0, 0],
      top: 1,
    }),
    sparseCase('own inputs, own and shared experts', true, {
      rows: 70,
      inputs: 4,
      width: 5,
      gates: [{ experts: [0, 1, 4] }, { experts: [2, 3, 4] }, { experts: every(5) }],
      slotOf: [0, 0, 1, 1, 2],
      top: 2,
    }),
    sparseCase('tokens of numbers', false, {
      rows: 23,
      inputs: 3,
      token: 5,
      width: 3,
      gates: [{ experts: every(4) }, { experts: [1, 3] }],
      slotOf: every(4).map(() => 0),
      top: 1,
    }),
    sparseCase('every expert gets every row', false, {
      rows: 9,
      inputs: 5,
      width: 4,
      gates: [{ experts: every(2) }, { experts: every(3) }],
      slotOf: every(3).map(() => 0),
      top: 3,
    }),
    sparseCase('more experts than rows', true, {
      rows: 4,
      inputs: 5,
      width: 2,
      gates: [{ experts: every(6) }],
      slotOf: every(6).map(() => 0),
      top: 2,
    }),
    sparseCase('many', false, {
      rows: 131,
      inputs: 33,
      width: 18,
      gates: [{ experts: every(9) }, { experts: [0, 3, 7, 8] }],
      slotOf: every(9).map(() => 0),
      top: 3,
    }),
  ],
};
