// What a training step says to whoever measures it: which part of it begins, and work of kernels that tfjs does not run
// itself.
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
