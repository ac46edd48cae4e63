// What a training step says to whoever measures it: which part of it begins, and work of kernels that tfjs does not run
// itself. In training nobody listens.
import type * as tf from '@tensorflow/tfjs-core';

/** Parts of a training step, in order; `data` is all before the forward pass. */
export type StepPhase = 'data' | 'forward' | 'backward' | 'update';

/** What a kernel reads and writes; what it changes in place is in both. */
export interface Traffic {
  reads: readonly tf.TensorInfo[];
  writes: readonly tf.TensorInfo[];
}

export interface StepObserver {
  enter(phase: StepPhase): void;
  /** Must do the work, which is that of one kernel. */
  run(kernel: string, traffic: Traffic, work: () => void): void;
}

let observer: StepObserver | null = null;

/** @returns what ends it; one observer at a time */
export function observeSteps(next: StepObserver): () => void {
  if (observer) throw new Error('observeSteps: expected no observer, there is one already');
  observer = next;
  return () => {
    observer = null;
  };
}

export const enterPhase = (phase: StepPhase): void => observer?.enter(phase);

export function runAsKernel(kernel: string, traffic: Traffic, work: () => void): void {
  if (observer) observer.run(kernel, traffic, work);
  else work();
}
