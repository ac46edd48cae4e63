// The losses of all tasks as one kernel, and their gradient as another: as plain operations they are half of what a
// small network launches in a step.
// Shapes: B rows, T tasks.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';

/** `binary`: cross entropy from one logit; `multiclass`: from one logit per class. */
export type LossKind = 'squared-error' | 'binary' | 'multiclass';

/** A task's columns among the logits stand behind those of the tasks before it. */
export interface LossSpec {
  kind: LossKind;
  outputs: number;
}

export interface LossAttributes {
  tasks: readonly LossSpec[];
}

/** [B, classes]; a one-hot product, because the gradient of a gather is missing on wasm. */
const oneHot = (targets: tf.Tensor, classes: number) =>
  tf.cast(tf.oneHot(tf.cast(targets, 'int32'), classes), 'float32');

const means: Record<LossKind, (logits: tf.Tensor, targets: tf.Tensor) => tf.Tensor> = {
  'squared-error': (logits, targets) => tf.mean(tf.square(tf.sub(tf.reshape(logits, [-1]), targets))),
  // The stable form max(z, 0) - z y + log(1 + exp(-|z|)).
  binary: (logits, targets) => {
    const z = tf.reshape(logits, [-1]);
    const softplus = tf.log1p(tf.exp(tf.neg(tf.abs(z))));
    return tf.mean(tf.add(tf.sub(tf.relu(z), tf.mul(z, targets)), softplus));
  },
  multiclass: (logits, targets) => {
    const classes = logits.shape[1] as number;
    const chosen = tf.sum(tf.mul(tf.logSoftmax(logits), oneHot(targets, classes)), -1);
    return tf.neg(tf.mean(chosen));
  },
};

/** The derivative of the sum over the rows, [B, outputs]. */
const slopes: Record<LossKind, (logits: tf.Tensor2D, targets: tf.Tensor) => tf.Tensor> = {
  'squared-error': (logits, targets) => tf.mul(tf.sub(logits, tf.reshape(targets, logits.shape)), 2),
  binary: (logits, targets) => tf.sub(tf.sigmoid(logits), tf.reshape(targets, logits.shape)),
  multiclass: (logits, targets) => tf.sub(tf.softmax(logits), oneHot(targets, logits.shape[1])),
};

const columnsOf = (logits: tf.Tensor, tasks: readonly LossSpec[]) =>
  tasks.length === 1
    ? [logits as tf.Tensor2D]
    : (tf.split(
        logits,
        tasks.map((t) => t.outputs),
        1,
      ) as tf.Tensor2D[]);

const rowsOf = (targets: tf.Tensor): tf.Tensor1D[] =>
  targets.shape[0] === 1 ? [tf.reshape(targets, [-1])] : (tf.unstack(targets) as tf.Tensor1D[]);

/** Inputs: logits [B, sum of outputs], targets [T, B]. Outputs: the mean loss of each task [T]. */
export const taskLossKernel = defineKernel<LossAttributes>({
  name: 'TaskLoss',
  reference([logits, targets], { tasks }) {
    const rows = rowsOf(targets as tf.Tensor);
    const columns = columnsOf(logits as tf.Tensor, tasks);
    return [tf.stack(tasks.map(({ kind }, t) => means[kind](columns[t] as tf.Tensor, rows[t] as tf.Tensor)))];
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
 * Mean losses of a batch.
 * @param logits - [B, sum of outputs], task after task; one output unless `multiclass`
 * @param targets - [T, B], value, 0/1 or class index, float32
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
  return taskLossKernel.run([logits, targets], { tasks })[0] as tf.Tensor1D;
}

/**
 * Mean loss of one task.
 * @param logits - [B, outputs]
 * @param targets - [B]
 */
export function taskLoss(logits: tf.Tensor2D, targets: tf.Tensor1D, kind: LossKind): tf.Scalar {
  requireShape('taskLoss: targets', targets.shape, [logits.shape[0]], 'One target per row of logits.');
  const only = taskLosses(logits, tf.expandDims(targets) as tf.Tensor2D, [
    { kind, outputs: logits.shape[1] },
  ]);
  return tf.reshape(only, []);
}
