// Token embeddings on WebGPU. The gradient of the table loops over all codes for each of its entries, in order: no float
// atomics, so that results are deterministic.
import type * as tf from '@tensorflow/tfjs-core';
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import { isEmpty, type WebgpuContext } from '../../runtime/webgpu/context.ts';
import { program, type Shader } from '../../runtime/webgpu/program.ts';
import { splitRows } from '../../runtime/webgpu/splits.ts';
import { type EmbedAttributes, embedTokensGradientKernel, embedTokensKernel } from './index.ts';

const LANES = 64;

interface Present {
  tasks: boolean;
  categorical: boolean;
  numeric: boolean;
}

const PARAMS = {
  rows: 'u32',
  width: 'u32',
  num_tasks: 'u32',
  num_categorical: 'u32',
  num_numeric: 'u32',
  table_rows: 'u32',
} as const;

const forward = program({
  name: 'EmbedTokens',
  params: PARAMS,
  shader: ({ tasks, categorical, numeric }: Present): Shader => ({
    lanes: LANES,
    inputs: {
      ...(tasks ? { task_weight: 'f32' as const, task_bias: 'f32' as const } : {}),
      ...(categorical ? { table: 'f32' as const, codes: 'i32' as const } : {}),
      ...(numeric
        ? { numeric_weight: 'f32' as const, numeric_bias: 'f32' as const, values: 'f32' as const }
        : {}),
    },
    outputs: { tokens: 'f32' },
    code: `
      fn token(row: u32, place: u32, e: u32) -> f32 {
        var t = place;
        ${tasks ? 'if (t < p.num_tasks) { let at = t * p.width + e; return task_weight[at] + task_bias[at]; }' : ''}
        t -= p.num_tasks;
        ${
          categorical
            ? `if (t < p.num_categorical) {
                 let code = codes[row * p.num_categorical + t];
                 if (code < 0 || code >= i32(p.table_rows)) { return 0.0; }
                 return table[u32(code) * p.width + e];
               }`
            : ''
        }
        t -= p.num_categorical;
        ${
          numeric
            ? `let at = t * p.width + e;
               return values[row * p.num_numeric + t] * numeric_weight[at] + numeric_bias[at];`
            : 'return 0.0;'
        }
      }
      fn run(group: u32, lane: u32) {
        let length = p.num_tasks + p.num_categorical + p.num_numeric;
        let i = group * ${LANES}u + lane;
        if (i >= p.rows * length * p.width) { return; }
        tokens[i] = token(i / p.width / length, i / p.width % length, i % p.width);
      }`,
  }),
});

/** Over a split of the rows, into parts [splits, all gradients one after the other]. */
const backward = program({
  name: 'EmbedTokensGradient',
  params: { ...PARAMS, total: 'u32', split_groups: 'u32', depth: 'u32' },
  shader: ({ tasks, categorical, numeric }: Present): Shader => {
    const put = 'parts[split * p.total + i] = sum;';
    return {
      lanes: LANES,
      inputs: {
        dy: 'f32',
        ...(categorical ? { codes: 'i32' as const } : {}),
        ...(numeric ? { values: 'f32' as const } : {}),
      },
      outputs: { parts: 'f32' },
      code: `
        fn run(group: u32, lane: u32) {
          let i = group % p.split_groups * ${LANES}u + lane;
          if (i >= p.total) { return; }
          let split = group / p.split_groups;
          let start = split * p.depth;
          let end = min(start + p.depth, p.rows);
          let length = p.num_tasks + p.num_categorical + p.num_numeric;
          let e = i % p.width;
          var entry = i / p.width;
          var sum = 0.0;
          ${
            tasks
              ? `if (entry < p.num_tasks) {
                   for (var row = start; row < end; row++) { sum += dy[(row * length + entry) * p.width + e]; }
                   ${put}
                   return;
                 }`
              : ''
          }
          entry -= p.num_tasks;
          ${
            categorical
              ? `if (entry < p.table_rows) {
                   for (var row = start; row < end; row++) {
                     for (var column = 0u; column < p.num_categorical; column++) {
                       if (codes[row * p.num_categorical + column] != i32(entry)) { continue; }
                       sum += dy[(row * length + p.num_tasks + column) * p.width + e];
                     }
                   }
                   ${put}
                   return;
                 }`
              : ''
          }
          entry -= p.table_rows;
          ${
            numeric
              ? `let isWeight = entry < p.num_numeric;
                 let column = entry % p.num_numeric;
                 let first = p.num_tasks + p.num_categorical + column;
                 for (var row = start; row < end; row++) {
                   let factor = select(1.0, values[row * p.num_numeric + column], isWeight);
                   sum += dy[(row * length + first) * p.width + e] * factor;
                 }
                 ${put}`
              : ''
          }
        }`,
    };
  },
});

/** The groups of inputs that are present, and the sizes of all. */
function groupsOf(inputs: readonly tf.Tensor[], { rows, tasks, categorical, numeric }: EmbedAttributes) {
  const queue = [...inputs];
  const [taskWeight] = tasks ? queue.splice(0, 2) : [];
  const [table, codes] = categorical ? queue.splice(0, 2) : [];
  const [numericWeight, , values] = numeric ? queue.splice(0, 3) : [];
  const [owner] = inputs as [tf.Tensor];
  return {
    present: { tasks, categorical, numeric },
    taskWeight,
    table,
    codes,
    numericWeight,
    values,
    params: {
      rows,
      width: owner.shape[1] as number,
      num_tasks: taskWeight?.shape[0] ?? 0,
      num_categorical: codes?.shape[1] ?? 0,
      num_numeric: values?.shape[1] ?? 0,
      table_rows: table?.shape[0] ?? 0,
    },
  };
}

const embedTokens =
  (c: WebgpuContext): NativeKernel<EmbedAttributes> =>
  (inputs, attributes) => {
    const { present, codes, params } = groupsOf(inputs, attributes);
    if (isEmpty(...inputs) || (codes && codes.dtype !== 'int32')) return null;
    const { rows, width, num_tasks, num_categorical, num_numeric } = params;
    const tokens = c.output([rows, num_tasks + num_categorical + num_numeric, width]);
    c.run(forward, present, { inputs, outputs: [tokens], params, groups: Math.ceil(tokens.size / LANES) });
    return [tokens];
  };

const embedTokensGradient =
  (c: WebgpuContext): NativeKernel<EmbedAttributes> =>
  ([dy, ...inputs], attributes) => {
    const { present, taskWeight, table, codes, numericWeight, values, params } = groupsOf(inputs, attributes);
    if (isEmpty(dy, ...inputs) || (codes && codes.dtype !== 'int32')) return null;
    const shapes = [taskWeight, table, numericWeight, numericWeight].flatMap((t) => (t ? [t.shape] : []));
    const total = shapes.reduce((sum, [count = 0, width = 0]) => sum + count * width, 0);
    const splitGroups = Math.ceil(total / LANES);
    const { splits, depth } = splitRows(attributes.rows, splitGroups, total, c.tuning.enoughGroups);
    const parts = c.output([splits, total]);
    c.run(backward, present, {
      inputs: [dy, codes, values].filter((t) => t !== undefined),
      outputs: [parts],
      params: { ...params, total, split_groups: splitGroups, depth },
      groups: splitGroups * splits,
    });
    return c.sumsOf(parts, shapes);
  };

export const embedTokensNatives = (c: WebgpuContext): NativeEntry[] => [
  native(embedTokensKernel, embedTokens(c)),
  native(embedTokensGradientKernel, embedTokensGradient(c)),
];
