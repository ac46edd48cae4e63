// Batch norm of a training step with an optional ReLU (Ioffe and Szegedy 2015, Algorithm 1), forward and backward as one kernel
// each. Evaluation uses the running statistics instead.
// Shapes: N rows, C columns.
import * as tf from '@tensorflow/tfjs-core';
import { requireShape } from '../../../core/shapes.ts';
import { columnSum } from '../../plain/columnSum.ts';
import { defineKernel } from '../../runtime/defineKernel.ts';

export interface BatchNormAttributes {
  epsilon: number;
  relu: boolean;
  /** Updated with the statistics of the batch in the same kernel. */
  running?: RunningStatistics;
}

export interface RunningStatistics {
  mean: tf.Variable;
  /** Unbiased. */
  variance: tf.Variable;
  /** Counters of the batches seen. */
  batches: tf.Variable;
  /** Weight of the new batch. */
  momentum: number;
}

/** Factor from the biased variance of a batch to its weighted share in the unbiased running one. */
export const varianceWeight = (rows: number, { momentum }: RunningStatistics) =>
  (momentum * rows) / (rows - 1);

/** For backends that cannot change values in place. */
export function moveRunning(
  running: RunningStatistics | undefined,
  mean: tf.Tensor,
  variance: tf.Tensor,
  rows: number,
): void {
  if (!running) return;
  const move = (kept: tf.Variable, batch: tf.Tensor, weight: number) =>
    kept.assign(tf.add(tf.mul(kept, 1 - running.momentum), tf.mul(batch, weight)));
  tf.tidy(() => {
    move(running.mean, mean, running.momentum);
    move(running.variance, variance, varianceWeight(rows, running));
    running.batches.assign(tf.add(running.batches, 1));
  });
}

/** Inputs: x [N, C], scale [C], offset [C]. Outputs: y [N, C], mean [C], biased variance [C]. */
export const batchNormKernel = defineKernel<BatchNormAttributes>({
  name: 'BatchNorm',
  savedOutputs: [true, true, true],
  reference([x, scale, offset], { epsilon, relu, running }) {
    const mean = tf.mean(x as tf.Tensor, 0);
    const centred = tf.sub(x as tf.Tensor, mean);
    const variance = tf.mean(tf.square(centred), 0);
    const gain = tf.mul(scale as tf.Tensor, tf.rsqrt(tf.add(variance, epsilon)));
    const y = tf.add(tf.mul(centred, gain), offset as tf.Tensor);
    moveRunning(running, mean, variance, (x as tf.Tensor).shape[0] as number);
    return [relu ? tf.relu(y) : y, mean, variance];
  },
  gradient: ([dy], [x, scale], [y, mean, variance], attributes) => {
    const grads = batchNormGradientKernel.run([dy, x, scale, y, mean, variance] as tf.Tensor[], attributes);
    return [...grads];
  },
});

/** Inputs: dy, x, scale, y, mean, variance. Outputs: dx [N, C], dscale [C], doffset [C]. */
export const batchNormGradientKernel = defineKernel<BatchNormAttributes>({
  name: 'BatchNormGradient',
  reference([dy, x, scale, y, mean, variance], { epsilon, relu }) {
    const rows = (x as tf.Tensor).shape[0] as number;
    const dz = relu ? tf.mul(dy as tf.Tensor, tf.step(y as tf.Tensor)) : (dy as tf.Tensor);
    const inverse = tf.rsqrt(tf.add(variance as tf.Tensor, epsilon));
    const normalised = tf.mul(tf.sub(x as tf.Tensor, mean as tf.Tensor), inverse);
    const dscale = columnSum(tf.mul(dz, normalised));
    const doffset = columnSum(dz);
    const mixed = tf.add(tf.mul(normalised, dscale), doffset);
    const dx = tf.mul(tf.sub(dz, tf.div(mixed, rows)), tf.mul(scale as tf.Tensor, inverse));
    return [dx, dscale, doffset];
  },
});

/**
 * Normalises every column with the statistics of the batch.
 * @param x - [N, C], N >= 2
 * @returns y [N, C], mean [C] and biased variance [C] of the batch; gradients flow only through y
 * @throws WorkbenchError (shape)
 */
export function batchNorm(
  x: tf.Tensor2D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  attributes: BatchNormAttributes,
): { y: tf.Tensor2D; mean: tf.Tensor1D; variance: tf.Tensor1D } {
  const [rows, width] = x.shape;
  requireShape('batchNorm: scale', scale.shape, [width], 'One scale per column.');
  requireShape('batchNorm: offset', offset.shape, [width], 'One offset per column.');
  if (rows < 2)
    requireShape('batchNorm: rows', [rows], [2], 'A batch of one row has no variance; use a larger batch.');
  const [y, mean, variance] = batchNormKernel.run([x, scale, offset], attributes);
  return { y: y as tf.Tensor2D, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
}
