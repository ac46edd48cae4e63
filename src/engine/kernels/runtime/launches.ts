// Counts the kernel launches of a piece of work, and its peak memory.
import * as tf from '@tensorflow/tfjs-core';
import { launchCounter } from './defineKernel.ts';

export interface Work {
  launches: number;
  /** Peak memory of tensors; recordings hold memory besides. */
  peakBytes: number;
  /** Launches by kernel, most first. */
  byKernel: [string, number][];
}

/** Counts all dispatches that reach the device, by the label of their pipeline. */
function countDispatches(counts: Map<string, number>): { end(): void } {
  const passes = GPUComputePassEncoder.prototype;
  const { setPipeline, dispatchWorkgroups } = passes;
  const labels = new WeakMap<GPUComputePassEncoder, string>();
  passes.setPipeline = function (pipeline) {
    labels.set(this, pipeline.label);
    return setPipeline.call(this, pipeline);
  };
  passes.dispatchWorkgroups = function (...sizes) {
    const label = labels.get(this) ?? '';
    counts.set(label, (counts.get(label) ?? 0) + 1);
    return dispatchWorkgroups.apply(this, sizes);
  };
  return { end: () => void Object.assign(passes, { setPipeline, dispatchWorkgroups }) };
}

/**
 * On WebGPU every dispatch. Elsewhere tfjs kernels and ours: each fast version once, or its plain operations; in-place updates
 * that bypass tfjs (AdamW on wasm) are not counted.
 */
export async function countLaunches(work: () => Promise<unknown>): Promise<Work> {
  const counts = new Map<string, number>();
  const dispatches = tf.getBackend() === 'webgpu' ? countDispatches(counts) : null;
  const profile = await tf
    .profile(async () => {
      await work();
      return [];
    })
    .finally(() => dispatches?.end());
  if (!dispatches) {
    const launchesOf = launchCounter();
    for (const { name } of profile.kernels)
      if (launchesOf(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const byKernel = [...counts].sort((a, b) => b[1] - a[1]);
  // A profile reads the memory when a tfjs kernel runs; a replay runs none.
  const peakBytes = Math.max(profile.peakBytes, tf.memory().numBytes);
  return { launches: byKernel.reduce((sum, [, n]) => sum + n, 0), peakBytes, byKernel };
}
