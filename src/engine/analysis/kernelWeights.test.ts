import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { attention, attentionWeights } from '../kernels/ops/attention/index.ts';
import { type KernelMode, setKernelMode } from '../kernels/runtime/backendRuntime.ts';
import { kernelWeights } from './kernelWeights.ts';

beforeAll(async () => {
  await startNodeBackend({ backend: 'wasm', allowSoftwareAdapter: false });
});
afterEach(() => setKernelMode('native'));

it.each([
  ['native', 7, 2],
  ['native', 3, 4],
  ['reference', 5, 2],
] as [KernelMode, number, number][])(
  'are those of the plain operations: %s, %i tokens',
  (mode, length, headSize) => {
    setKernelMode(mode);
    const heads = 2;
    const qkv = tf.randomUniform([3, length, 3 * heads * headSize], -2, 2, 'float32', 5) as tf.Tensor3D;
    const blocked = new Uint8Array(length * length);
    blocked[1] = 1;
    blocked[length + 2] = 1;
    const tensors = tf.memory().numTensors;
    const ours = kernelWeights({ qkv, run: (own) => attention(own, heads, blocked) }, heads);
    expect(tf.memory().numTensors).toBe(tensors + 1);
    const { weights } = attentionWeights(qkv, heads, blocked);
    const [got, wanted] = [ours.dataSync(), weights.dataSync()];
    expect(ours.shape).toEqual(weights.shape);
    got.forEach((w, i) => {
      expect(w).toBeCloseTo(wanted[i] as number, 6);
    });
    expect(got[1]).toBe(0);
  },
);
