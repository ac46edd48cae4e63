// Inverted dropout whose mask is a hash of (seed, step, site, element): the same on every backend and after a resume, and
// nothing is stored to repeat it.
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel } from '../../runtime/defineKernel.ts';
import type { Kernel } from '../../runtime/kernel.ts';

/** The arguments of a mask: the experiment's seed, the optimizer step, the site in the network. */
export type DropoutKey = readonly [seed: number, step: number, site: number];

export interface DropoutAttributes {
  /** Hash of the three parts of the key. */
  key: number;
  /** The hash for another step. */
  keyAt: (step: number) => number;
  /** Elements with a smaller hash are dropped. */
  threshold: number;
  /** Factor of the other elements. */
  kept: number;
}

/** A 32-bit integer mixer (the finaliser of MurmurHash3). */
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** @param rate - share of entries set to zero, in [0, 1) */
export function dropoutAttributes(rate: number, [seed, step, site]: DropoutKey): DropoutAttributes {
  const keyAt = (at: number) => mix(mix(mix(seed + 0x9e3779b9) + at) + site);
  return {
    key: keyAt(step),
    keyAt,
    threshold: Math.min(Math.round(rate * 2 ** 32), 2 ** 32 - 1),
    kept: 1 / (1 - rate),
  };
}

function maskOf(size: number, { key, threshold, kept }: Omit<DropoutAttributes, 'keyAt'>): Float32Array {
  const mask = new Float32Array(size);
  for (let i = 0; i < size; i++) mask[i] = mix(Math.imul(i, 0x9e3779b1) ^ key) < threshold ? 0 : kept;
  return mask;
}

/** 0 or 1 / (1 - rate) per element. */
export const dropoutMask = (size: number, rate: number, key: DropoutKey): Float32Array =>
  maskOf(size, dropoutAttributes(rate, key));

/** In plain operations; x itself if nothing is dropped. */
export const droppedBy = <T extends tf.Tensor>(attributes: DropoutAttributes | null, x: T): T =>
  attributes ? tf.mul(x, tf.tensor(maskOf(x.size, attributes), x.shape)) : x;

/** Linear in x with a mask that depends on nothing else, so it is its own gradient. */
export const dropoutKernel: Kernel<DropoutAttributes> = defineKernel({
  name: 'Dropout',
  reference: ([x], attributes: DropoutAttributes) => [droppedBy(attributes, x as tf.Tensor)],
  gradient: ([dy], _inputs, _outputs, attributes) => dropoutKernel.run([dy as tf.Tensor], attributes),
});

/** @param rate - share of entries set to zero, in [0, 1) */
export function dropout(x: tf.Tensor, rate: number, key: DropoutKey): tf.Tensor {
  return rate === 0 ? x : (dropoutKernel.run([x], dropoutAttributes(rate, key))[0] as tf.Tensor);
}
