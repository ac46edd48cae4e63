// Steps that a backend records once and repeats without tfjs.
import type * as tf from '@tensorflow/tfjs-core';

/** Recorded launches. */
export interface Recording {
  launches: number;
  /** Memory held by the recording, in bytes. */
  bytes: number;
  /** Equal for steps with equal launches and numbers, apart from values that depend on the step or are kept. */
  signature: string;
  /** Whether the kept tensors still have the same buffers; assigning to a variable changes its buffer. */
  isCurrent(): boolean;
  /** Launches everything again, with step-dependent values as of this step. */
  replay(step: number): void;
  dispose(): void;
}

export interface StepRecorder {
  /** Bytes of the largest tensor that a kernel can read here. */
  readonly maxBytes: number;
  /**
   * Does the work and records its launches.
   * @param kept - tensors that exist before and after, the only outside tensors that the work may use; those it changes must be
   *   changed in place
   * @returns the recording, or why there is none; the work is done in either case
   */
  record(work: () => void, kept: readonly tf.Tensor[]): Recording | { refused: string };
  /** New values for a tensor, in place, before the next replay. */
  write(tensor: tf.Tensor, values: Float32Array | Int32Array): void;
}
