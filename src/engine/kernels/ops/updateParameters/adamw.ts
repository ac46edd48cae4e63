// One AdamW step of one parameter, in place where the backend can (Loshchilov and Hutter 2019, Algorithm 2; the form
// and constants of golden/README).
import * as tf from '@tensorflow/tfjs-core';
import { type BackendName, getKernelMode } from '../../runtime/defineKernel.ts';

export interface AdamwOptions {
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** 0 gives Adam. */
  weightDecay: number;
  /** 1-based. */
  step: number;
  /** The clip factor; 1 leaves the gradient as it is. */
  gradientScale: number;
}

/** Writes parameter, m and v in place; false when it cannot. */
export type NativeAdamw = (
  parameter: tf.Variable,
  gradient: tf.Tensor,
  m: tf.Variable,
  v: tf.Variable,
  options: AdamwOptions,
) => boolean;

const natives = new Map<string, NativeAdamw>();

export function registerNativeAdamw(backend: BackendName, update: NativeAdamw): void {
  natives.set(backend, update);
}

/** Parameter, gradient, m and v have the same shape. */
export function adamwUpdate(
  parameter: tf.Variable,
  gradient: tf.Tensor,
  m: tf.Variable,
  v: tf.Variable,
  options: AdamwOptions,
): void {
  const native = getKernelMode() === 'native' ? natives.get(tf.getBackend()) : undefined;
  if (native?.(parameter, gradient, m, v, options)) return;
  const { learningRate, beta1, beta2, epsilon, weightDecay, step, gradientScale } = options;
  tf.tidy(() => {
    const g = gradientScale === 1 ? gradient : tf.mul(gradient, gradientScale);
    m.assign(tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1)));
    v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2)));
    const mHat = tf.div(m, 1 - beta1 ** step);
    const vHat = tf.div(v, 1 - beta2 ** step);
    const decayed = tf.mul(parameter, 1 - learningRate * weightDecay);
    parameter.assign(tf.sub(decayed, tf.mul(tf.div(mHat, tf.add(tf.sqrt(vHat), epsilon)), learningRate)));
  });
}
