// The kernels' tests, written once and run on every backend: against float64, against finite differences of float64,
// against the plain-operation reference, and for what they leave in memory.
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WorkbenchError } from '../../core/errors.ts';
import { attention, attentionWeights } from '../ops/attention/index.ts';
import { batchNorm } from '../ops/batchNorm/index.ts';
import { dropout, dropoutMask } from '../ops/dropout/index.ts';
import { embedTokens } from '../ops/embedTokens/index.ts';
import { gradientSquares } from '../ops/gradientSquares/index.ts';
import { type Activation, groupedLinear, linear } from '../ops/linear/index.ts';
import { mixExperts } from '../ops/mixExperts/index.ts';
import { routedNorm } from '../ops/routedNorm/index.ts';
import { takeRows } from '../ops/takeRows/index.ts';
import { takeSlots } from '../ops/takeSlots/index.ts';
import { taskLoss } from '../ops/taskLoss/index.ts';
import { topGates } from '../ops/topGates/index.ts';
import { adamwUpdate } from '../ops/updateParameters/adamw.ts';
import { createUpdater } from '../ops/updateParameters/index.ts';
import { sgdUpdate } from '../ops/updateParameters/sgd.ts';
import { type BackendName, nativeKernels, setKernelMode } from '../runtime/defineKernel.ts';
import { type KernelCase, kernelCases, normal, sparseMask } from './cases.ts';
import type { Matrix } from './float64.ts';
import * as float64 from './float64.ts';

/** Every kernel that has a loop of its own in wasm/assembly. */
export const WASM_NATIVES = [
  'Attention',
  'AttentionGradient',
  'BatchNorm',
  'BatchNormGradient',
  'Dropout',
  'EmbedTokens',
  'EmbedTokensGradient',
  'FoldTokens',
  'FoldTokensGradient',
  'GatherRows',
  'GradientSquares',
  'LayerNorm',
  'LayerNormGradient',
  'Linear',
  'LinearGradient',
  'MixExperts',
  'MixExpertsGradient',
  'RoutedLinear',
  'RoutedLinearGradient',
  'RoutedNorm',
  'RoutedNormGradient',
  'Routes',
  'ScatterRows',
  'TakeSlots',
  'TakeSlotsGradient',
  'TopGates',
];

/** Every kernel that has WGSL in webgpu/. */
export const WEBGPU_NATIVES = [
  ...WASM_NATIVES.filter((name) => name !== 'GradientSquares' && !name.startsWith('FoldTokens')),
  'TakeRows',
  'TaskLoss',
  'TaskLossGradient',
].sort();

export interface SuiteOptions {
  /** Of the suite; the backend unless said otherwise. */
  label?: string;
  /** Starts the backend with its native kernels. */
  start(): Promise<void>;
  /** Leave out what takes long on a software adapter. */
  smallOnly: boolean;
  /** Kernels with a fast version here; the tests would pass without them too. */
  natives: string[];
  /** Largest difference from float64, relative to the largest value of the tensor. */
  forwardTolerance: number;
  gradientTolerance: number;
  /** Errors the device reported on its own, so that a dispatch it dropped does not pass as zeros. */
  deviceErrors?: string[];
}

const toTensor = ({ shape, data }: Matrix) => tf.tensor(Float32Array.from(data), [...shape]);
const largest = (values: ArrayLike<number>) =>
  Array.from(values).reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/** Largest difference relative to the largest expected value; NaN stays NaN. */
function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(got.length).toBe(expected.length);
  const differences = Array.from(got, (value, i) => value - (expected[i] as number));
  if (differences.some(Number.isNaN)) return Number.NaN;
  return largest(differences) / Math.max(largest(expected), 1e-30);
}

/** Weights that turn the output into one number, none of them 0. */
const probe = (size: number) =>
  Float64Array.from({ length: size }, (_, i) => Math.fround(Math.cos(1.7 * i) + 0.1));

async function gradientsOf({ inputs, differentiable, run }: KernelCase): Promise<Float32Array[]> {
  const tensors = inputs.map(toTensor);
  const fixed = tensors.slice(differentiable);
  const objective = (...variables: tf.Tensor[]): tf.Tensor => {
    const out = run([...variables, ...fixed]);
    return tf.sum(tf.mul(out, tf.tensor(Float32Array.from(probe(out.size)), out.shape)));
  };
  const gradients = tf.tidy(() => tf.grads(objective)(tensors.slice(0, differentiable)));
  const values = await Promise.all(gradients.map((g) => g.data<'float32'>()));
  tf.dispose([tensors, gradients]);
  return values;
}

/** Central differences of the float64 computation at some entries of an input: [index, derivative]. */
function finiteDifferences({ inputs, exact, small }: KernelCase, input: number): [number, number][] {
  const { data } = inputs[input] as Matrix;
  const objective = () => {
    const out = exact(inputs);
    const weights = probe(out.length);
    return out.reduce((sum, value, i) => sum + value * (weights[i] as number), 0);
  };
  const count = small ? 8 : 3;
  const stride = Math.max(1, Math.floor(data.length / count));
  const result: [number, number][] = [];
  for (let i = 0; i < data.length && result.length < count; i += stride) {
    const held = data[i] as number;
    const h = 1e-5 * Math.max(1, Math.abs(held));
    data[i] = held + h;
    const above = objective();
    data[i] = held - h;
    const below = objective();
    data[i] = held;
    result.push([i, (above - below) / (2 * h)]);
  }
  return result;
}

async function valuesOf(run: () => tf.Tensor): Promise<Float32Array> {
  const out = tf.tidy(run);
  const values = await out.data<'float32'>();
  out.dispose();
  return values;
}

export function kernelSuite(backend: BackendName, options: SuiteOptions): void {
  const { start, smallOnly, natives, forwardTolerance, gradientTolerance, deviceErrors = [] } = options;
  /** For what only a kernel of the backend promises: plain operations keep all of L x L. */
  const ofKernel = (name: string) => (natives.includes(name) ? it : null);
  describe(`kernels on ${options.label ?? backend}`, () => {
    let tensors = 0;
    beforeAll(async () => {
      await start();
      expect(tf.getBackend()).toBe(backend);
    });
    beforeEach(() => {
      tensors = tf.memory().numTensors;
    });
    afterEach(() => {
      setKernelMode('native');
      expect(deviceErrors).toEqual([]);
      expect(tf.memory().numTensors).toBe(tensors);
    });

    it('has its fast versions', () => {
      expect(nativeKernels(backend).sort()).toEqual(natives);
    });

    describe.each(kernelCases.filter((c) => c.small || !smallOnly))('$name', (kernelCase) => {
      it('computes what float64 computes', async () => {
        const inputs = kernelCase.inputs.map(toTensor);
        const got = await valuesOf(() => kernelCase.run(inputs));
        tf.dispose(inputs);
        const expected = kernelCase.exact(kernelCase.inputs);
        expect(largest(expected)).toBeGreaterThan(0);
        expect(relativeError(got, expected)).toBeLessThan(forwardTolerance);
      });

      it('has the gradient of finite differences and of the reference', async () => {
        const native = await gradientsOf(kernelCase);
        setKernelMode('reference');
        const reference = await gradientsOf(kernelCase);
        // Where the true gradient vanishes, rounding is measured against the gradients beside it.
        const scale = Math.max(...reference.map(largest));
        expect(scale).toBeGreaterThan(0);
        for (const [input, gradient] of native.entries()) {
          const own = Math.max(largest(reference[input] as Float32Array), 1e-3 * scale);
          const difference = gradient.map((g, i) => g - (reference[input]?.[i] as number));
          expect(largest(difference) / own).toBeLessThan(gradientTolerance);
          for (const [i, derivative] of finiteDifferences(kernelCase, input)) {
            expect(Math.abs((gradient[i] as number) - derivative) / own).toBeLessThan(gradientTolerance);
          }
        }
      });
    });

    describe('two attribute values in a row', () => {
      it('activations', async () => {
        const [x, w, b] = [normal([3, 4], 20), normal([5, 4], 21), normal([5], 22)];
        const inputs = [x, w, b].map(toTensor);
        for (const activation of ['relu', 'gelu', 'none', 'gelu'] as Activation[]) {
          const got = await valuesOf(() =>
            linear(inputs[0], inputs[1] as tf.Tensor2D, inputs[2] as tf.Tensor1D, activation),
          );
          expect(relativeError(got, float64.linear(x, w, b, activation))).toBeLessThan(forwardTolerance);
        }
        tf.dispose(inputs);
      });

      it('heads and masks', async () => {
        const qkv = normal([2, 4, 24], 23);
        const x = toTensor(qkv) as tf.Tensor3D;
        for (const heads of [1, 2, 4]) {
          for (const mask of [
            null,
            sparseMask(4),
            Uint8Array.from({ length: 16 }, (_, i) => Number(i % 4 === 0)),
          ]) {
            const got = await valuesOf(() => attention(x, heads, mask));
            expect(relativeError(got, float64.attention(qkv, heads, mask))).toBeLessThan(forwardTolerance);
          }
        }
        x.dispose();
      });

      it('rotary positions and steps of dropout', async () => {
        const qkv = normal([2, 6, 24], 26);
        const x = toTensor(qkv) as tf.Tensor3D;
        for (const rotary of [false, true, false])
          for (const step of [1, 2]) {
            const factors = dropoutMask(2 * 2 * 36, 0.4, [9, step, 5]);
            const got = await valuesOf(() =>
              attention(x, 2, null, { rotary, dropout: { rate: 0.4, key: [9, step, 5] } }),
            );
            const expected = float64.attention(qkv, 2, null, { rotary, factors });
            expect(relativeError(got, expected)).toBeLessThan(forwardTolerance);
          }
        x.dispose();
      });
    });

    describe('attention', () => {
      it('gives blocked keys a weight of exactly 0 and shows scores before the mask', async () => {
        const x = toTensor(normal([1, 5, 12], 24)) as tf.Tensor3D;
        const mask = sparseMask(5);
        const { scores, weights } = attentionWeights(x, 2, mask);
        const [before, after] = [await scores.data(), await weights.data()];
        tf.dispose([x, scores, weights]);
        for (let cell = 0; cell < 50; cell++) {
          if (mask[cell % 25]) expect(after[cell]).toBe(0);
          else expect(after[cell]).toBeGreaterThan(0);
          expect(before[cell]).not.toBe(0);
        }
      });

      it('lets nothing through from a blocked key', async () => {
        const qkv = normal([1, 4, 12], 25);
        const mask = Uint8Array.from({ length: 16 }, (_, i) => Number(i % 4 === 3 && i !== 15));
        const run = async () => {
          const x = toTensor(qkv) as tf.Tensor3D;
          const got = await valuesOf(() => attention(x, 2, mask));
          x.dispose();
          return got;
        };
        const before = await run();
        for (let i = 36; i < 48; i++) qkv.data[i] = 50;
        const after = await run();
        expect(Array.from(after.subarray(0, 12))).toEqual(Array.from(before.subarray(0, 12)));
        expect(Array.from(after.subarray(12))).not.toEqual(Array.from(before.subarray(12)));
      });

      ofKernel('Attention')?.('needs memory in proportion to the rows', async () => {
        const peakOf = async (rows: number) => {
          const x = tf.ones([1, rows, 12]) as tf.Tensor3D;
          const before = tf.memory().numBytes;
          const { peakBytes } = await tf.profile(() => {
            const gradient = tf.grad((v) => tf.sum(attention(v as tf.Tensor3D, 1, null)))(x);
            gradient.dispose();
            return gradient;
          });
          x.dispose();
          return peakBytes - before;
        };
        const [short, long] = [await peakOf(256), await peakOf(1024)];
        expect(short).toBeGreaterThan(256 * 12 * 4);
        expect(long).toBeLessThan(4.1 * short);
      });

      ofKernel('Attention')?.('attends over 8192 rows', async () => {
        const [rows, size] = [8192, 2];
        const qkv = normal([1, rows, 3 * size], 29);
        const x = toTensor(qkv) as tf.Tensor3D;
        const got = await valuesOf(() => attention(x, 1, null));
        x.dispose();
        const at = (row: number, part: number) =>
          [0, 1].map((d) => qkv.data[(row * 3 + part) * size + d] as number);
        for (const query of [0, 4095, rows - 1]) {
          const mixed = [0, 0];
          let sum = 0;
          for (let key = 0; key < rows; key++) {
            const [q, k, v] = [at(query, 0), at(key, 1), at(key, 2)] as [number[], number[], number[]];
            const power = Math.exp(
              q.reduce((dot, value, d) => dot + value * (k[d] as number), 0) / Math.sqrt(size),
            );
            sum += power;
            v.forEach((value, d) => {
              mixed[d] = (mixed[d] as number) + power * value;
            });
          }
          const own = got.subarray(query * size, (query + 1) * size);
          expect(
            relativeError(
              own,
              mixed.map((value) => value / sum),
            ),
          ).toBeLessThan(10 * forwardTolerance);
        }
      });

      it('refuses a query with every key blocked, and heads that do not divide the width', () => {
        const x = tf.zeros([1, 2, 6]) as tf.Tensor3D;
        expect(() => attention(x, 1, Uint8Array.of(0, 1, 1, 1))).toThrow(/mask row 1.*all 2 keys blocked/);
        expect(() => attention(x, 1, new Uint8Array(3))).toThrow(WorkbenchError);
        expect(() => attention(x, 4, null)).toThrow(WorkbenchError);
        x.dispose();
      });

      it('refuses rotary positions on an odd head size', () => {
        const x = tf.zeros([1, 2, 9]) as tf.Tensor3D;
        expect(() => attention(x, 1, null, { rotary: true })).toThrow(/even head size.*, got 3/);
        x.dispose();
      });
    });

    describe('mixExperts', () => {
      const gates = [
        { experts: [0, 1], detached: [false, true] },
        { experts: [1, 2], detached: [true, true] },
      ];

      it.each(['native', 'reference'] as const)('%s: a detached expert gets no gradient', async (mode) => {
        setKernelMode(mode);
        const [logits, experts] = [normal([3, 4], 48), normal([3, 6], 49)].map(toTensor) as [
          tf.Tensor2D,
          tf.Tensor2D,
        ];
        const [toLogits, toExperts] = tf.tidy(() =>
          tf.grads((l, e) =>
            tf.sum(tf.square(mixExperts(l as tf.Tensor2D, e as tf.Tensor2D, { gates, numExperts: 3 }).mixed)),
          )([logits, experts]),
        ) as [tf.Tensor, tf.Tensor];
        const slopes = await toExperts.data();
        for (let i = 0; i < 18; i++) {
          if (i % 6 < 2) expect(slopes[i]).not.toBe(0);
          else expect(slopes[i]).toBe(0);
        }
        expect(Array.from(await toLogits.data()).every((g) => g !== 0)).toBe(true);
        tf.dispose([logits, experts, toLogits, toExperts]);
      });

      it('gives weights that sum to 1 per gate', async () => {
        const [logits, experts] = [normal([3, 4], 50, 30), normal([3, 6], 51)].map(toTensor) as [
          tf.Tensor2D,
          tf.Tensor2D,
        ];
        const values = await valuesOf(() => mixExperts(logits, experts, { gates, numExperts: 3 }).weights);
        for (let i = 0; i < 12; i += 2)
          expect((values[i] as number) + (values[i + 1] as number)).toBeCloseTo(1, 6);
        tf.dispose([logits, experts]);
      });
    });

    describe('topGates', () => {
      const attributes = { gates: [{ experts: [0, 1, 2, 3] }], numExperts: 4, top: 2 };

      it.each(['native', 'reference'] as const)('%s: the first of equal logits stay', async (mode) => {
        setKernelMode(mode);
        const logits = tf.tensor2d([0, 0, 0, 0, 1, 2, 2, 2, -3, -1, -3, -3, 5, 4, 6, 5], [4, 4]);
        const { kept, routes } = tf.tidy(() => topGates(logits, attributes));
        const open = Array.from(await kept.data(), (v) => Number(v > -1e9));
        expect(open).toEqual([1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0]);
        const table = await routes.array();
        expect(table.map((r) => r[0])).toEqual([3, 3, 2, 0]);
        expect(table.map((r) => r.slice(1, 5))).toEqual([
          [0, 2, 3, 1],
          [0, 1, 2, 3],
          [1, 3, 0, 2],
          [0, 1, 2, 3],
        ]);
        expect(table.map((r) => r.slice(5))).toEqual([
          [0, -1, 1, 2],
          [0, 1, 2, -1],
          [-1, 0, -1, 1],
          [-1, -1, -1, -1],
        ]);
        tf.dispose([logits, kept, routes]);
      });

      it.each(['native', 'reference'] as const)(
        '%s: fewer than two rows leave running statistics alone',
        async (mode) => {
          setKernelMode(mode);
          // Experts 0, 1 and 2 get two rows, one row and none.
          const logits = tf.tensor2d([2, 1, 0, 2, 1, 0, 1, 2, 0], [3, 3]);
          const x = toTensor(normal([3, 6], 76)) as tf.Tensor2D;
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
          const [a, b] = [values[0] as number, values[6] as number];
          const [means, variances] = [await mean.data(), await variance.data()];
          expect(means[0]).toBeCloseTo(4.5 + (0.1 * (a + b)) / 2, 5);
          expect(variances[0]).toBeCloseTo(6.3 + (0.1 * (a - b) ** 2) / 2, 5);
          expect(Array.from(means.subarray(2))).toEqual([5, 5, 5, 5]);
          expect(Array.from(variances.subarray(2))).toEqual([7, 7, 7, 7]);
          expect(Array.from(await batches.data())).toEqual([1, 0, 0]);
          tf.dispose([logits, x, scale, offset, mean, variance, batches]);
        },
      );
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

    it('refuses what does not fit', () => {
      const x = tf.zeros([2, 6]) as tf.Tensor2D;
      const weight = tf.zeros([4, 3]) as tf.Tensor2D;
      const bias = tf.zeros([4]) as tf.Tensor1D;
      const none = { activation: 'none', layout: 'columns' } as const;
      expect(() => groupedLinear(x, weight, bias, { ...none, widths: [4] })).toThrow(/groupedLinear: x/);
      expect(() => groupedLinear(x, weight, bias, { ...none, widths: [3, 2] })).toThrow(/weight/);
      expect(() => taskLoss(x, bias, 'multiclass')).toThrow(/targets/);
      expect(() => tf.tidy(() => taskLoss(weight, bias, 'binary'))).toThrow(/outputs/);
      expect(() => takeSlots(x, [3], 3)).toThrow(/slots/);
      expect(() => takeSlots(x, [0], 4)).toThrow(/groups/);
      const order = tf.tensor1d([0, 1], 'int32');
      const table = { order, targets: x, categorical: weight, numeric: weight };
      expect(() => takeRows(table, 1, 0)).toThrow(/columns/);
      const tall = tf.zeros([2, 4]) as tf.Tensor2D;
      expect(() => takeRows({ ...table, targets: tall }, 2, 1)).toThrow(/order/);
      tf.dispose([order, tall]);
      const single = tf.zeros([1, 4]) as tf.Tensor2D;
      expect(() => batchNorm(single, bias, bias, { epsilon: 0, relu: true })).toThrow(/rows/);
      tf.dispose([x, weight, bias, single]);
    });

    describe('embedTokens', () => {
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
    });

    describe('takeRows', () => {
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
            Int32Array.from(
              { length: categorical ? rows * 2 : 0 },
              (_, i) => 10 * Math.floor(i / 2) + (i % 2),
            ),
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
    });

    describe('dropout', () => {
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
    });

    describe('optimizers', () => {
      const o = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, learningRate: 0.01 };

      it.each([
        ['adamw', 0.1, 1],
        ['adamw, clipped', 0.1, 0.25],
        ['adam', 0, 1],
      ])('%s follows float64 for three steps', async (_name, weightDecay, gradientScale) => {
        const start64 = normal([7, 3], 27);
        const state = { p: start64.data.slice(), m: new Float64Array(21), v: new Float64Array(21) };
        const variable = (m: Matrix) => tf.tidy(() => tf.variable(toTensor(m)));
        const [p, m, v] = [start64, { shape: [7, 3], data: state.m }, { shape: [7, 3], data: state.v }].map(
          variable,
        );
        for (let step = 1; step <= 3; step++) {
          const gradient = normal([7, 3], 30 + step);
          const g = toTensor(gradient);
          adamwUpdate(p, g, m, v, { ...o, weightDecay, step, gradientScale });
          float64.adamw(state, gradient.data, step, weightDecay, o.learningRate, gradientScale);
          g.dispose();
        }
        expect(relativeError(await p.data(), state.p)).toBeLessThan(forwardTolerance);
        expect(relativeError(await m.data(), state.m)).toBeLessThan(forwardTolerance);
        expect(relativeError(await v.data(), state.v)).toBeLessThan(forwardTolerance);
        tf.dispose([p, m, v]);
      });

      it('an update changes neither clones nor what products see of the parameter', async () => {
        const [p, m, v] = [1, 0, 0].map((value) => tf.tidy(() => tf.variable(tf.fill([2, 2], value))));
        const x = tf.tensor2d([1, 0, 0, 1], [2, 2]);
        const gradient = tf.ones([2, 2]);
        const clone = p.clone();
        const product = () => valuesOf(() => tf.matMul(x, p as unknown as tf.Tensor2D));
        for (let step = 1; step <= 3; step++) {
          const before = await product();
          adamwUpdate(p, gradient, m, v, { ...o, weightDecay: 0, step, gradientScale: 1 });
          const after = await product();
          expect(Array.from(after)).toEqual(Array.from(await p.data()));
          expect(after[0]).toBeLessThan(before[0] as number);
        }
        expect(Array.from(await clone.data())).toEqual([1, 1, 1, 1]);
        tf.dispose([p, m, v, x, gradient, clone]);
      });

      it('sgd steps against the gradient', async () => {
        const p = tf.tidy(() => tf.variable(tf.tensor1d([1, 2])));
        const gradient = tf.tensor1d([4, -8]);
        sgdUpdate(p, gradient, { learningRate: 0.5, gradientScale: 0.25 });
        expect(Array.from(await p.data())).toEqual([0.5, 3]);
        tf.dispose([p, gradient]);
      });
    });

    it('batchNorm moves the running statistics', async () => {
      const x = toTensor(normal([5, 3], 63)) as tf.Tensor2D;
      const [scale, offset] = [tf.ones([3]), tf.zeros([3])] as [tf.Tensor1D, tf.Tensor1D];
      const [mean, variance, batches] = [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8],
      ].map((values) => tf.tidy(() => tf.variable(tf.tensor1d(values), false))) as [
        tf.Variable,
        tf.Variable,
        tf.Variable,
      ];
      const statistics = tf.tidy(() => {
        const running = { mean, variance, batches, momentum: 0.1 };
        const results = batchNorm(x, scale, offset, { epsilon: 1e-5, relu: false, running });
        return [results.mean, results.variance];
      });
      const [ofBatch, biased] = await Promise.all(statistics.map((t) => t.data()));
      const expected = (start: number, batch: ArrayLike<number>, weight: number) =>
        Array.from(batch, (v, i) => 0.9 * (start + i) + weight * v);
      expect(relativeError(await mean.data(), expected(1, ofBatch, 0.1))).toBeLessThan(forwardTolerance);
      expect(relativeError(await variance.data(), expected(4, biased, 0.1 * (5 / 4)))).toBeLessThan(
        forwardTolerance,
      );
      expect(Array.from(await batches.data())).toEqual([8, 9]);
      tf.dispose([x, scale, offset, mean, variance, batches, ...statistics]);
    });

    describe('updateParameters', () => {
      const shapes = [[7, 3], [2], [3000], ...Array.from({ length: 9 }, () => [4])];
      const rule = { weightDecay: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

      /** Every second value of the first parameter belongs to a group of its own. */
      function start(optimizer: 'adamw' | 'adam' | 'sgd', clipNorm: number, numLosses = 1) {
        const values = shapes.map((shape, i) => normal(shape, 64 + i));
        const parameters = values.map((m) => tf.tidy(() => tf.variable(toTensor(m))));
        const stretches = shapes.map((shape, i) => {
          const size = shape.reduce((a, b) => a * b, 1);
          return i === 0
            ? [
                { size: 10, group: 0 },
                { size: 11, group: 1 },
              ]
            : [{ size, group: i % 2 }];
        });
        const updater = createUpdater({
          parameters,
          stretches,
          tasks: numLosses,
          groups: 2,
          rule: { ...rule, optimizer, clipNorm },
        });
        return { values, parameters, stretches, updater };
      }

      it.each([
        ['adamw', 0],
        ['adamw', 1.5],
        ['adam', 0],
        ['sgd', 1.5],
      ] as const)('%s, clipped at %s, follows float64 for three steps', async (optimizer, clipNorm) => {
        const { values, parameters, stretches, updater } = start(optimizer, clipNorm, 2);
        const states = values.map(({ data }) => ({
          p: data.slice(),
          m: new Float64Array(data.length),
          v: new Float64Array(data.length),
        }));
        const rate = (step: number) => 0.01 * step;
        for (let step = 1; step <= 3; step++) {
          const gradients = shapes.map((shape, i) => normal(shape, 100 * step + i, i === 2 ? 0.01 : 1));
          const losses = tf.tensor1d([step, 2]);
          const tensors = gradients.map(toTensor);
          const report = await updater.step(tensors, losses, step, rate);
          tf.dispose([losses, tensors]);
          const groupOf = stretches.map((own) =>
            own.flatMap(({ size, group }) => new Array<number>(size).fill(group)),
          );
          const norms = [0, 1].map((group) =>
            Math.sqrt(
              gradients.reduce(
                (sum, { data }, i) =>
                  sum + data.reduce((s, g, k) => s + (groupOf[i]?.[k] === group ? g * g : 0), 0),
                0,
              ),
            ),
          );
          expect(relativeError(report, [step, 2, ...norms])).toBeLessThan(1e-5);
          states.forEach((state, i) => {
            const clipped = (gradients[i] as Matrix).data.map((g, k) => {
              const norm = norms[groupOf[i]?.[k] ?? 0] as number;
              return clipNorm > 0 && norm > clipNorm ? (g * clipNorm) / norm : g;
            });
            if (optimizer === 'sgd') {
              clipped.forEach((g, k) => {
                state.p[k] = (state.p[k] as number) - rate(step) * g;
              });
            } else {
              const decay = optimizer === 'adamw' ? rule.weightDecay : 0;
              float64.adamw(state, clipped, step, decay, rate(step), 1);
            }
          });
        }
        const [first, second] = await updater.readMoments();
        for (const [i, state] of states.entries()) {
          const got = await (parameters[i] as tf.Variable).data();
          expect(relativeError(got, state.p)).toBeLessThan(forwardTolerance);
          if (optimizer === 'sgd') continue;
          expect(relativeError(first[i] as Float32Array, state.m)).toBeLessThan(forwardTolerance);
          expect(relativeError(second[i] as Float32Array, state.v)).toBeLessThan(forwardTolerance);
        }
        updater.dispose();
        tf.dispose(parameters);
      });

      it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e30])('%s changes nothing', async (bad) => {
        const { values, parameters, updater } = start('adamw', 1);
        const gradients = shapes.map((shape, i) => normal(shape, 90 + i));
        (gradients[2] as Matrix).data[2999] = bad;
        const losses = tf.tensor1d([1]);
        const tensors = gradients.map(toTensor);
        const report = await updater.step(tensors, losses, 1, () => 0.1);
        expect(Number.isFinite(report[1])).toBe(false);
        expect(report[0]).toBe(1);
        for (const [i, { data }] of values.entries())
          expect(Array.from(await (parameters[i] as tf.Variable).data())).toEqual(Array.from(data));
        updater.dispose();
        tf.dispose([parameters, tensors, losses]);
      });

      it('goes on from moments it is given', async () => {
        const [one, other] = [start('adamw', 0), start('adamw', 0)];
        const losses = tf.tensor1d([1]);
        const tensors = shapes.map((shape, i) => toTensor(normal(shape, 90 + i)));
        await one.updater.step(tensors, losses, 1, () => 0.1);
        other.updater.writeMoments(await one.updater.readMoments());
        expect(await other.updater.readMoments()).toEqual(await one.updater.readMoments());
        for (const { parameters, updater } of [one, other]) {
          updater.dispose();
          tf.dispose(parameters);
        }
        tf.dispose([tensors, losses]);
      });
    });

    describe('gradientSquares', () => {
      it('sums the squares of each tensor', async () => {
        const matrices = [normal([1], 40), normal([3, 7], 41), normal([5], 42)];
        const inputs = matrices.map(toTensor);
        const got = await valuesOf(() => gradientSquares(inputs));
        tf.dispose(inputs);
        expect(
          relativeError(
            got,
            matrices.map(({ data }) => data.reduce((sum, x) => sum + x * x, 0)),
          ),
        ).toBeLessThan(forwardTolerance);
      });

      it('sums more tensors, and larger ones, than a launch takes', async () => {
        const matrices = Array.from({ length: 40 }, (_, i) => normal([i === 7 ? 40_000 : i + 1], 60 + i));
        const inputs = matrices.map(toTensor);
        const stretches = matrices.map(({ data }) =>
          data.length > 9000 ? [9000, 30_999, 1] : [data.length],
        );
        const got = await valuesOf(() => gradientSquares(inputs, stretches));
        tf.dispose(inputs);
        const expected = matrices.flatMap(({ data }, i) => {
          let start = 0;
          return (stretches[i] as number[]).map((size) => {
            const squares = data.subarray(start, start + size).map((x) => x * x);
            start += size;
            return squares.reduce((a, b) => a + b, 0);
          });
        });
        got.forEach((sum, i) => {
          const exact = expected[i] as number;
          expect(Math.abs(sum - exact) / exact).toBeLessThan(1e-5);
        });
      });

      it('sums stretches of a tensor apart', async () => {
        const inputs = [tf.tensor1d([1, 2, 3, 4, 5]), tf.tensor1d([6])];
        const got = await valuesOf(() => gradientSquares(inputs, [[2, 1, 2], [1]]));
        expect(Array.from(got)).toEqual([5, 9, 41, 36]);
        expect(() => gradientSquares(inputs, [[2, 1], [1]])).toThrow(/stretches 0/);
        tf.dispose(inputs);
      });

      it.each([Number.NaN, Number.POSITIVE_INFINITY])('shows %s', async (bad) => {
        const inputs = [tf.tensor1d([1, 2]), tf.tensor1d([0, 1, bad, 2, 3])];
        const got = await valuesOf(() => gradientSquares(inputs));
        tf.dispose(inputs);
        expect(got[0]).toBe(5);
        expect(Number.isFinite(got[1])).toBe(false);
      });
    });
  });
}
