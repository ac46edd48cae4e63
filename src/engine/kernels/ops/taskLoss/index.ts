// The losses of all tasks as one kernel, and their gradient as another: as plain operations they are half of what a
// small network launches in a step.
// Shapes: B rows, T tasks.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';
import { labelledLossKernel } from './labelled.ts';
import {
  columnsOf,
  type LossAttributes,
  type LossKind,
  type LossSpec,
  rowLosses,
  rowsOf,
  slopes,
} from './losses.ts';

export type { LossAttributes, LossKind, LossSpec } from './losses.ts';

/** Inputs: logits [B, sum of outputs], targets [T, B]. Outputs: the mean loss of each task [T]. */
export const taskLossKernel = defineKernel<LossAttributes>({
  name: 'TaskLoss',
  reference([logits, targets], { tasks }) {
    const rows = rowsOf(targets as tf.Tensor);
    const columns = columnsOf(logits as tf.Tensor, tasks);
    const meanOf = ({ kind }: LossSpec, t: number) =>
      tf.mean(rowLosses[kind](columns[t] as tf.Tensor, rows[t] as tf.Tensor));
    return [tf.stack(tasks.map(meanOf))];
  },
  gradient: ([dy], [logits, targets], _outputs, attributes) => [
    ...taskLossGradientKernel.run([dy, logits, targets] as tf.Tensor[], attributes),
    null,
  ],
});

/** Inputs: dy [T], logits, targets. Outputs: dlogits [B, sum of outputs]. */
export const taskLossGradientKernel = defineKernel<LossAttributes>({
  name: 'TaskLossGradient',
  reference(inputs, { tasks }) {
    const [dy, logits, targets] = inputs as [tf.Tensor, tf.Tensor2D, tf.Tensor];
    const factors = rowsOf(tf.reshape(tf.div(dy, logits.shape[0]), [tasks.length, 1]));
    const rows = rowsOf(targets);
    const columns = columnsOf(logits, tasks);
    const each = tasks.map(({ kind }, t) =>
      tf.mul(slopes[kind](columns[t] as tf.Tensor2D, rows[t] as tf.Tensor), factors[t] as tf.Tensor),
    );
    return [each.length === 1 ? (each[0] as tf.Tensor) : tf.concat(each, 1)];
  },
});

/**
 * Mean losses of a batch; if a task is `partial`, over its labelled rows, and 0 if there are none.
 * @param logits - [B, sum of outputs], task after task; one output unless `multiclass`
 * @param targets - [T, B], value, 0/1 or class index, float32; MISSING_LABEL where a `partial` task has none
 * @returns [T]
 * @throws WorkbenchError (shape)
 */
export function taskLosses(
  logits: tf.Tensor2D,
  targets: tf.Tensor2D,
  tasks: readonly LossSpec[],
): tf.Tensor1D {
  const [rows, columns] = logits.shape;
  requireShape('taskLosses: targets', targets.shape, [tasks.length, rows], 'One target per task and row.');
  const outputs = tasks.map((t) => t.outputs);
  requireShape(
    'taskLosses: outputs',
    outputs,
    tasks.map((t) => (t.kind === 'multiclass' ? t.outputs : 1)),
    'Only a multiclass loss has several logits per row.',
  );
  requireShape(
    'taskLosses: logits',
    [columns],
    [outputs.reduce((a, b) => a + b, 0)],
    'One column per output.',
  );
  const kernel = tasks.some((t) => t.partial) ? labelledLossKernel : taskLossKernel;
  return kernel.run([logits, targets], { tasks })[0] as tf.Tensor1D;
}

/**
 * Mean loss of one task.
 * @param logits - [B, outputs]
 * @param targets - [B]
 * @param partial - some of the targets may be MISSING_LABEL
 */
export function taskLoss(
  logits: tf.Tensor2D,
  targets: tf.Tensor1D,
  kind: LossKind,
  partial = false,
): tf.Scalar {
  requireShape('taskLoss: targets', targets.shape, [logits.shape[0]], 'One target per row of logits.');
  const only = taskLosses(logits, tf.expandDims(targets) as tf.Tensor2D, [
    { kind, outputs: logits.shape[1], partial },
  ]);
  return tf.reshape(only, []);
}
