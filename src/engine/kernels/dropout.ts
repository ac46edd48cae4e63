// Inverted dropout whose mask is a hash of (seed, step, site, element): the same on every backend and after a resume,
// and nothing needs to be stored to repeat it.
import * as tf from '@tensorflow/tfjs-core';

/** What a mask is a function of: the experiment's seed, the optimizer step, the place in the network. */
export type DropoutKey = readonly [seed: number, step: number, site: number];

/** A 32-bit integer mixer (the finaliser of MurmurHash3). */
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** 0 or 1 / (1 - rate) per element. */
export function dropoutMask(size: number, rate: number, [seed, step, site]: DropoutKey): Float32Array {
  const key = mix(mix(mix(seed + 0x9e3779b9) + step) + site);
  const threshold = Math.round(rate * 2 ** 32);
  const kept = 1 / (1 - rate);
  const mask = new Float32Array(size);
  for (let i = 0; i < size; i++) mask[i] = mix(Math.imul(i, 0x9e3779b1) ^ key) < threshold ? 0 : kept;
  return mask;
}

/** @param rate - share of entries set to zero, in [0, 1) */
export function dropout(x: tf.Tensor, rate: number, key: DropoutKey): tf.Tensor {
  if (rate === 0) return x;
  return tf.mul(x, tf.tensor(dropoutMask(x.size, rate, key), x.shape));
}
