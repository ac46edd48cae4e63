// The interface of the middle of a training step: a gradient method and its state make losses and gradients of a batch.
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
  /** Why its steps cannot be repeated from a recording, or null. */
  readonly whyNotReplayed: string | null;
  /** Where its steps are repeated in two parts; left out where a recording takes them whole, or not at all. */
  inTwo?(): StepInTwo;
  /** The losses, and the gradients of the update; the caller disposes both. A promise where numbers are read back on the way. */
  differentiate(batch: StepTensors, step: number): StepGradients | Promise<StepGradients>;
  /** Launches the same and reads nothing back; the values are of use only where `differentiate` reads nothing back either. */
  launch(batch: StepTensors, step: number): StepGradients;
  /** Shows the method what its step did to the losses, for methods that look at it. */
  afterUpdate?(before: tf.Tensor1D, after: tf.Tensor1D, step: number): void;
  /** The weights of the last step, [T]; null where there are none yet, or the method makes none. */
  lastWeights(): ArrayLike<number> | tf.Tensor1D | null;
  /** Takes other weights from the next step on; left out where the method makes its own, or none. A checkpoint keeps them. */
  setWeights?(weights: readonly number[]): void;
  /** Tensors of the method that stay from step to step. */
  kept(): readonly tf.Tensor[];
  save(): Promise<MethodState>;
  restore(state: MethodState): void;
  dispose(): void;
}
