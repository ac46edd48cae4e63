// Losses of tasks with missing labels: the mean over the labelled rows, 0 if there are none. Their number differs from batch to
// batch, so it is counted on the device. Predictions for unlabelled rows are never used: a large one would be an infinite loss
// times 0.
// Shapes: B rows, T tasks.
import * as tf from '@tensorflow/tfjs-core';
import { MISSING_LABEL } from '../../../data/labels.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';
import { columnsOf, type LossAttributes, rowLosses, rowsOf, slopes } from './losses.ts';

/** Replaces predictions and targets by 0 in rows without a label. */
function labelledPart(logits: tf.Tensor2D, targets: tf.Tensor1D) {
  const has = tf.notEqual(targets, MISSING_LABEL); // [B]
  return {
    /** [B], 1 = labelled */
    labelled: tf.cast(has, 'float32'),
    logits: tf.where(tf.expandDims(has, 1), logits, tf.zerosLike(logits)),
    targets: tf.where(has, targets, tf.zerosLike(targets)),
  };
}

/**
 * Inputs: logits [B, sum of outputs], targets [T, B] with MISSING_LABEL where there is none.
 * Outputs: the mean loss of each task over its labelled rows [T], and how many those are [T], which only the gradient reads.
 */
export const labelledLossKernel = defineKernel<LossAttributes>({
  name: 'LabelledTaskLoss',
  savedOutputs: [false, true],
  hiddenOutputs: 1,
  reference([logits, targets], { tasks }) {
    const rows = rowsOf(targets as tf.Tensor);
    const columns = columnsOf(logits as tf.Tensor, tasks);
    const each = tasks.map(({ kind }, t) => {
      const part = labelledPart(columns[t] as tf.Tensor2D, rows[t] as tf.Tensor1D);
      const count = tf.sum(part.labelled);
      const sum = tf.sum(tf.mul(rowLosses[kind](part.logits, part.targets), part.labelled));
      return { loss: tf.div(sum, tf.maximum(count, 1)), count };
    });
    return [tf.stack(each.map(({ loss }) => loss)), tf.stack(each.map(({ count }) => count))];
  },
  gradient: ([dy], [logits, targets], [counts], attributes) => [
    ...labelledLossGradientKernel.run([dy, logits, targets, counts] as tf.Tensor[], attributes),
    null,
  ],
});

/** Inputs: dy [T], logits, targets, labelled rows per task [T]. Outputs: dlogits [B, sum of outputs]. */
export const labelledLossGradientKernel = defineKernel<LossAttributes>({
  name: 'LabelledTaskLossGradient',
  reference(inputs, { tasks }) {
    const [dy, logits, targets, counts] = inputs as [tf.Tensor, tf.Tensor2D, tf.Tensor, tf.Tensor];
    const factors = rowsOf(tf.reshape(tf.div(dy, tf.maximum(counts, 1)), [tasks.length, 1]));
    const rows = rowsOf(targets);
    const columns = columnsOf(logits, tasks);
    const each = tasks.map(({ kind }, t) => {
      const part = labelledPart(columns[t] as tf.Tensor2D, rows[t] as tf.Tensor1D);
      const slope = tf.mul(slopes[kind](part.logits, part.targets), factors[t] as tf.Tensor);
      return tf.mul(slope, tf.expandDims(part.labelled, 1));
    });
    return [each.length === 1 ? (each[0] as tf.Tensor) : tf.concat(each, 1)];
  },
});
