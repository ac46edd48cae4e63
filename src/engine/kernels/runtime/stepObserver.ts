// What a training step reports to its observer: the beginning of its parts, and kernel work that tfjs does not run itself.
import type * as tf from '@tensorflow/tfjs-core';

/** Parts of a training step, in order; `data` is everything before the forward pass. */
export type StepPhase = 'data' | 'forward' | 'backward' | 'update';

/** Tensors that a kernel reads and writes; those it changes in place are in both. */
export interface Traffic {
  reads: readonly tf.TensorInfo[];
  writes: readonly tf.TensorInfo[];
}

export interface StepObserver {
  enter(phase: StepPhase): void;
  /** Must do the work, which is that of one kernel. */
  run(kernel: string, traffic: Traffic, work: () => void): void;
}
