// How many kernels a piece of work launches, and the most memory it holds.
import * as tf from '@tensorflow/tfjs-core';
import { type BackendName, getKernelMode, nativeKernels } from './defineKernel.ts';

/** Views of the same values: no work. */
const VIEWS = new Set(['Identity', 'Reshape', 'ExpandDims', 'Cast']);

export interface Work {
  launches: number;
  peakBytes: number;
  /** Launches by kernel, most first. */
  byKernel: [string, number][];
}

/**
 * Counts tfjs kernels, ours once where they have a fast version and as the plain operations they run otherwise. In-place
 * updates that bypass tfjs (AdamW on wasm) are not seen.
 */
export async function countLaunches(work: () => Promise<unknown>): Promise<Work> {
  const isNative = new Set(
    getKernelMode() === 'native'
      ? nativeKernels(tf.getBackend() as BackendName).map((n) => `MultiTab${n}`)
      : [],
  );
  const profile = await tf.profile(async () => {
    await work();
    return [];
  });
  const counts = new Map<string, number>();
  for (const { name } of profile.kernels) {
    const counted = name.startsWith('MultiTab') ? isNative.has(name) : !VIEWS.has(name);
    if (counted) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const byKernel = [...counts].sort((a, b) => b[1] - a[1]);
  return { launches: byKernel.reduce((sum, [, n]) => sum + n, 0), peakBytes: profile.peakBytes, byKernel };
}
