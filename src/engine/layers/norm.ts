// Layer norm (Ba et al. 2016) and batch norm (Ioffe and Szegedy 2015) with the conventions of golden/README.
import * as tf from '@tensorflow/tfjs-core';
import { batchNorm } from '../kernels/ops/batchNorm/index.ts';
import { layerNorm, layerNormSkip } from '../kernels/ops/layerNorm/index.ts';
import { routedNorm } from '../kernels/ops/routedNorm/index.ts';
import { byExpert, stacked } from '../kernels/ops/routeRows/index.ts';
import type { ForwardOptions } from './forward.ts';
import { type Member, packName } from './linear.ts';
import { ones, type ParameterSet, zeros } from './parameterSet.ts';

const EPSILON = 1e-5;
/** Weight of the new batch in the running statistics. */
const MOMENTUM = 0.1;

/** One norm, or those of several networks whose rows are stacked (`rows` layout). */
export interface LayerNorm {
  /** [networks * width] */
  scale: tf.Variable;
  offset: tf.Variable;
  width: number;
  networks: number;
}

export function createLayerNorm(set: ParameterSet, members: readonly Member[], width: number): LayerNorm {
  const networks = members.length;
  const parts = (part: string, init: typeof ones) =>
    members.map(({ name, task }) => ({ name: `${name}.${part}`, shape: [width], init, task }));
  const name = packName(members);
  return {
    scale: set.pack(`${name}.weight`, [networks * width], parts('weight', ones)),
    offset: set.pack(`${name}.bias`, [networks * width], parts('bias', zeros)),
    width,
    networks,
  };
}

/**
 * Normalises the last axis with the biased variance.
 * @param x - [..., width]; with several networks, the first axis holds the rows of one network after the other
 */
export function applyLayerNorm<T extends tf.Tensor>(layer: LayerNorm, x: T): T {
  const { scale, offset, width, networks } = layer;
  if (networks === 1) return layerNorm(x, scale as never, offset as never, EPSILON) as T;
  // A shared scale of 1, then each network's own scale: normalisation stays one kernel.
  const plain = layerNorm(x, tf.ones([width]), tf.zeros([width]), EPSILON);
  const apart = tf.reshape(plain, [networks, -1, width]);
  const own = (v: tf.Variable) => tf.reshape(v, [networks, 1, width]);
  return tf.reshape(tf.add(tf.mul(apart, own(scale)), own(offset)), x.shape) as T;
}

/** The same before a layer with a skip path; see the kernel. */
export function applyLayerNormSkip<T extends tf.Tensor>(layer: LayerNorm, x: T): { y: T; skipped: T } {
  const { scale, offset, networks } = layer;
  if (networks > 1) return { y: applyLayerNorm(layer, x), skipped: x };
  return layerNormSkip(x, scale as never, offset as never, EPSILON);
}

/** Batch norm of several layers side by side: every column is independent. */
export interface BatchNorm {
  scale: tf.Variable;
  offset: tf.Variable;
  runningMean: tf.Variable;
  runningVariance: tf.Variable;
  /** One counter per member. */
  batches: tf.Variable;
}

/** @param width - columns per member */
export function createBatchNorm(set: ParameterSet, members: readonly Member[], width: number): BatchNorm {
  const total = members.length * width;
  const name = packName(members);
  const parts = (part: string, shape: number[] = [width]) =>
    members.map((m) => ({ name: `${m.name}.${part}`, shape, task: m.task }));
  return {
    scale: set.pack(
      `${name}.weight`,
      [total],
      parts('weight').map((p) => ({ ...p, init: ones })),
    ),
    offset: set.pack(
      `${name}.bias`,
      [total],
      parts('bias').map((p) => ({ ...p, init: zeros })),
    ),
    runningMean: set.packBuffer(`${name}.running_mean`, [total], 0, parts('running_mean')),
    runningVariance: set.packBuffer(`${name}.running_var`, [total], 1, parts('running_var')),
    batches: set.packBuffer(
      `${name}.num_batches_tracked`,
      [members.length],
      0,
      parts('num_batches_tracked', []),
    ),
  };
}

/** Normalisation by the running statistics as x * gain + shift, per column. */
function runningAffine({ scale, offset, runningMean, runningVariance }: BatchNorm) {
  const gain = tf.mul(scale, tf.rsqrt(tf.add(runningVariance, EPSILON)));
  return { gain, shift: tf.sub(offset, tf.mul(runningMean, gain)) };
}

/**
 * Training: normalises with the batch's biased variance and updates the running statistics (which store the unbiased one).
 * Evaluation: normalises with the running statistics, or with those of the batch if the options ask for it.
 * @param x - [B, width]; B >= 2 if the batch's statistics are used
 * @param relu - apply max(0, .) afterwards
 */
export function applyBatchNorm(
  layer: BatchNorm,
  x: tf.Tensor2D,
  { training, batchStatistics }: Pick<ForwardOptions, 'training' | 'batchStatistics'>,
  relu: boolean,
): tf.Tensor2D {
  const { scale, offset } = layer;
  if (!training && !batchStatistics) {
    const { gain, shift } = runningAffine(layer);
    const y = tf.add(tf.mul(x, gain), shift) as tf.Tensor2D;
    return relu ? tf.relu(y) : y;
  }
  const attributes = { epsilon: EPSILON, relu, running: training ? runningOf(layer) : undefined };
  return batchNorm(x, scale as never, offset as never, attributes).y;
}

const runningOf = ({ runningMean, runningVariance, batches }: BatchNorm) => ({
  mean: runningMean,
  variance: runningVariance,
  batches,
  momentum: MOMENTUM,
});

/**
 * The same for experts that get some of the rows: an expert's statistics are over its own rows.
 * @param x - [experts * B, width of one], the rows of each expert at the top of its block
 * @param routes - of `topGates`, [experts, 1 + 2B]
 * @returns the same shape; values below an expert's rows are undefined
 */
export function applyRoutedNorm(
  layer: BatchNorm,
  x: tf.Tensor2D,
  routes: tf.Tensor2D,
  { training, batchStatistics }: Pick<ForwardOptions, 'training' | 'batchStatistics'>,
  relu: boolean,
): tf.Tensor2D {
  const { scale, offset } = layer;
  if (!training && !batchStatistics) {
    const perExpert = (v: tf.Tensor) => tf.reshape(v, [routes.shape[0], 1, -1]);
    const { gain, shift } = runningAffine(layer);
    const apart = byExpert(x, routes); // [experts, B, width]
    const y = stacked(tf.add(tf.mul(apart, perExpert(gain)), perExpert(shift)));
    return relu ? tf.relu(y) : y;
  }
  const attributes = { epsilon: EPSILON, relu, running: training ? runningOf(layer) : undefined };
  return routedNorm(x, scale as never, offset as never, routes, attributes);
}
