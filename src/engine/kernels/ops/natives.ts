// The fast versions of our kernels on the wasm backend: shapes here, loops in assembly/. Inputs, outputs and attributes
// are those of each kernel's `reference`.
import * as tf from '@tensorflow/tfjs-core';
import { type NativeKernel, registerNative } from '../runtime/defineKernel.ts';
import { runAsKernel } from '../runtime/observe.ts';
import type { WasmContext } from '../runtime/wasm/context.ts';
import type { AttentionAttributes } from './attention/index.ts';
import { rotaryTable } from './attention/rotaryTable.ts';
import { type BatchNormAttributes, moveRunning } from './batchNorm/index.ts';
import type { DropoutAttributes } from './dropout/index.ts';
import type { EmbedAttributes } from './embedTokens/index.ts';
import type { SquaresAttributes } from './gradientSquares/index.ts';
import type { LayerNormAttributes } from './layerNorm/index.ts';
import { type LinearAttributes, linearOutputShape } from './linear/index.ts';
import type { MixAttributes } from './mixExperts/index.ts';
import type { SlotAttributes } from './takeSlots/index.ts';
import { type NativeAdamw, registerNativeAdamw } from './updateParameters/adamw.ts';

const ACTIVATION_CODES = { none: 0, relu: 1, gelu: 2 } as const;

type Native<A> = (context: WasmContext) => NativeKernel<A>;

/** Where each group of a grouped product stands: float offsets into x, weight, bias and y, and its output columns. */
function groupsOf(
  rows: number,
  inputs: number,
  { widths, layout }: LinearAttributes,
): { x: number; y: number; first: number; outputs: number }[] {
  let first = 0;
  return widths.map((outputs, g) => {
    const group =
      layout === 'columns'
        ? { x: g * inputs, y: first, first, outputs }
        : { x: g * rows * inputs, y: g * rows * outputs, first, outputs };
    first += outputs;
    return group;
  });
}

/** Rows of a group, and bytes from row to row of x and y. */
function linearShape(x: tf.Tensor, weight: tf.Tensor, { widths, layout }: LinearAttributes) {
  const [total, inputs] = weight.shape as [number, number];
  const all = x.shape[0] as number;
  return layout === 'columns'
    ? { rows: all, inputs, xStride: 4 * widths.length * inputs, yStride: 4 * total }
    : { rows: all / widths.length, inputs, xStride: 4 * inputs, yStride: (4 * total) / widths.length };
}

const linear: Native<LinearAttributes> =
  (c) =>
  ([x, weight, bias, residual], attributes) => {
    const { activation } = attributes;
    const { rows, inputs, xStride, yStride } = linearShape(x, weight, attributes);
    const shape = linearOutputShape(x.shape, weight.shape, attributes);
    const y = c.output(shape);
    // For GELU the slope is kept, not the argument: both results of the forward pass share an exponential.
    const slope = c.output(activation === 'gelu' ? shape : [0]);
    const scratch = c.scratch(c.simd.linearScratch(inputs, Math.max(...attributes.widths)));
    const [from, weights, biases, to, slopes] = [x, weight, bias, y, slope].map((t) => c.address(t)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    for (const group of groupsOf(rows, inputs, attributes)) {
      c.simd.linearForward(
        from + 4 * group.x,
        xStride,
        weights + 4 * group.first * inputs,
        biases + 4 * group.first,
        to + 4 * group.y,
        slopes + 4 * group.y,
        yStride,
        rows,
        inputs,
        group.outputs,
        ACTIVATION_CODES[activation],
        scratch,
      );
    }
    if (residual) return [tf.add(y, residual), slope];
    return [y, activation === 'relu' ? y.clone() : slope];
  };

const linearGradient: Native<LinearAttributes> =
  (c) =>
  ([dy, saved, x, weight], attributes) => {
    const { rows, inputs, xStride, yStride } = linearShape(x, weight, attributes);
    const outputs = [c.output(x.shape), c.output(weight.shape), c.output([weight.shape[0] as number])];
    const scratch = c.scratch(c.simd.linearScratch(inputs, Math.max(...attributes.widths)));
    const [dx, dw, db] = outputs.map((t) => c.address(t)) as [number, number, number];
    const [dyFrom, savedFrom, xFrom, weights] = [dy, saved, x, weight].map((t) => c.address(t)) as [
      number,
      number,
      number,
      number,
    ];
    for (const group of groupsOf(rows, inputs, attributes)) {
      c.simd.linearBackward(
        dyFrom + 4 * group.y,
        savedFrom + 4 * group.y,
        yStride,
        xFrom + 4 * group.x,
        xStride,
        weights + 4 * group.first * inputs,
        dx + 4 * group.x,
        dw + 4 * group.first * inputs,
        db + 4 * group.first,
        rows,
        inputs,
        group.outputs,
        ACTIVATION_CODES[attributes.activation],
        scratch,
      );
    }
    if (attributes.biasCancels) outputs[2] = tf.zeros([weight.shape[0] as number]);
    return outputs;
  };

/**
 * What both directions of attention take behind their tensors: the mask's address and number, the shape, the table of
 * angles, dropout, scratch. The mask's bytes and the table lie behind the scratch.
 */
function attentionArguments(
  c: WasmContext,
  [groups, length, width]: readonly [number, number, number],
  { heads, blocked, rotary, dropout }: AttentionAttributes,
): number[] {
  const headSize = width / heads;
  const masks = (blocked?.length ?? 0) / length ** 2;
  const table = rotary ? rotaryTable(length, headSize) : new Float32Array();
  const bytes = c.simd.attentionScratch(length, headSize, masks, Number(rotary));
  const tableAt = 16 * Math.ceil(bytes / 16);
  const maskAt = tableAt + table.byteLength;
  const scratch = c.scratch(maskAt + (blocked?.length ?? 0));
  c.write(scratch + tableAt, table);
  if (blocked) c.write(scratch + maskAt, blocked);
  const { key, threshold, kept } = dropout ?? { key: 0, threshold: 0, kept: 1 };
  return [
    blocked ? scratch + maskAt : 0,
    masks,
    groups,
    length,
    width,
    heads,
    rotary ? scratch + tableAt : 0,
    key,
    threshold,
    kept,
    scratch,
  ];
}

const attention: Native<AttentionAttributes> =
  (c) =>
  ([qkv], attributes) => {
    const [groups, length, packed] = qkv.shape as [number, number, number];
    const width = packed / 3;
    const outputs = [c.output([groups, length, width]), c.output([groups * attributes.heads, length, 2])];
    const rest = attentionArguments(c, [groups, length, width], attributes);
    const [from, to, statsTo] = [qkv, ...outputs].map((t) => c.address(t)) as [number, number, number];
    c.simd.attentionForward(from, to, statsTo, ...rest);
    return outputs;
  };

const attentionGradient: Native<AttentionAttributes> =
  (c) =>
  ([dy, qkv, , stats], attributes) => {
    const dqkv = c.output(qkv.shape);
    const rest = attentionArguments(c, dy.shape as [number, number, number], attributes);
    const [dyFrom, qkvFrom, statsFrom, to] = [dy, qkv, stats, dqkv].map((t) => c.address(t)) as [
      number,
      number,
      number,
      number,
    ];
    c.simd.attentionBackward(dyFrom, qkvFrom, statsFrom, to, ...rest);
    return [dqkv];
  };

const layerNorm: Native<LayerNormAttributes> =
  (c) =>
  ([x, scale, offset], { epsilon, skip }) => {
    const [rows, width] = x.shape as [number, number];
    const outputs = [c.output([rows, width]), c.output([rows, 1]), c.output([rows, 1])];
    const [y, mean, inverse] = outputs.map((t) => c.address(t)) as [number, number, number];
    c.simd.layerNormForward(
      c.address(x),
      c.address(scale),
      c.address(offset),
      y,
      mean,
      inverse,
      rows,
      width,
      epsilon,
    );
    return skip ? [...outputs, x.clone()] : outputs;
  };

const layerNormGradient: Native<Record<string, never>> = (c) => (all) => {
  const [inputs, dskip] = [all.slice(0, 5), all[5]];
  const [rows, width] = (inputs[1] as tf.Tensor).shape as [number, number];
  const outputs = [c.output([rows, width]), c.output([width]), c.output([width])];
  const scratch = c.scratch(8 * width);
  const [dy, x, scale, ...rest] = [...inputs, ...outputs].map((t) => c.address(t)) as [
    number,
    number,
    number,
  ];
  c.simd.layerNormBackward(dy, x, scale, ...rest, rows, width, scratch);
  if (dskip) outputs[0] = tf.add(outputs[0] as tf.Tensor, dskip);
  return outputs;
};

/** Addresses and counts of the groups of token inputs that are present; the others are 0. */
function tokenGroups(c: WasmContext, inputs: readonly tf.Tensor[], a: EmbedAttributes) {
  const queue = [...inputs];
  const take = (present: boolean, count: number) => (present ? queue.splice(0, count) : []);
  const at = (t: tf.Tensor | undefined) => (t ? c.address(t) : 0);
  const [taskWeight, taskBias] = take(a.tasks, 2);
  const [table, codes] = take(a.categorical, 2);
  const [numericWeight, numericBias, values] = take(a.numeric, 3);
  const owner = (taskWeight ?? table ?? numericWeight) as tf.Tensor;
  return {
    width: owner.shape[1] as number,
    numTasks: taskWeight?.shape[0] ?? 0,
    tableRows: table?.shape[0] ?? 0,
    numCategorical: codes?.shape[1] ?? 0,
    numNumeric: values?.shape[1] ?? 0,
    integerCodes: !codes || codes.dtype === 'int32',
    taskWeight: at(taskWeight),
    taskBias: at(taskBias),
    table: at(table),
    codes: at(codes),
    numericWeight: at(numericWeight),
    numericBias: at(numericBias),
    values: at(values),
  };
}

const embedTokens: Native<EmbedAttributes> = (c) => (inputs, attributes) => {
  const g = tokenGroups(c, inputs, attributes);
  if (!g.integerCodes) return null;
  const { rows } = attributes;
  const tokens = c.output([rows, g.numTasks + g.numCategorical + g.numNumeric, g.width]);
  c.simd.embedForward(
    g.taskWeight,
    g.taskBias,
    g.numTasks,
    g.table,
    g.tableRows,
    g.codes,
    g.numCategorical,
    g.numericWeight,
    g.numericBias,
    g.values,
    g.numNumeric,
    rows,
    g.width,
    c.address(tokens),
  );
  return [tokens];
};

const embedTokensGradient: Native<EmbedAttributes> =
  (c) =>
  ([dy, ...inputs], attributes) => {
    const g = tokenGroups(c, inputs, attributes);
    if (!g.integerCodes) return null;
    const { rows, tasks, categorical, numeric } = attributes;
    const { width, numTasks, tableRows, numCategorical, numNumeric } = g;
    const group = (present: boolean, count: number) => (present ? c.output([count, width]) : null);
    const task = group(tasks, numTasks);
    const table = group(categorical, tableRows);
    const [weight, bias] = [group(numeric, numNumeric), group(numeric, numNumeric)];
    const at = (t: tf.Tensor | null) => (t ? c.address(t) : 0);
    const scratch = c.scratch(4 * (numTasks + 2 * numNumeric) * width);
    c.simd.embedBackward(
      c.address(dy),
      at(task),
      numTasks,
      at(table),
      tableRows,
      g.codes,
      numCategorical,
      at(weight),
      at(bias),
      g.values,
      numNumeric,
      rows,
      width,
      scratch,
    );
    return [task, table, weight, bias].filter((t) => t !== null);
  };

const foldTokens: Native<object> = (c) => (inputs) => {
  const [weight, , tokenWeight] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor];
  const outputs = weight.shape[0] as number;
  const [n, width] = tokenWeight.shape as [number, number];
  const made = [c.output([outputs, n]), c.output([outputs])];
  const [from, bias, ...rest] = [...inputs, ...made].map((t) => c.address(t)) as [number, number];
  c.simd.foldForward(from, bias, ...rest, outputs, n, width);
  return made;
};

const foldTokensGradient: Native<object> = (c) => (inputs) => {
  const [, , weight, tokenWeight] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const [n, width] = tokenWeight.shape as [number, number];
  const made = [c.output(weight.shape), c.output([n, width]), c.output([n, width])];
  const scratch = c.scratch(8 * n * width);
  const [dfolded, dbias, from, ...rest] = [...inputs, ...made].map((t) => c.address(t)) as [
    number,
    number,
    number,
  ];
  c.simd.foldBackward(dfolded, dbias, from, ...rest, weight.shape[0] as number, n, width, scratch);
  return made;
};

/** Scratch memory that holds these integers. */
function integers(c: WasmContext, values: readonly number[]): number {
  const at = c.scratch(4 * values.length);
  c.write(at, Int32Array.from(values));
  return at;
}

const takeSlots: Native<SlotAttributes> =
  (c) =>
  ([x], { slots, total }) => {
    const [rows, columns] = x.shape as [number, number];
    const width = columns / total;
    const y = c.output([rows, slots.length * width]);
    const list = integers(c, slots);
    c.simd.takeSlots(c.address(x), c.address(y), list, rows, slots.length, total, width);
    return [y];
  };

const takeSlotsGradient: Native<SlotAttributes> =
  (c) =>
  ([dy], { slots, total }) => {
    const [rows, columns] = dy.shape as [number, number];
    const width = columns / slots.length;
    const dx = c.output([rows, total * width]);
    const list = integers(c, slots);
    c.simd.putSlots(c.address(dy), c.address(dx), list, rows, slots.length, total, width);
    return [dx];
  };

const batchNorm: Native<BatchNormAttributes> =
  (c) =>
  (inputs, { epsilon, relu, running }) => {
    const [rows, width] = (inputs[0] as tf.Tensor).shape as [number, number];
    const outputs = [c.output([rows, width]), c.output([width]), c.output([width])];
    const scratch = c.scratch(4 * width);
    const [x, scale, offset, ...rest] = [...inputs, ...outputs].map((t) => c.address(t)) as [
      number,
      number,
      number,
    ];
    c.simd.batchNormForward(x, scale, offset, ...rest, rows, width, epsilon, Number(relu), scratch);
    moveRunning(running, outputs[1] as tf.Tensor, outputs[2] as tf.Tensor, rows);
    return outputs;
  };

const batchNormGradient: Native<BatchNormAttributes> =
  (c) =>
  (inputs, { epsilon, relu }) => {
    const [rows, width] = (inputs[1] as tf.Tensor).shape as [number, number];
    const outputs = [c.output([rows, width]), c.output([width]), c.output([width])];
    const scratch = c.scratch(12 * width);
    const [dy, x, scale, ...rest] = [...inputs, ...outputs].map((t) => c.address(t)) as [
      number,
      number,
      number,
    ];
    c.simd.batchNormBackward(dy, x, scale, ...rest, rows, width, epsilon, Number(relu), scratch);
    return outputs;
  };

const DETACHED = 1 << 30;

/** The list that assembly/experts.ts describes. */
const gateList = ({ gates }: MixAttributes) =>
  gates.flatMap(({ experts, detached }) => [
    experts.length,
    ...experts.map((expert, k) => (detached?.[k] ? expert | DETACHED : expert)),
  ]);

const mixExperts: Native<MixAttributes> =
  (c) =>
  ([logits, experts], attributes) => {
    const { gates, numExperts } = attributes;
    const [rows, columns] = experts.shape as [number, number];
    const width = columns / numExperts;
    const [mixed, weights] = [c.output([rows, gates.length * width]), c.output(logits.shape)];
    const list = integers(c, gateList(attributes));
    const [from, values, to, weightsTo] = [logits, experts, mixed, weights].map((t) => c.address(t)) as [
      number,
      number,
      number,
      number,
    ];
    c.simd.mixExpertsForward(from, values, to, weightsTo, list, rows, gates.length, numExperts, width);
    return [mixed, weights];
  };

const mixExpertsGradient: Native<MixAttributes> = (c) => (inputs, attributes) => {
  const { gates, numExperts } = attributes;
  const [, experts, weights] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor];
  const [rows, columns] = experts.shape as [number, number];
  const outputs = [c.output(weights.shape), c.output(experts.shape)];
  const list = integers(c, gateList(attributes));
  const [dmixed, values, used, ...to] = [...inputs, ...outputs].map((t) => c.address(t)) as [
    number,
    number,
    number,
  ];
  const shape = [rows, gates.length, numExperts, columns / numExperts];
  c.simd.mixExpertsBackward(dmixed, values, used, ...to, list, ...shape);
  return outputs;
};

const dropout: Native<DropoutAttributes> =
  (c) =>
  ([x], { key, threshold, kept }) => {
    const y = c.output(x.shape);
    c.simd.dropout(c.address(x), c.address(y), x.size, key, threshold, kept);
    return [y];
  };

const gradientSquares: Native<SquaresAttributes> =
  (c) =>
  (gradients, { stretches }) => {
    const values = gradients.flatMap((g, i) => {
      let at = c.address(g);
      return (stretches[i] as readonly number[]).map((size) => {
        const sum = c.simd.sumOfSquares(at, size);
        at += 4 * size;
        return sum;
      });
    });
    const sums = c.output([values.length]);
    c.view(c.address(sums), values.length).set(values);
    return [sums];
  };

const adamw =
  (c: WasmContext): NativeAdamw =>
  (parameter, gradient, m, v, o) => {
    if (![parameter, m, v].every((t) => c.isSoleOwner(t))) return false;
    const changed = [parameter, m, v];
    runAsKernel('AdamW', { reads: [...changed, gradient], writes: changed }, () => {
      c.simd.adamw(
        c.address(parameter),
        c.address(gradient),
        c.address(m),
        c.address(v),
        parameter.size,
        o.beta1,
        o.beta2,
        1 - o.beta1,
        1 - o.beta2,
        o.gradientScale,
        1 - o.learningRate * o.weightDecay,
        o.learningRate / (1 - o.beta1 ** o.step),
        1 / (1 - o.beta2 ** o.step),
        o.epsilon,
      );
      for (const t of changed) c.forgetCopies(t);
    });
    return true;
  };

/** Makes every native kernel known for the backend of the context. */
export function registerWasmNatives(c: WasmContext): void {
  registerNative('wasm', 'Linear', linear(c));
  registerNative('wasm', 'LinearGradient', linearGradient(c));
  registerNative('wasm', 'Attention', attention(c));
  registerNative('wasm', 'AttentionGradient', attentionGradient(c));
  registerNative('wasm', 'LayerNorm', layerNorm(c));
  registerNative('wasm', 'LayerNormGradient', layerNormGradient(c));
  registerNative('wasm', 'EmbedTokens', embedTokens(c));
  registerNative('wasm', 'EmbedTokensGradient', embedTokensGradient(c));
  registerNative('wasm', 'FoldTokens', foldTokens(c));
  registerNative('wasm', 'FoldTokensGradient', foldTokensGradient(c));
  registerNative('wasm', 'Dropout', dropout(c));
  registerNative('wasm', 'TakeSlots', takeSlots(c));
  registerNative('wasm', 'TakeSlotsGradient', takeSlotsGradient(c));
  registerNative('wasm', 'BatchNorm', batchNorm(c));
  registerNative('wasm', 'BatchNormGradient', batchNormGradient(c));
  registerNative('wasm', 'MixExperts', mixExperts(c));
  registerNative('wasm', 'MixExpertsGradient', mixExpertsGradient(c));
  registerNative('wasm', 'GradientSquares', gradientSquares(c));
  registerNativeAdamw('wasm', adamw(c));
}
