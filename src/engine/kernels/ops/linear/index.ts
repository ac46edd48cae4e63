// y = activation(x W^T + b) as one kernel, and its gradient as another: product, bias and activation are fused, and no product
// needs a transposed operand where that is slow.
// Shapes: N rows, `in` inputs and `out` outputs of a row, in each group if there are several.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { columnSum } from '../../plain/columnSum.ts';
import { matMulTransposedA, matMulTransposedB } from '../../plain/matMul.ts';
import { getKernelMode } from '../../runtime/backendRuntime.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';

export type Activation = 'none' | 'relu' | 'gelu';

export interface LinearAttributes {
  activation: Activation;
  /** Outputs of each group; one entry for a plain product. All groups have the same number of inputs. */
  widths: readonly number[];
  /**
   * Layout of the groups. `columns`: side by side, x [N, groups * in] -> y [N, sum of widths]. `rows`: stacked, x [groups * N,
   * in] -> y [groups * N, width]; the widths are then equal.
   */
  layout: 'columns' | 'rows';
  /**
   * A batch norm follows and cancels the bias: its gradient is 0, which rounding would turn into noise, and Adam the noise into
   * full steps.
   */
  biasCancels?: boolean;
  /** Nothing is trained through the inputs, so their gradient is not computed. */
  constantInputs?: boolean;
}

export function linearOutputShape(
  x: readonly number[],
  weight: readonly number[],
  { widths, layout }: LinearAttributes,
): [number, number] {
  const total = weight[0] as number;
  return [x[0] as number, layout === 'columns' ? total : total / widths.length];
}

const INVERSE_SQRT_2PI = 1 / Math.sqrt(2 * Math.PI);

/** Phi(x), the distribution function of the standard normal. */
const normalCdf = (x: tf.Tensor) => tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);

/** x * Phi(x) (Hendrycks and Gimpel 2016). */
const gelu = (x: tf.Tensor) => tf.mul(x, normalCdf(x)) as tf.Tensor2D;

/** Phi(x) + x * phi(x) */
function geluDerivative(x: tf.Tensor): tf.Tensor {
  const pdf = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), INVERSE_SQRT_2PI);
  return tf.add(normalCdf(x), tf.mul(x, pdf));
}

/** Grouped products in plain operations. */
interface GroupedProducts {
  /** x W^T per group. */
  forward(x: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D;
  /** dz W per group. */
  toInputs(dz: tf.Tensor2D, weight: tf.Tensor2D): tf.Tensor2D;
  /** dz^T x per group. */
  toWeights(dz: tf.Tensor2D, x: tf.Tensor2D): tf.Tensor2D;
  addBias(z: tf.Tensor2D, bias: tf.Tensor): tf.Tensor2D;
  biasGradient(dz: tf.Tensor2D): tf.Tensor;
}

const plain: GroupedProducts = {
  forward: matMulTransposedB,
  toInputs: (dz, weight) => tf.matMul(dz, weight),
  toWeights: matMulTransposedA,
  addBias: (z, bias) => tf.add(z, bias),
  biasGradient: columnSum,
};

/** Groups of one width: a batched product, [groups, rows, columns] each. */
function batched({ widths, layout }: LinearAttributes): GroupedProducts {
  const groups = widths.length;
  const columns = layout === 'columns';
  const apart = (m: tf.Tensor2D): tf.Tensor3D => {
    const [rows, width] = m.shape;
    return columns
      ? (tf.transpose(tf.reshape(m, [rows, groups, width / groups]), [1, 0, 2]) as tf.Tensor3D)
      : (tf.reshape(m, [groups, rows / groups, width]) as tf.Tensor3D);
  };
  const together = (m: tf.Tensor3D): tf.Tensor2D => {
    const [, rows, width] = m.shape;
    return columns
      ? tf.reshape(tf.transpose(m, [1, 0, 2]), [rows, groups * width])
      : tf.reshape(m, [groups * rows, width]);
  };
  const stacked = (weight: tf.Tensor2D) =>
    tf.reshape(weight, [groups, weight.shape[0] / groups, weight.shape[1]]) as tf.Tensor3D;
  return {
    forward: (x, weight) => together(tf.matMul(apart(x), stacked(weight), false, true)),
    toInputs: (dz, weight) => together(tf.matMul(apart(dz), stacked(weight))),
    toWeights: (dz, x) => {
      const product = tf.matMul(apart(dz), apart(x), true, false); // [groups, out, in]
      return tf.reshape(product, [-1, product.shape[2] as number]);
    },
    addBias: (z, bias) =>
      columns ? tf.add(z, bias) : tf.reshape(tf.add(apart(z), tf.reshape(bias, [groups, 1, -1])), z.shape),
    biasGradient: (dz) => (columns ? columnSum(dz) : tf.reshape(tf.sum(apart(dz), 1), [-1])),
  };
}

/** Columns of several widths: one product with a block-diagonal matrix, for the small last layers of towers and gates. */
function blockDiagonal({ widths }: LinearAttributes): GroupedProducts {
  const groups = widths.length;
  const group = widths.flatMap((width, g) => new Array<number>(width).fill(g));
  /** [outputs, groups, 1], 1 if the output belongs to the group. */
  const belongs = () => tf.reshape(tf.oneHot(tf.tensor1d(group, 'int32'), groups), [group.length, groups, 1]);
  const spread = (weight: tf.Tensor2D): tf.Tensor2D => {
    const [outputs, inputs] = weight.shape;
    const wide = tf.mul(tf.reshape(weight, [outputs, 1, inputs]), tf.cast(belongs(), 'float32'));
    return tf.reshape(wide, [outputs, groups * inputs]);
  };
  return {
    ...plain,
    forward: (x, weight) => matMulTransposedB(x, spread(weight)),
    toInputs: (dz, weight) => tf.matMul(dz, spread(weight)),
    toWeights: (dz, x) => {
      const wide = matMulTransposedA(dz, x); // [outputs, groups * in]
      const own = tf.mul(tf.reshape(wide, [group.length, groups, -1]), tf.cast(belongs(), 'float32'));
      return tf.sum(own, 1);
    },
  };
}

/** Columns of several widths, too large for a mostly zero matrix: neighbours of equal width together. */
function inRuns({ widths, activation, layout }: LinearAttributes): GroupedProducts {
  const runs: { first: number; start: number; widths: number[]; products: GroupedProducts }[] = [];
  let start = 0;
  for (const [first, width] of widths.entries()) {
    const last = runs.at(-1);
    if (last?.widths[0] === width) last.widths.push(width);
    else runs.push({ first, start, widths: [width], products: plain });
    start += width;
  }
  for (const run of runs)
    if (run.widths.length > 1) run.products = batched({ activation, layout, widths: run.widths });
  type Run = (typeof runs)[number];
  const rowsOf = (weight: tf.Tensor2D, run: Run) =>
    tf.slice(weight, [run.start, 0], [sum(run.widths), weight.shape[1]]);
  const outputsOf = (dz: tf.Tensor2D, run: Run) =>
    tf.slice(dz, [0, run.start], [dz.shape[0], sum(run.widths)]);
  const inputsOf = (x: tf.Tensor2D, run: Run) => {
    const inputs = x.shape[1] / widths.length;
    return tf.slice(x, [0, run.first * inputs], [x.shape[0], run.widths.length * inputs]);
  };
  return {
    ...plain,
    forward: (x, weight) =>
      tf.concat(
        runs.map((run) => run.products.forward(inputsOf(x, run), rowsOf(weight, run))),
        1,
      ),
    toInputs: (dz, weight) =>
      tf.concat(
        runs.map((run) => run.products.toInputs(outputsOf(dz, run), rowsOf(weight, run))),
        1,
      ),
    toWeights: (dz, x) =>
      tf.concat(
        runs.map((run) => run.products.toWeights(outputsOf(dz, run), inputsOf(x, run))),
        0,
      ),
  };
}

/** Maximum number of entries in a block-diagonal matrix. */
const MAX_BLOCK_DIAGONAL = 1 << 20;

function productsOf(attributes: LinearAttributes, weight: tf.Tensor2D): GroupedProducts {
  const { widths } = attributes;
  if (widths.length === 1) return plain;
  if (widths.every((w) => w === widths[0])) return batched(attributes);
  return weight.size * widths.length > MAX_BLOCK_DIAGONAL ? inRuns(attributes) : blockDiagonal(attributes);
}

/**
 * Inputs: x, weight [sum of widths, in], bias [sum of widths], and without activation an optional residual in the shape of y
 * that is added to it. Outputs: y, and what the gradient on the same backend needs for the derivative: y for ReLU, x W^T + b
 * (or the derivative itself) for GELU, [0] for none.
 */
export const linearKernel = defineKernel<LinearAttributes>({
  name: 'Linear',
  savedOutputs: [false, true],
  hiddenOutputs: 1,
  reference([x, weight, bias, residual], attributes) {
    const { forward, addBias } = productsOf(attributes, weight as tf.Tensor2D);
    const z = addBias(forward(x as tf.Tensor2D, weight as tf.Tensor2D), bias as tf.Tensor);
    const { activation } = attributes;
    if (activation === 'none') return [residual ? tf.add(z, residual) : z, tf.zeros([0])];
    if (activation === 'gelu') return [gelu(z), z];
    const y = tf.relu(z);
    return [y, y.clone()];
  },
  gradient: ([dy], [x, weight, , residual], [saved], attributes) => {
    const inputs = [dy, saved, x, weight] as tf.Tensor[];
    const [dweight, dbias, dx] = linearGradientKernel.run(inputs, attributes);
    return [
      dx ?? null,
      dweight as tf.Tensor,
      dbias as tf.Tensor,
      ...(residual ? [(dy as tf.Tensor).clone()] : []),
    ];
  },
});

/** Inputs: dy, saved, x, weight. Outputs: gradients of weight, bias and, unless inputs are constant, x, in their shapes. */
export const linearGradientKernel = defineKernel<LinearAttributes>({
  name: 'LinearGradient',
  reference([dy, saved, x, weight], attributes) {
    const { activation } = attributes;
    const derivative = activation === 'gelu' ? geluDerivative : tf.step;
    const dz = (
      activation === 'none' ? dy : tf.mul(dy as tf.Tensor, derivative(saved as tf.Tensor))
    ) as tf.Tensor2D;
    const { toInputs, toWeights, biasGradient } = productsOf(attributes, weight as tf.Tensor2D);
    const dbias = attributes.biasCancels
      ? tf.zeros([(weight as tf.Tensor).shape[0] as number])
      : biasGradient(dz);
    const dweight = toWeights(dz, x as tf.Tensor2D);
    return attributes.constantInputs
      ? [dweight, dbias]
      : [dweight, dbias, toInputs(dz, weight as tf.Tensor2D)];
  },
});

/** As a user of plain tfjs would write it; differentiated by tfjs. */
function stock(
  x: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  attributes: LinearAttributes,
  residual?: tf.Tensor2D,
): tf.Tensor2D {
  const { activation, widths } = attributes;
  const { forward, addBias } = productsOf(attributes, weight);
  const product: tf.Tensor2D = widths.length === 1 ? tf.matMul(x, weight, false, true) : forward(x, weight);
  const z = bias ? addBias(product, bias) : product;
  if (residual) return tf.add(z, residual);
  if (activation === 'gelu') return gelu(z);
  return (activation === 'relu' ? tf.relu(z) : z) as tf.Tensor2D;
}

function runLinear(
  x: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  attributes: LinearAttributes,
  residual?: tf.Tensor2D,
): tf.Tensor2D {
  if (getKernelMode() === 'stock') return stock(x, weight, bias, attributes, residual);
  const inputs = [x, weight, bias ?? tf.zeros([weight.shape[0]]), ...(residual ? [residual] : [])];
  return linearKernel.run(inputs, attributes)[0] as tf.Tensor2D;
}

/**
 * @param x - [..., in]
 * @param weight - [out, in], the layout of PyTorch
 * @param bias - [out], or null
 * @param activation - GELU is the exact erf form
 * @returns [..., out]
 * @throws WorkbenchError (shape)
 */
export function linear(
  x: tf.Tensor,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  activation: Activation,
): tf.Tensor {
  const [outputs, inputs] = weight.shape;
  requireShape(
    'linear: x',
    [x.shape.at(-1) ?? 0],
    [inputs],
    'The last axis of x must match the weight [out, in].',
  );
  if (bias) requireShape('linear: bias', bias.shape, [outputs], 'The bias must have one entry per output.');
  const flat = tf.reshape(x, [-1, inputs]) as tf.Tensor2D;
  const y = runLinear(flat, weight, bias, { activation, widths: [outputs], layout: 'columns' });
  return tf.reshape(y, [...x.shape.slice(0, -1), outputs]);
}

/**
 * Several products at once, each group of x with its own rows of the weight: all experts of a layer, all towers, the
 * single-task networks of all tasks.
 * @param x - [N, groups * in] (`columns`) or [groups * N, in] (`rows`)
 * @param weight - [sum of widths, in], group after group
 * @param bias - [sum of widths]
 * @param residual - added to the result, in its shape; only without activation
 * @returns [N, sum of widths] or [groups * N, width]
 * @throws WorkbenchError (shape)
 */
export function groupedLinear(
  x: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D,
  attributes: LinearAttributes,
  residual?: tf.Tensor2D,
): tf.Tensor2D {
  const { widths, layout } = attributes;
  const groups = widths.length;
  const [total, inputs] = weight.shape;
  const columns = layout === 'columns' ? groups * inputs : inputs;
  requireShape('groupedLinear: x', [x.shape[1]], [columns], 'Every group needs its own columns.');
  requireShape('groupedLinear: weight', weight.shape, [sum(widths), inputs], 'One row per output.');
  requireShape('groupedLinear: bias', bias.shape, [total], 'The bias must have one entry per output.');
  if (layout === 'rows') {
    requireShape(
      'groupedLinear: rows',
      [x.shape[0] % groups],
      [0],
      'The groups must have equally many rows.',
    );
    requireShape(
      'groupedLinear: widths',
      widths,
      widths.map(() => total / groups),
      'Use equal widths.',
    );
  }
  if (residual) {
    requireShape(
      'groupedLinear: residual',
      residual.shape,
      attributes.activation === 'none' ? linearOutputShape(x.shape, weight.shape, attributes) : [],
      'It is added to a result without activation.',
    );
  }
  return runLinear(x, weight, bias, attributes, residual);
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
