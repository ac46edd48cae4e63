// All tokens of a batch in one kernel: task tokens, categorical codes looked up in a packed table, numeric values times a
// vector per column. The gradient of the table is a one-hot product, so it is deterministic on every backend.
// Shapes: B rows, L tokens of a row, e columns of a token; of the L tokens t for tasks, c for categorical and n for numeric
// columns; S rows of all tables of categories.
import * as tf from '@tensorflow/tfjs-core';
import { columnSum } from '../../plain/columnSum.ts';
import { matMulTransposedA } from '../../plain/matMul.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';

export interface EmbedInputs {
  /** Linear(1, e) of the constant 1: a task token is weight + bias. Both [t, e]. */
  taskWeight: tf.Tensor2D | null;
  taskBias: tf.Tensor2D | null;
  /** [S, e], the tables of all categorical columns, stacked. */
  table: tf.Tensor2D | null;
  /** [B, c] int32, rows of `table`. */
  codes: tf.Tensor2D | null;
  /** [n, e] each. */
  numericWeight: tf.Tensor2D | null;
  numericBias: tf.Tensor2D | null;
  /** [B, n] */
  numeric: tf.Tensor2D | null;
  rows: number;
}

/** Which groups are present; their inputs follow in this order. */
export interface EmbedAttributes {
  rows: number;
  tasks: boolean;
  categorical: boolean;
  numeric: boolean;
}

interface Groups {
  taskWeight?: tf.Tensor;
  taskBias?: tf.Tensor;
  table?: tf.Tensor;
  codes?: tf.Tensor;
  numericWeight?: tf.Tensor;
  numericBias?: tf.Tensor;
  numeric?: tf.Tensor;
}

function groupInputs(inputs: readonly tf.Tensor[], a: EmbedAttributes): Groups {
  const queue = [...inputs];
  const groups: Groups = {};
  if (a.tasks) [groups.taskWeight, groups.taskBias] = queue.splice(0, 2);
  if (a.categorical) [groups.table, groups.codes] = queue.splice(0, 2);
  if (a.numeric) [groups.numericWeight, groups.numericBias, groups.numeric] = queue.splice(0, 3);
  return groups;
}

/** [B, c] -> [B * c, size]. A code outside the table gives a row of zeros; unlike `tf.oneHot`, a size of 1 is allowed. */
function oneHotRows(codes: tf.Tensor, size: number): tf.Tensor2D {
  const flat = tf.reshape(tf.cast(codes, 'int32'), [-1, 1]);
  return tf.cast(tf.equal(flat, tf.range(0, size, 1, 'int32')), 'float32') as tf.Tensor2D;
}

export const embedTokensKernel = defineKernel<EmbedAttributes>({
  name: 'EmbedTokens',
  reference(inputs, attributes) {
    const { rows } = attributes;
    const g = groupInputs(inputs, attributes);
    const tokens: tf.Tensor[] = [];
    if (g.taskWeight && g.taskBias) {
      const each = tf.expandDims(tf.add(g.taskWeight, g.taskBias), 0);
      tokens.push(tf.tile(each, [rows, 1, 1]));
    }
    if (g.table && g.codes) {
      const [, columns] = g.codes.shape as [number, number];
      const [size, width] = g.table.shape as [number, number];
      const picked = tf.matMul(oneHotRows(g.codes, size), g.table as tf.Tensor2D);
      tokens.push(tf.reshape(picked, [rows, columns, width]));
    }
    if (g.numericWeight && g.numericBias && g.numeric) {
      const values = tf.expandDims(g.numeric, 2); // [B, n, 1]
      tokens.push(tf.add(tf.mul(values, g.numericWeight), g.numericBias));
    }
    return [tokens.length === 1 ? (tokens[0] as tf.Tensor) : tf.concat(tokens, 1)];
  },
  gradient: ([dy], inputs, _outputs, attributes) => {
    const grads = embedTokensGradientKernel.run([dy as tf.Tensor, ...inputs], attributes);
    const list: (tf.Tensor | null)[] = [];
    if (attributes.tasks) {
      const shared = grads.shift() as tf.Tensor;
      list.push(shared, shared.clone());
    }
    if (attributes.categorical) list.push(grads.shift() as tf.Tensor, null);
    // The numeric values are data, so they need no gradient.
    if (attributes.numeric) list.push(grads.shift() as tf.Tensor, grads.shift() as tf.Tensor, null);
    return list;
  },
});

/**
 * Inputs: dy [B, L, e] and the forward inputs. Outputs: gradient of weight (and bias) of the task tokens, of the table,
 * of the numeric weights and biases; those that are present.
 */
export const embedTokensGradientKernel = defineKernel<EmbedAttributes>({
  name: 'EmbedTokensGradient',
  reference([dy, ...inputs], attributes) {
    const { rows } = attributes;
    const g = groupInputs(inputs, attributes);
    const width = (dy as tf.Tensor).shape[2] as number;
    let first = 0;
    const take = (count: number) => {
      const part = tf.slice(dy as tf.Tensor3D, [0, first, 0], [rows, count, width]);
      first += count;
      return part;
    };
    const sumRows = (x: tf.Tensor, count: number) =>
      tf.reshape(columnSum(tf.reshape(x, [rows, count * width])), [count, width]);
    const grads: tf.Tensor[] = [];
    if (g.taskWeight) {
      const count = g.taskWeight.shape[0] as number;
      grads.push(sumRows(take(count), count));
    }
    if (g.table && g.codes) {
      const count = g.codes.shape[1] as number;
      const size = g.table.shape[0] as number;
      const part = tf.reshape(take(count), [-1, width]) as tf.Tensor2D;
      grads.push(matMulTransposedA(oneHotRows(g.codes, size), part));
    }
    if (g.numericWeight && g.numeric) {
      const count = g.numericWeight.shape[0] as number;
      const part = take(count);
      grads.push(sumRows(tf.mul(part, tf.expandDims(g.numeric, 2)), count), sumRows(part, count));
    }
    return grads;
  },
});

/** @returns [B, task tokens + categorical + numeric, e] */
export function embedTokens(i: EmbedInputs): tf.Tensor3D {
  const inputs: tf.Tensor[] = [];
  const add = (...group: (tf.Tensor | null)[]): boolean => {
    if (group.some((t) => t === null)) return false;
    inputs.push(...(group as tf.Tensor[]));
    return true;
  };
  const tasks = add(i.taskWeight, i.taskBias);
  const categorical = add(i.table, i.codes);
  const numeric = add(i.numericWeight, i.numericBias, i.numeric);
  return embedTokensKernel.run(inputs, { rows: i.rows, tasks, categorical, numeric })[0] as tf.Tensor3D;
}
