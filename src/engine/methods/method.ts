// The interface of a gradient method: how the losses of the tasks, or their gradients, are turned into the one update of a
// network. A method knows nothing about networks, optimizers or backends; `training/step` runs it. Networks with a single task
// share nothing and use no method.
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { CatalogEntry } from '../config/catalog.ts';
import type { ParamSpec, Params } from '../config/params.ts';
import type { LossKind } from '../kernels/ops/taskLoss/index.ts';
import type { Gram } from './solvers/dense.ts';

export interface MethodContext {
  numTasks: number;
  /** One kind for each task. */
  kinds: readonly LossKind[];
  /** S, the number of values in all shared parameters. */
  sharedSize: number;
  /** Values of the method's `params`; `settingsOf(params, settings)` gives them their types. */
  settings: Params;
  /** Seed of the run, for methods that draw random numbers. */
  seed: number;
  /** Adds a note to the run when a method could not do what it should. The same text is shown only once. */
  note(text: string): void;
}

/** What a checkpoint stores for a method: arrays by name. */
export type MethodState = Record<string, Float32Array>;

interface MethodEntry extends CatalogEntry {
  /** Shown where the method is chosen, beside the other settings of training. No two methods may use the same key. */
  params: readonly ParamSpec[];
  /** Version of the arrays that `save` returns; raise it when their meaning changes. 1 when left out. */
  stateVersion?: number;
}

/** What methods have whose work depends on earlier steps. */
export interface WithState {
  /**
   * Called after the parameters have been changed, with the losses of the same batch before and after. It is for methods that
   * learn from the effect of their step. It costs a second forward pass, in which batch norm updates its running statistics
   * once more.
   * @param before - [T]
   * @param after - [T]
   * @param step - 1-based
   */
  afterUpdate?(before: Tensor1D, after: Tensor1D, step: number): void;
  /** Tensors that are kept from step to step, so that a step can be recorded. Those that change are changed in place. */
  kept?(): readonly Tensor[];
  save?(): Promise<MethodState>;
  /** The inverse of `save`. @throws Error when the state was not returned by `save` */
  restore?(state: MethodState): void;
  dispose?(): void;
}

/** Weights that never change. A step costs no more than without weights. */
export interface FixedWeightsMethod extends MethodEntry {
  needs: 'losses';
  /** One weight for each task. */
  fixedWeights(numTasks: number, settings: Params): number[];
}

/** Weights of the tasks' losses, computed from the losses. */
export interface LossMethod extends MethodEntry {
  needs: 'losses';
  /**
   * Everything a step launches depends only on tensors, which `weights` changes in place, and on nothing kept in JavaScript.
   * Only then can steps be repeated from a recording. Otherwise steps are launched one by one, and the run says so.
   */
  replayable?: true;
  start(context: MethodContext): LossWeights;
}

export interface LossWeights extends WithState {
  /**
   * Called once per step, between the forward and the backward pass. Nothing can be read back from the device here.
   * @param losses - [T]
   * @param step - 1-based
   * @returns [T]; gradients treat them as constants
   */
  weights(losses: Tensor1D, step: number): Tensor1D;
}

/** Weights of the tasks' losses, computed from the inner products of their gradients. */
export interface GramMethod extends MethodEntry {
  needs: 'gram';
  start(context: MethodContext): GramWeights;
}

export interface GramWeights extends WithState {
  /**
   * Called once per step, after every task has been differentiated separately.
   * @param gram - inner products of the tasks' gradients with respect to the shared parameters, [T, T] row-major; float32 from
   *   a device, float64 where they are known more precisely
   * @param losses - [T]
   * @param step - 1-based
   * @returns [T]
   */
  weights(gram: Gram, losses: ArrayLike<number>, step: number): ArrayLike<number>;
}

/**
 * One gradient of the shared parameters, computed from the gradients of the tasks. Parameters that belong to one task follow
 * the loss of that task.
 */
export interface GradientsMethod extends MethodEntry {
  needs: 'gradients';
  /** As in `LossMethod`. */
  replayable?: true;
  start(context: MethodContext): GradientCombination;
}

export interface GradientCombination extends WithState {
  /**
   * Called once per step, after every task has been differentiated separately. Nothing can be read back from the device here.
   * @param gradients - with respect to the S values of all shared parameters, [T, S]
   * @param losses - [T]
   * @param step - 1-based
   * @returns [S]
   */
  combine(gradients: Tensor2D, losses: Tensor1D, step: number): Tensor1D;
  /**
   * Called after `combine`. Returns, for each task, the factor for the gradient of the parameters that belong to that task
   * alone, [T]; 1 when left out.
   * @param losses - [T]
   */
  own?(losses: Tensor1D): Tensor1D;
}

export type { Gram };
export type GradientMethod = FixedWeightsMethod | LossMethod | GramMethod | GradientsMethod;

export const hasFixedWeights = (method: GradientMethod): method is FixedWeightsMethod =>
  'fixedWeights' in method;
