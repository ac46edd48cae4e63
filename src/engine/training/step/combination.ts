// The interface of the middle of a training step: a gradient method with its state turns a batch into losses and gradients.
import type * as tf from '@tensorflow/tfjs-core';
import type { MethodState } from '../../methods/method.ts';
import type { StepTensors } from '../tensorBatch.ts';
import type { StepGradients } from './taskPass.ts';

/** A step that reads numbers in the middle, as two parts that launch the same from step to step. */
export interface StepInTwo {
  /** Launches what comes before. @returns what is to be read */
  first(batch: StepTensors, step: number): tf.Tensor;
  /** @returns the values of `into` for what has been read */
  between(read: Float32Array, step: number): Float32Array;
  /** Kept from step to step, and read by the second part. */
  readonly into: tf.Tensor;
  /** Launches what follows. */
  second(): StepGradients;
}

export interface Combiner {
  /** Why its steps cannot be replayed from a recording, or null. */
  readonly whyNotReplayed: string | null;
  /** Where its steps are repeated in two parts; left out where a recording takes them whole, or not at all. */
  inTwo?(): StepInTwo;
  /** The losses, and the gradients for the update; the caller disposes both. A promise if numbers are read back. */
  differentiate(batch: StepTensors, step: number): StepGradients | Promise<StepGradients>;
  /**
   * Launches the same operations and reads nothing back; the values are valid only if `differentiate` reads nothing back
   * either.
   */
  launch(batch: StepTensors, step: number): StepGradients;
  /** Passes the method the losses before and after the update, for methods that need them. */
  afterUpdate?(before: tf.Tensor1D, after: tf.Tensor1D, step: number): void;
  /** The weights of the last step, [T]; null if there are none yet, or the method has none. */
  lastWeights(): ArrayLike<number> | tf.Tensor1D | null;
  /** Sets the weights from the next step on; absent if the method makes its own, or has none. Stored in checkpoints. */
  setWeights?(weights: readonly number[]): void;
  /** Tensors of the method that persist between steps. */
  kept(): readonly tf.Tensor[];
  save(): Promise<MethodState>;
  restore(state: MethodState): void;
  dispose(): void;
}
