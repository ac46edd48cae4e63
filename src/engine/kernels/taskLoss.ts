// The loss of a task as one kernel, and its gradient as another: every task has one, and as plain operations they are
// half of what a small network launches in a step.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../core/shapes.ts';
import { defineKernel } from './defineKernel.ts';

/** `binary`: cross entropy from one logit; `multiclass`: from one logit per class. */
export type LossKind = 'squared-error' | 'binary' | 'multiclass';

export interface LossAttributes {
  kind: LossKind;
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

/** Inputs: logits [B, outputs], targets [B]. Outputs: the mean loss []. */
const run = defineKernel<LossAttributes>({
  name: 'TaskLoss',
  reference: ([logits, targets], { kind }) => [means[kind](logits as tf.Tensor, targets as tf.Tensor)],
  gradient: ([dy], [logits, targets], _outputs, attributes) => [
    ...backward([dy, logits, targets] as tf.Tensor[], attributes),
    null,
  ],
});

/** Inputs: dy [], logits, targets. Outputs: dlogits [B, outputs]. */
const backward = defineKernel<LossAttributes>({
  name: 'TaskLossGradient',
  reference(inputs, { kind }) {
    const [dy, logits, targets] = inputs as [tf.Tensor, tf.Tensor2D, tf.Tensor];
    const [rows, outputs] = logits.shape;
    const column = () => tf.reshape(targets, [rows, 1]);
    const slope = {
      'squared-error': () => tf.mul(tf.sub(logits, column()), 2),
      binary: () => tf.sub(tf.sigmoid(logits), column()),
      multiclass: () => tf.sub(tf.softmax(logits), oneHot(targets, outputs)),
    }[kind]();
    return [tf.mul(slope, tf.div(dy, rows))];
  },
});

/**
 * Mean loss of a batch.
 * @param logits - [B, outputs]; one output unless `multiclass`
 * @param targets - [B], value, 0/1 or class index, float32
 * @throws WorkbenchError (shape)
 */
export function taskLoss(logits: tf.Tensor2D, targets: tf.Tensor1D, kind: LossKind): tf.Scalar {
  const [rows] = logits.shape;
  requireShape('taskLoss: targets', targets.shape, [rows], 'One target per row of logits.');
  if (kind !== 'multiclass')
    requireShape('taskLoss: logits', logits.shape, [rows, 1], 'This loss has one logit per row.');
  return run([logits, targets], { kind })[0] as tf.Scalar;
}
