// Token embeddings on the wasm backend.
import type * as tf from '@tensorflow/tfjs-core';
import { type NativeEntry, type NativeKernel, native } from '../../runtime/kernel.ts';
import type { WasmContext } from '../../runtime/wasm/context.ts';
import { NOTHING } from '../../runtime/wasm/simdModule.ts';
import { type EmbedAttributes, embedTokensGradientKernel, embedTokensKernel } from './index.ts';

/** The groups of token inputs that are present, with their counts. */
function tokenGroups(inputs: readonly tf.Tensor[], a: EmbedAttributes) {
  const queue = [...inputs];
  const take = (present: boolean, count: number): (tf.Tensor | undefined)[] =>
    present ? queue.splice(0, count) : [];
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
    tensors: { taskWeight, taskBias, table, codes, numericWeight, numericBias, values },
  };
}

const addressIn = (c: WasmContext) => (t: tf.Tensor | null | undefined) => (t ? c.address(t) : NOTHING);

const embedTokens =
  (c: WasmContext): NativeKernel<EmbedAttributes> =>
  (inputs, attributes) => {
    const { tensors, ...g } = tokenGroups(inputs, attributes);
    if (!g.integerCodes) return null;
    const { rows } = attributes;
    const tokens = c.output([rows, g.numTasks + g.numCategorical + g.numNumeric, g.width]);
    const at = addressIn(c);
    c.simd.embedForward({
      taskWeight: at(tensors.taskWeight),
      taskBias: at(tensors.taskBias),
      t: g.numTasks,
      table: at(tensors.table),
      tableRows: g.tableRows,
      codes: at(tensors.codes),
      c: g.numCategorical,
      numericWeight: at(tensors.numericWeight),
      numericBias: at(tensors.numericBias),
      values: at(tensors.values),
      n: g.numNumeric,
      rows,
      width: g.width,
      tokens: c.address(tokens),
    });
    return [tokens];
  };

const embedTokensGradient =
  (c: WasmContext): NativeKernel<EmbedAttributes> =>
  ([dy, ...inputs], attributes) => {
    const { tensors, integerCodes, ...g } = tokenGroups(inputs, attributes);
    if (!integerCodes) return null;
    const { rows, tasks, categorical, numeric } = attributes;
    const { width, numTasks, tableRows, numCategorical, numNumeric } = g;
    const group = (present: boolean, count: number) => (present ? c.output([count, width]) : null);
    const task = group(tasks, numTasks);
    const table = group(categorical, tableRows);
    const [weight, bias] = [group(numeric, numNumeric), group(numeric, numNumeric)];
    const scratch = c.scratch(4 * (numTasks + 2 * numNumeric) * width);
    const at = addressIn(c);
    c.simd.embedBackward({
      dy: c.address(dy),
      dtask: at(task),
      t: numTasks,
      dtable: at(table),
      tableRows,
      codes: at(tensors.codes),
      c: numCategorical,
      dweight: at(weight),
      dbias: at(bias),
      values: at(tensors.values),
      n: numNumeric,
      rows,
      width,
      scratch,
    });
    return [task, table, weight, bias].filter((t) => t !== null);
  };

export const embedTokensNatives = (c: WasmContext): NativeEntry[] => [
  native(embedTokensKernel, embedTokens(c)),
  native(embedTokensGradientKernel, embedTokensGradient(c)),
];
