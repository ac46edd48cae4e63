// What the kernels are tried on: each case names the operation, its float64 counterpart and inputs that are hard in one
// way. The small ones run on every backend, the software adapter of WebGPU included.
import * as tf from '@tensorflow/tfjs-core';
import { rng } from '../../core/rng.ts';
import { attention } from '../ops/attention/index.ts';
import { batchNorm } from '../ops/batchNorm/index.ts';
import { type DropoutKey, dropoutMask } from '../ops/dropout/index.ts';
import { embedTokens } from '../ops/embedTokens/index.ts';
import { layerNorm, layerNormSkip } from '../ops/layerNorm/index.ts';
import { type Activation, groupedLinear, type LinearAttributes, linear } from '../ops/linear/index.ts';
import { type MixAttributes, mixExperts } from '../ops/mixExperts/index.ts';
import { routedLinear } from '../ops/routedLinear/index.ts';
import { routedNorm } from '../ops/routedNorm/index.ts';
import { gatherRows, scatterRows } from '../ops/routeRows/index.ts';
import { takeSlots } from '../ops/takeSlots/index.ts';
import { type LossKind, type LossSpec, taskLoss, taskLosses } from '../ops/taskLoss/index.ts';
import { tokenLinear } from '../ops/tokenLinear/index.ts';
import { topGates } from '../ops/topGates/index.ts';
import type { Matrix } from './float64.ts';
import * as float64 from './float64.ts';

export interface KernelCase {
  name: string;
  small: boolean;
  inputs: Matrix[];
  /** Inputs without a gradient come last; this many have one. */
  differentiable: number;
  run(tensors: tf.Tensor[]): tf.Tensor;
  exact(inputs: Matrix[]): Float64Array;
}

/** Normal values that float32 holds exactly. */
export function normal(shape: readonly number[], seed: number, scale = 1): Matrix {
  const random = rng(seed, `kernel-case/${shape.join('x')}`);
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float64Array.from({ length: size }, () => Math.fround(scale * random.normal())) };
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
    exact: ([x, w, b]) => float64.linear(x, w, b, activation),
  };
}

/** Nothing but the diagonal and one key more is open. */
export function sparseMask(length: number): Uint8Array {
  return Uint8Array.from({ length: length * length }, (_, index) => {
    const [i, j] = [Math.floor(index / length), index % length];
    return i === j || j === (3 * i + 1) % length ? 0 : 1;
  });
}

interface AttentionCaseOptions {
  blocked?: Uint8Array | null;
  /** Of q and k. */
  scale?: number;
  rotary?: boolean;
  /** Rate of the attention dropout. */
  drop?: number;
}

function attentionCase(
  name: string,
  small: boolean,
  shape: [number, number, number],
  heads: number,
  { blocked = null, scale = 1, rotary = false, drop = 0 }: AttentionCaseOptions = {},
): KernelCase {
  const [groups, length, width] = shape;
  const qkv = normal([groups, length, 3 * width], 4);
  if (scale !== 1)
    for (let i = 0; i < qkv.data.length; i++) if (i % (3 * width) < 2 * width) qkv.data[i] *= scale;
  const key: DropoutKey = [3, 14, 15];
  const factors = drop > 0 ? dropoutMask(groups * heads * length ** 2, drop, key) : null;
  return {
    name: `attention: ${name}`,
    small,
    inputs: [{ ...qkv, data: qkv.data.map(Math.fround) }],
    differentiable: 1,
    run: ([x]) => attention(x as tf.Tensor3D, heads, blocked, { rotary, dropout: { rate: drop, key } }),
    exact: ([x]) => float64.attention(x, heads, blocked, { rotary, factors }),
  };
}

function layerNormCase(name: string, small: boolean, shape: number[], offset = 0): KernelCase {
  const width = shape.at(-1) as number;
  const x = normal(shape, 5);
  return {
    name: `layerNorm: ${name}`,
    small,
    inputs: [
      { shape, data: x.data.map((v) => Math.fround(v + offset)) },
      normal([width], 6),
      normal([width], 7),
    ],
    differentiable: 3,
    run: ([v, scale, shift]) => layerNorm(v, scale as tf.Tensor1D, shift as tf.Tensor1D),
    exact: ([v, scale, shift]) => float64.layerNorm(v, scale, shift, 1e-5),
  };
}

/** The sum of what is normalised and of what skips. */
function layerNormSkipCase(name: string, shape: [number, number]): KernelCase {
  return {
    name: `layerNormSkip: ${name}`,
    small: true,
    inputs: [normal(shape, 5), normal([shape[1]], 6), normal([shape[1]], 7)],
    differentiable: 3,
    run: ([v, scale, shift]) => {
      const { y, skipped } = layerNormSkip(v as tf.Tensor, scale as tf.Tensor1D, shift as tf.Tensor1D);
      return tf.add(y, tf.mul(skipped, 3));
    },
    exact: ([v, scale, shift]) =>
      float64.layerNorm(v, scale, shift, 1e-5).map((y, i) => y + 3 * (v.data[i] as number)),
  };
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
  const keys: (keyof float64.TokenInputs)[] = [];
  const inputs: Matrix[] = [];
  const add = (key: keyof float64.TokenInputs, value: Matrix) => {
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
    exact: (values) => float64.embedTokens(named(values), rows, width),
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
    exact: ([x, w, b]) => float64.groupedLinear(x, w, b, attributes),
  };
}

/** y is a sum whose two gradients meet nothing else, so both are checked. */
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
      float64.groupedLinear(x, w, b, attributes).map((v, i) => v + (residual.data[i] as number)),
  };
}

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

function batchNormCase(
  name: string,
  small: boolean,
  shape: [number, number],
  relu: boolean,
  offset = 0,
): KernelCase {
  const x = normal(shape, 43);
  return {
    name: `batchNorm${relu ? ' and relu' : ''}: ${name}`,
    small,
    inputs: [
      { shape, data: x.data.map((v) => Math.fround(v + offset)) },
      normal([shape[1]], 44),
      normal([shape[1]], 45),
    ],
    differentiable: 3,
    run: ([v, scale, shift]) =>
      batchNorm(v as tf.Tensor2D, scale as tf.Tensor1D, shift as tf.Tensor1D, { epsilon: 1e-5, relu }).y,
    exact: ([v, scale, shift]) => float64.batchNorm(v, scale, shift, 1e-5, relu),
  };
}

function mixCase(
  name: string,
  small: boolean,
  rows: number,
  width: number,
  attributes: MixAttributes,
  scale = 1,
): KernelCase {
  const total = attributes.gates.reduce((sum, g) => sum + g.experts.length, 0);
  return {
    name: `mixExperts: ${name}`,
    small,
    inputs: [normal([rows, total], 46, scale), normal([rows, attributes.numExperts * width], 47)],
    differentiable: 2,
    run: ([logits, experts]) => mixExperts(logits as tf.Tensor2D, experts as tf.Tensor2D, attributes).mixed,
    exact: ([logits, experts]) => float64.mixExperts(logits, experts, attributes),
  };
}

interface SparseSizes {
  rows: number;
  inputs: number;
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
  const { gates, slotOf, top } = s;
  return {
    name: `sparse experts: ${name}`,
    small,
    inputs: [
      normal([s.rows, slots * s.inputs], 70),
      normal([s.rows, logits], 71),
      normal([total, s.inputs], 72, s.inputs ** -0.5),
      normal([total], 73),
      normal([total], 74),
      normal([total], 75),
    ],
    differentiable: 6,
    run: (tensors) => {
      const [x, l, weight, bias, scale, offset] = tensors as [
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor2D,
        tf.Tensor1D,
        tf.Tensor1D,
        tf.Tensor1D,
      ];
      const { kept, routes } = topGates(l, { gates, numExperts, top });
      const own = gatherRows(x, routes, { slotOf, slots });
      const z = routedLinear(own, weight, bias, routes);
      const y = routedNorm(z, scale, offset, routes, { epsilon: 1e-5, relu: true });
      return mixExperts(kept, scatterRows(y, routes), { gates, numExperts }).mixed;
    },
    exact: (values) => float64.sparseExperts(values as never, { gates, slotOf, slots, top }),
  };
}

function lossCase(
  name: string,
  kind: LossKind,
  shape: [number, number],
  targets: (row: number) => number,
  scale = 1,
): KernelCase {
  return {
    name: `taskLoss ${kind}: ${name}`,
    small: true,
    inputs: [
      normal(shape, 52, scale),
      { shape: [shape[0]], data: Float64Array.from({ length: shape[0] }, (_, row) => targets(row)) },
    ],
    differentiable: 1,
    run: ([logits, t]) => taskLoss(logits as tf.Tensor2D, t as tf.Tensor1D, kind),
    exact: ([logits, t]) => float64.taskLoss(logits, t, kind),
  };
}

/** Several tasks side by side. */
function lossesCase(name: string, rows: number, tasks: readonly LossSpec[]): KernelCase {
  const width = tasks.reduce((sum, t) => sum + t.outputs, 0);
  const classOf = ({ kind, outputs }: LossSpec, row: number) =>
    kind === 'squared-error' ? (row % 5) - 2 : row % Math.max(2, outputs);
  return {
    name: `taskLosses: ${name}`,
    small: true,
    inputs: [
      normal([rows, width], 54),
      {
        shape: [tasks.length, rows],
        data: Float64Array.from(
          tasks.flatMap((t) => Array.from({ length: rows }, (_, row) => classOf(t, row))),
        ),
      },
    ],
    differentiable: 1,
    run: ([logits, t]) => taskLosses(logits as tf.Tensor2D, t as tf.Tensor2D, tasks),
    exact: ([logits, t]) => {
      let first = 0;
      const losses = tasks.map(({ kind, outputs }, task) => {
        const own = Float64Array.from({ length: rows * outputs }, (_, i) => {
          const [row, column] = [Math.floor(i / outputs), i % outputs];
          return logits.data[row * width + first + column] as number;
        });
        first += outputs;
        const targets = { shape: [rows], data: t.data.slice(task * rows, (task + 1) * rows) };
        return float64.taskLoss({ shape: [rows, outputs], data: own }, targets, kind)[0] as number;
      });
      return Float64Array.from(losses);
    },
  };
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
    exact: ([w, b, weight, bias, values]) => {
      const tokens = Float64Array.from({ length: rows * n * width }, (_, at) => {
        const within = at % (n * width);
        const value = values.data[Math.floor(at / width)] as number;
        return value * (weight.data[within] as number) + (bias.data[within] as number);
      });
      return float64.linear({ shape: [rows, n * width], data: tokens }, w, b, activation);
    },
  };
}

const every = (count: number) => Array.from({ length: count }, (_, i) => i);

export const kernelCases: KernelCase[] = [
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
  attentionCase('one token', true, [2, 1, 4], 2),
  attentionCase('head size 1', true, [1, 3, 2], 2),
  attentionCase('odd sizes', true, [2, 5, 6], 2),
  attentionCase('few open keys', true, [2, 5, 4], 2, { blocked: sparseMask(5) }),
  attentionCase('head size 5, sequences that share a workgroup', true, [15, 6, 10], 2, {
    blocked: sparseMask(6),
  }),
  attentionCase('head size 64', true, [1, 5, 64], 1),
  attentionCase('head size 130', true, [1, 3, 130], 1),
  attentionCase('head size 256', true, [1, 3, 256], 1),
  attentionCase('300 tokens, few open keys', true, [1, 300, 4], 1, { blocked: sparseMask(300) }),
  attentionCase('a mask per head', true, [2, 5, 6], 3, {
    blocked: Uint8Array.from([...sparseMask(5), ...new Uint8Array(25), ...sparseMask(5).reverse()]),
  }),
  attentionCase('scores of +-80', true, [1, 4, 4], 2, { scale: 8 }),
  attentionCase('as between rows', true, [1, 41, 312], 2),
  attentionCase('several blocks of wide heads, few open keys', true, [2, 67, 72], 2, {
    blocked: sparseMask(67),
  }),
  attentionCase('dropout, head size 70, a mask per head', true, [1, 35, 140], 2, {
    drop: 0.2,
    blocked: Uint8Array.from([...sparseMask(35), ...new Uint8Array(35 * 35)]),
  }),
  attentionCase('wide heads, scores of +-80', true, [1, 5, 40], 1, { scale: 5 }),
  attentionCase('rotary, one position', true, [1, 1, 4], 1, { rotary: true }),
  attentionCase('rotary, head size 6, few open keys', true, [2, 7, 12], 2, {
    rotary: true,
    blocked: sparseMask(7),
  }),
  attentionCase('rotary, head size 72', true, [2, 9, 144], 2, { rotary: true }),
  attentionCase('rotary, as between rows', false, [1, 131, 156], 2, { rotary: true }),
  attentionCase('dropout', true, [2, 5, 6], 2, { drop: 0.3 }),
  attentionCase('dropout, few open keys', true, [3, 9, 10], 2, { drop: 0.6, blocked: sparseMask(9) }),
  attentionCase('dropout and rotary, several blocks', true, [1, 67, 24], 2, { drop: 0.5, rotary: true }),
  attentionCase('dropout and rotary, few open keys', false, [2, 131, 40], 2, {
    drop: 0.1,
    rotary: true,
    blocked: sparseMask(131),
  }),
  attentionCase('as in the model', false, [3, 39, 16], 4, { blocked: sparseMask(39) }),
  attentionCase('several blocks of queries, a mask per head', false, [2, 70, 6], 2, {
    blocked: Uint8Array.from([...new Uint8Array(70 * 70), ...sparseMask(70)]),
  }),
  attentionCase('several blocks of queries', false, [1, 131, 20], 2),
  attentionCase('several blocks of queries, few open keys', false, [2, 70, 6], 1, {
    blocked: sparseMask(70),
  }),
  layerNormCase('one column', true, [3, 1]),
  layerNormCase('odd sizes', true, [3, 5]),
  layerNormCase('one row, three axes', true, [1, 1, 8]),
  layerNormCase('a row per workgroup', true, [3, 517]),
  layerNormCase('several splits', true, [197, 9]),
  layerNormCase('many rows', false, [150, 18]),
  layerNormCase('a mean far from 0', false, [4, 33], 30),
  layerNormSkipCase('odd sizes', [5, 7]),
  layerNormSkipCase('several splits', [197, 9]),
  tokenCase('all groups', true, [3, 2, 2, 7, 3, 5]),
  tokenCase('tasks only', true, [2, 1, 0, 0, 0, 4]),
  tokenCase('codes only, one row', true, [1, 0, 2, 3, 0, 3]),
  tokenCase('a table of one row', true, [3, 1, 2, 1, 1, 3]),
  tokenCase('numbers only', true, [2, 0, 0, 0, 2, 1]),
  foldCase('one column, tokens of one number', true, [3, 1, 1], 2, 'none'),
  foldCase('odd sizes', true, [5, 3, 7], 5, 'relu'),
  foldCase('whole vectors', true, [4, 2, 8], 3, 'gelu'),
  foldCase('more than a block of outputs', false, [33, 5, 6], 131, 'none'),
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
  lossCase('one row', 'squared-error', [1, 1], () => 2),
  lossCase('more rows than lanes', 'squared-error', [300, 1], (row) => row % 3),
  lossCase('both classes', 'binary', [5, 1], (row) => row % 2),
  lossCase('logits of +-80', 'binary', [7, 1], (row) => row % 2, 40),
  lossCase('odd sizes', 'multiclass', [5, 3], (row) => row % 3),
  lossCase('logits of +-80', 'multiclass', [7, 5], (row) => row % 5, 40),
  lossesCase('of one kind', 70, [
    { kind: 'squared-error', outputs: 1 },
    { kind: 'squared-error', outputs: 1 },
    { kind: 'squared-error', outputs: 1 },
  ]),
  lossesCase('of all kinds', 5, [
    { kind: 'multiclass', outputs: 3 },
    { kind: 'binary', outputs: 1 },
    { kind: 'squared-error', outputs: 1 },
    { kind: 'multiclass', outputs: 4 },
  ]),
  takeSlotsCase('the first', [3, 15], [0, 1], 5),
  takeSlotsCase('all', [2, 12], [0, 1, 2], 3),
  takeSlotsCase('twice and out of order', [3, 12], [3, 0, 3, 1], 4),
  takeSlotsCase('one group, thrice', [3, 2], [0, 0, 0], 1),
  takeSlotsCase('one column each', [2, 3], [2, 2, 0], 3),
  batchNormCase('three rows', true, [3, 2], false),
  batchNormCase('odd sizes', true, [5, 7], true),
  batchNormCase('more rows than lanes', true, [37, 9], true),
  batchNormCase('many rows', false, [130, 18], true),
  batchNormCase('a mean far from 0', false, [70, 5], false, 30),
  mixCase('every gate weights all', true, 3, 5, {
    numExperts: 3,
    gates: [{ experts: every(3) }, { experts: every(3) }],
  }),
  mixCase('own and shared experts', true, 4, 3, {
    numExperts: 5,
    gates: [{ experts: [0, 1, 4] }, { experts: [2, 3, 4] }, { experts: every(5) }],
  }),
  mixCase('one expert', true, 2, 4, { numExperts: 2, gates: [{ experts: [1] }, { experts: [0, 1] }] }),
  mixCase('logits of +-80', true, 3, 4, { numExperts: 4, gates: [{ experts: every(4) }] }, 40),
  mixCase('more logits than lanes', true, 2, 3, {
    numExperts: 11,
    gates: every(7).map(() => ({ experts: every(11) })),
  }),
  mixCase('many', false, 67, 18, {
    numExperts: 9,
    gates: [{ experts: every(9) }, { experts: [0, 3, 7, 8] }, { experts: every(9) }],
  }),
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
  tokenCase('several splits', true, [197, 1, 2, 5, 2, 3]),
  tokenCase('many rows', false, [140, 3, 2, 11, 4, 16]),
];
