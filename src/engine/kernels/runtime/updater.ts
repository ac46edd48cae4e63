// Parameter updates at the end of a training step: the description of an optimizer, the same for all backends, and a backend's
// version of it.
import type * as tf from '@tensorflow/tfjs-core';
import type { Address, SimdModule } from './wasm/simdModule.ts';

/** The arguments of a step's numbers: step and learning rate. */
export interface StepAt {
  /** 1-based. */
  step: number;
  learningRate: number;
  rule: UpdateRule;
}

/** WGSL of what one invocation reads and writes. */
export interface WgslNames<S extends string> {
  value: string;
  /** WGSL of the value's gradient, clipped. */
  gradient: string;
  slots: readonly string[];
  numbers: { readonly [N in S]: string };
}

/** Addresses of one parameter in the memory of the wasm backend. */
export interface WasmPlaces {
  values: Address;
  gradients: Address;
  slots: readonly Address[];
  size: number;
  /** The clip factor. */
  gradientScale: number;
}

/** Fast versions without a tensor per operation. A backend without one uses plain operations. */
export interface FastStep<S extends string> {
  /** What the work is called in profiles. */
  kernel: string;
  /** Numbers that the versions read, by name. */
  numbers(at: StepAt): { readonly [N in S]: number };
  /** Statements that move one value and its slots. */
  wgsl?(names: WgslNames<S>): string;
  /** Moves a parameter and its slots in place. */
  wasm?(simd: SimdModule, places: WasmPlaces, numbers: { readonly [N in S]: number }): void;
}

export interface Optimizer<S extends string = string> {
  id: string;
  label: string;
  /** Shown with the label in the form, if it adds information. */
  summary?: string;
  source?: string;
  /** Whether the weight decay setting has an effect. */
  decays: boolean;
  /** State kept per parameter, in its shape and initially 0; checkpoints use these names. */
  slots: readonly string[];
  /**
   * One step of one parameter in plain operations, which assigns to it and its slots.
   * @param gradientScale - the clip factor; 1 leaves the gradient as it is
   */
  step(
    parameter: tf.Variable,
    gradient: tf.Tensor,
    slots: readonly tf.Variable[],
    at: StepAt,
    gradientScale: number,
  ): void;
  fast?: FastStep<S>;
}

/** Consecutive values of a parameter that belong to one group. */
export interface GroupedValues {
  size: number;
  group: number;
}

export interface UpdateRule {
  optimizer: Optimizer;
  weightDecay: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Largest norm of a group's gradient; 0 clips nothing. */
  clipNorm: number;
}

export interface UpdateOptions {
  parameters: readonly tf.Variable[];
  /** Number of losses. */
  tasks: number;
  /** Per parameter its values, group by group; each group is clipped and reported separately. */
  slices: readonly (readonly GroupedValues[])[];
  groups: number;
  rule: UpdateRule;
}

/** By slot one array per parameter. */
export type OptimizerState = Record<string, Float32Array[]>;

export interface Updater {
  /** The slots of the optimizer. */
  readonly slots: readonly string[];
  /**
   * Takes a step; if a loss or a norm is not finite, nothing changes.
   * @param gradients - one per parameter, same shapes
   * @param losses - [T]
   * @param step - counts from 1
   * @param learningRateAt - learning rate as a function of the step
   * @returns the losses, and the norm of each group before clipping
   */
  step(
    gradients: readonly tf.Tensor[],
    losses: tf.Tensor1D,
    step: number,
    learningRateAt: (step: number) => number,
  ): Promise<Float32Array>;
  readState(): Promise<OptimizerState>;
  /** @param state - of every slot */
  writeState(state: OptimizerState): void;
  dispose(): void;
}

/** An updater that reads nothing back, so that its steps can be recorded. */
export interface DeferredUpdater extends Updater {
  /** Number of steps whose reports are held; older ones are overwritten. */
  readonly held: number;
  /** Tensors that a recording must keep. */
  readonly kept: readonly tf.Tensor[];
  /** The same as `step`; after a number that is not finite, later calls change nothing either. */
  launch(
    gradients: readonly tf.Tensor[],
    losses: tf.Tensor1D,
    step: number,
    learningRateAt: (step: number) => number,
  ): void;
  /** The return value of `step`, for any step whose report is held. */
  readReports(): Promise<(step: number) => Float32Array>;
}

export const isDeferred = (updater: Updater): updater is DeferredUpdater => 'launch' in updater;

/** Null if it does not support these parameters or this optimizer. */
export type NativeUpdater = (options: UpdateOptions) => Updater | null;
