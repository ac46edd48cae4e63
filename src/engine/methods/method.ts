// The interface of a gradient method: how the losses of the tasks, or their gradients, become the one update of a network. It
// knows nothing of networks, optimizers or backends; `training/step` runs it. Networks of single tasks share nothing and use none.
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { CatalogEntry } from '../config/catalog.ts';
import type { ParamSpec, Params } from '../config/params.ts';
import type { LossKind } from '../kernels/ops/taskLoss/index.ts';
import type { Gram } from './solvers/dense.ts';

export interface MethodContext {
  numTasks: number;
  /** One per task. */
  kinds: readonly LossKind[];
  /** S, of the values of all shared parameters. */
  sharedSize: number;
  /** Values of its `params`; `settingsOf(params, settings)` gives them their types. */
  settings: Params;
  /** Seed of the run, for methods that draw at random. */
  seed: number;
  /** Says something about the run, for what a method could not do as it should; the same words are shown once. */
  note(text: string): void;
}

/** What a checkpoint keeps of a method: arrays by name. */
export type MethodState = Record<string, Float32Array>;

interface MethodEntry extends CatalogEntry {
  /** Shown, with the other settings of training, where the method is chosen; keys are those of nobody else. */
  params: readonly ParamSpec[];
  /** Version of what `save` returns; raised when it comes to mean something else. 1 when left out. */
  stateVersion?: number;
}

/** What methods have whose work depends on the steps before. */
export interface WithState {
  /**
   * Called when the parameters have been changed, with the losses of the same batch before and after: of methods that learn from
   * what their step did. It costs a second forward pass, in which batch norm takes its running statistics once more.
   * @param before - [T]
   * @param after - [T]
   * @param step - 1-based
   */
  afterUpdate?(before: Tensor1D, after: Tensor1D, step: number): void;
  /** Tensors that stay from step to step, for a recording; those that change are changed in place. */
  kept?(): readonly Tensor[];
  save?(): Promise<MethodState>;
  /** The inverse of `save`. @throws Error when it is not what `save` returns */
  restore?(state: MethodState): void;
  dispose?(): void;
}

/** Weights that never change: a step costs what it costs without weights. */
export interface FixedWeightsMethod extends MethodEntry {
  needs: 'losses';
  /** One per task. */
  fixedWeights(numTasks: number, settings: Params): number[];
}

/** Weights of the tasks' losses, made of the losses. */
export interface LossMethod extends MethodEntry {
  needs: 'losses';
  /**
   * All that a step launches depends on tensors alone, which `weights` changes in place, and on nothing that JavaScript keeps:
   * only then are its steps repeated from a recording. Otherwise they are launched one by one, which the run says.
   */
  replayable?: true;
  start(context: MethodContext): LossWeights;
}

export interface LossWeights extends WithState {
  /**
   * Called once per step between forward and backward pass. Nothing can be read back here.
   * @param losses - [T]
   * @param step - 1-based
   * @returns [T]; constants as far as gradients go
   */
  weights(losses: Tensor1D, step: number): Tensor1D;
}

/** Weights of the tasks' losses, made of the inner products of their gradients. */
export interface GramMethod extends MethodEntry {
  needs: 'gram';
  start(context: MethodContext): GramWeights;
}

export interface GramWeights extends WithState {
  /**
   * Called once per step, when every task has been differentiated on its own.
   * @param gram - inner products of the tasks' gradients with respect to the shared parameters, [T, T] row-major; float32 from a
   * device, float64 where they are known better
   * @param losses - [T]
   * @param step - 1-based
   * @returns [T]
   */
  weights(gram: Gram, losses: ArrayLike<number>, step: number): ArrayLike<number>;
}

/** One gradient of the shared parameters, made of those of the tasks; what belongs to a task follows the loss of that task. */
export interface GradientsMethod extends MethodEntry {
  needs: 'gradients';
  /** As `LossMethod` has it. */
  replayable?: true;
  start(context: MethodContext): GradientCombination;
}

export interface GradientCombination extends WithState {
  /**
   * Called once per step, when every task has been differentiated on its own. Nothing can be read back here.
   * @param gradients - with respect to the S values of all shared parameters, [T, S]
   * @param losses - [T]
   * @param step - 1-based
   * @returns [S]
   */
  combine(gradients: Tensor2D, losses: Tensor1D, step: number): Tensor1D;
  /**
   * Called after `combine`: what the gradient of a task is multiplied by in what belongs to that task alone, [T]; 1 when left out.
   * @param losses - [T]
   */
  own?(losses: Tensor1D): Tensor1D;
}

export type { Gram };
export type GradientMethod = FixedWeightsMethod | LossMethod | GramMethod | GradientsMethod;

export const hasFixedWeights = (method: GradientMethod): method is FixedWeightsMethod =>
  'fixedWeights' in method;
