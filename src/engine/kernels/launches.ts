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

let noted: Map<string, number> | null = null;

/** Called by a backend whose fast kernels launch several programs, for each of them. */
export function noteLaunch(name: string): void {
  noted?.set(name, (noted.get(name) ?? 0) + 1);
}

/**
 * Counts tfjs kernels and ours: on WebGPU every program a fast version launches, elsewhere each fast version once; the plain
 * operations where there is none. In-place updates that bypass tfjs (AdamW on wasm) are not seen.
 */
export async function countLaunches(work: () => Promise<unknown>): Promise<Work> {
  const backend = tf.getBackend() as BackendName;
  const isNative = new Set(
    getKernelMode() === 'native' && backend !== 'webgpu'
      ? nativeKernels(backend).map((n) => `MultiTab${n}`)
      : [],
  );
  const counts = new Map<string, number>();
  noted = counts;
  const profile = await tf
    .profile(async () => {
      await work();
      return [];
    })
    .finally(() => {
      noted = null;
    });
  for (const { name } of profile.kernels) {
    const counted = name.startsWith('MultiTab') ? isNative.has(name) : !VIEWS.has(name);
    if (counted) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const byKernel = [...counts].sort((a, b) => b[1] - a[1]);
  return { launches: byKernel.reduce((sum, [, n]) => sum + n, 0), peakBytes: profile.peakBytes, byKernel };
}
