// Layer norm (Ba et al. 2016) and batch norm (Ioffe and Szegedy 2015) with the conventions of golden/README.
import * as tf from '@tensorflow/tfjs-core';
import { layerNorm } from '../kernels/layerNorm.ts';
import { ones, type ParameterSet, zeros } from './parameterSet.ts';

const EPSILON = 1e-5;
/** Weight of the new batch in the running statistics. */
const MOMENTUM = 0.1;

export interface LayerNorm {
  scale: tf.Variable;
  offset: tf.Variable;
}

export function createLayerNorm(set: ParameterSet, name: string, width: number): LayerNorm {
  return {
    scale: set.add(`${name}.weight`, [width], ones),
    offset: set.add(`${name}.bias`, [width], zeros),
  };
}

/** Normalises the last axis with the biased variance. */
export function applyLayerNorm<T extends tf.Tensor>(layer: LayerNorm, x: T): T {
  return layerNorm(x, layer.scale as never, layer.offset as never, EPSILON) as T;
}

export interface BatchNorm {
  scale: tf.Variable;
  offset: tf.Variable;
  runningMean: tf.Variable;
  runningVariance: tf.Variable;
  batches: tf.Variable;
}

export function createBatchNorm(
  set: ParameterSet,
  name: string,
  width: number,
  task: number | null,
): BatchNorm {
  return {
    scale: set.add(`${name}.weight`, [width], ones, task),
    offset: set.add(`${name}.bias`, [width], zeros, task),
    runningMean: set.addBuffer(`${name}.running_mean`, [width], 0, task),
    runningVariance: set.addBuffer(`${name}.running_var`, [width], 1, task),
    batches: set.addBuffer(`${name}.num_batches_tracked`, [], 0, task),
  };
}

/**
 * Training: normalises with the batch's biased variance and moves the running statistics (which store the unbiased
 * one). Evaluation: normalises with the running statistics.
 * @param x - [B, width]; B >= 2 while training
 */
export function applyBatchNorm(layer: BatchNorm, x: tf.Tensor2D, training: boolean): tf.Tensor2D {
  if (!training) {
    const gain = tf.mul(layer.scale, tf.rsqrt(tf.add(layer.runningVariance, EPSILON)));
    const shift = tf.sub(layer.offset, tf.mul(layer.runningMean, gain));
    return tf.add(tf.mul(x, gain), shift);
  }
  const rows = x.shape[0];
  const mean = tf.mean(x, 0, true);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), 0, true);
  tf.tidy(() => {
    const keep = 1 - MOMENTUM;
    const width = layer.runningMean.shape as [number];
    const batchMean = tf.reshape(mean, width);
    const unbiased = tf.mul(tf.reshape(variance, width), rows / (rows - 1));
    layer.runningMean.assign(tf.add(tf.mul(layer.runningMean, keep), tf.mul(batchMean, MOMENTUM)));
    layer.runningVariance.assign(tf.add(tf.mul(layer.runningVariance, keep), tf.mul(unbiased, MOMENTUM)));
    layer.batches.assign(tf.add(layer.batches, 1));
  });
  const normalised = tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON)));
  return tf.add(tf.mul(normalised, layer.scale), layer.offset);
}
