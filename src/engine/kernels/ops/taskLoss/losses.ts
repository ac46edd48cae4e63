// The three losses in plain operations, per row, and the layout of tasks side by side.
// Shapes: B rows, T tasks.
import * as tf from '@tensorflow/tfjs-core';

/** `binary`: cross entropy from one logit; `multiclass`: from one logit per class. */
export type LossKind = 'squared-error' | 'binary' | 'multiclass';

/** A task's columns among the logits follow those of the tasks before it. */
export interface LossSpec {
  kind: LossKind;
  outputs: number;
  /** Some rows of the table have no label for the task. */
  partial?: boolean;
}

export interface LossAttributes {
  tasks: readonly LossSpec[];
}

/** [B, classes]; a one-hot product, because the gradient of a gather is missing on wasm. */
const oneHot = (targets: tf.Tensor, classes: number) =>
  tf.cast(tf.oneHot(tf.cast(targets, 'int32'), classes), 'float32');

/** [B] */
export const rowLosses: Record<LossKind, (logits: tf.Tensor, targets: tf.Tensor) => tf.Tensor> = {
  'squared-error': (logits, targets) => tf.square(tf.sub(tf.reshape(logits, [-1]), targets)),
  // The stable form max(z, 0) - z y + log(1 + exp(-|z|)).
  binary: (logits, targets) => {
    const z = tf.reshape(logits, [-1]);
    const softplus = tf.log1p(tf.exp(tf.neg(tf.abs(z))));
    return tf.add(tf.sub(tf.relu(z), tf.mul(z, targets)), softplus);
  },
  multiclass: (logits, targets) => {
    const classes = logits.shape[1] as number;
    return tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), oneHot(targets, classes)), -1));
  },
};

/** The derivative of the sum over the rows, [B, outputs]. */
export const slopes: Record<LossKind, (logits: tf.Tensor2D, targets: tf.Tensor) => tf.Tensor> = {
  'squared-error': (logits, targets) => tf.mul(tf.sub(logits, tf.reshape(targets, logits.shape)), 2),
  binary: (logits, targets) => tf.sub(tf.sigmoid(logits), tf.reshape(targets, logits.shape)),
  multiclass: (logits, targets) => tf.sub(tf.softmax(logits), oneHot(targets, logits.shape[1])),
};

/** The logits of each task, [B, outputs]. */
export const columnsOf = (logits: tf.Tensor, tasks: readonly LossSpec[]) =>
  tasks.length === 1
    ? [logits as tf.Tensor2D]
    : (tf.split(
        logits,
        tasks.map((t) => t.outputs),
        1,
      ) as tf.Tensor2D[]);

/** The targets of each task, [B]. */
export const rowsOf = (targets: tf.Tensor): tf.Tensor1D[] =>
  targets.shape[0] === 1 ? [tf.reshape(targets, [-1])] : (tf.unstack(targets) as tf.Tensor1D[]);
