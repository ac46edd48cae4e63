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
  /**
   * The same for work in two parts: launches the first, reads what it says, and launches the second when `between` is done.
   * @throws Error for work in one part
   */
  replayInTwo(step: number, between: TwoParts['between']): Promise<void>;
  dispose(): void;
}

/** Work in two parts, between which numbers are read back. */
export interface TwoParts {
  /** @returns what is to be read, float32; it is disposed when it has been read */
  first(): tf.Tensor;
  /** May write into kept tensors, and launches nothing. */
  between(values: Float32Array): void;
  second(): void;
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
  /** As `record`. Between the parts, nothing else may be recorded or replayed. */
  recordInTwo(work: TwoParts, kept: readonly tf.Tensor[]): Promise<Recording | { refused: string }>;
  /** New values for a tensor, in place, before the next replay. */
  write(tensor: tf.Tensor, values: Float32Array | Int32Array): void;
}
