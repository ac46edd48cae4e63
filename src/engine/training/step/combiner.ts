// The middle of a training step: a gradient method, run on the gradients of a model. What a method needs decides how often the
// model is differentiated, and whether a step has to wait for numbers; a kind of method that needs two gradients in a step, at two
// points, would differentiate twice here.
import * as tf from '@tensorflow/tfjs-core';
import {
  type GradientMethod,
  type GradientsMethod,
  type GramMethod,
  hasFixedWeights,
  type LossMethod,
  type MethodContext,
  type MethodState,
  type WithState,
} from '../../methods/method.ts';
import type { Model } from '../../models/model.ts';
import type { StepTensors } from '../tensorBatch.ts';
import { SharedValues } from './sharedValues.ts';
import type { StepGradients, TaskGradients, TaskPass } from './taskPass.ts';

export interface Combiner {
  /** Why its steps cannot be repeated from a recording, or null. */
  readonly whyNotReplayed: string | null;
  /** The losses, and the gradients of the update; the caller disposes both. A promise where numbers are read back on the way. */
  differentiate(batch: StepTensors, step: number): StepGradients | Promise<StepGradients>;
  /** Launches the same and reads nothing back; the values are of use only where `differentiate` reads nothing back either. */
  launch(batch: StepTensors, step: number): StepGradients;
  /** Shows the method what its step did to the losses, for methods that look at it. */
  afterUpdate?(before: tf.Tensor1D, after: tf.Tensor1D, step: number): void;
  /** Tensors of the method that stay from step to step. */
  kept(): readonly tf.Tensor[];
  save(): Promise<MethodState>;
  restore(state: MethodState): void;
  dispose(): void;
}

export function createCombiner(
  method: GradientMethod,
  model: Model,
  pass: TaskPass,
  given: Omit<MethodContext, 'sharedSize'>,
): Combiner {
  if (hasFixedWeights(method)) return fixed(pass, method.fixedWeights(given.numTasks, given.settings));
  const shared = new SharedValues(model.parameters);
  // Where nothing is shared there is nothing to weigh.
  if (shared.size === 0) return fixed(pass, ones(given));
  const context = { ...given, sharedSize: shared.size };
  switch (method.needs) {
    case 'losses':
      return byLosses(method, pass, context);
    case 'gram':
      return byGram(method, pass, shared, context);
    case 'gradients':
      return byGradients(method, pass, shared, context);
    default:
      return method satisfies never;
  }
}

const ones = ({ numTasks }: Pick<MethodContext, 'numTasks'>) => new Array<number>(numTasks).fill(1);

const disposeByTask = (byTask: TaskGradients['byTask']): void => {
  for (const gradients of byTask) for (const gradient of gradients) gradient?.dispose();
};

function stateOf(
  learner: WithState,
  { id }: GradientMethod,
): Pick<Combiner, 'afterUpdate' | 'kept' | 'save' | 'restore' | 'dispose'> {
  return {
    afterUpdate: learner.afterUpdate?.bind(learner),
    kept: () => learner.kept?.() ?? [],
    save: async () => (await learner.save?.()) ?? {},
    restore(state) {
      if (learner.restore) learner.restore(state);
      else if (Object.keys(state).length > 0) throw new Error(`${id}: expected no state, it keeps none`);
    },
    dispose: () => learner.dispose?.(),
  };
}

const notReplayable = ({ label, replayable }: LossMethod | GradientsMethod): string | null =>
  replayable ? null : `what ${label} launches may differ from step to step`;

function fixed(pass: TaskPass, weights: readonly number[]): Combiner {
  const launch = (batch: StepTensors, step: number) => pass.weighted(batch, step, weights);
  return {
    whyNotReplayed: null,
    launch,
    differentiate: launch,
    kept: () => [],
    save: async () => ({}),
    restore: () => {},
    dispose: () => {},
  };
}

function byLosses(method: LossMethod, pass: TaskPass, context: MethodContext): Combiner {
  const learner = method.start(context);
  const launch = (batch: StepTensors, step: number) =>
    pass.weighted(batch, step, (losses) => learner.weights(losses, step));
  return {
    whyNotReplayed: notReplayable(method),
    launch,
    differentiate: launch,
    ...stateOf(learner, method),
  };
}

function byGram(method: GramMethod, pass: TaskPass, shared: SharedValues, context: MethodContext): Combiner {
  const learner = method.start(context);
  /** [T, T] */
  const gramOf = (byTask: TaskGradients['byTask']): tf.Tensor2D =>
    tf.tidy(() => {
      const rows = shared.gather(byTask); // [T, S]
      return tf.matMul(rows, rows, false, true);
    });
  return {
    whyNotReplayed: `${method.label} reads the inner products of the tasks' gradients back`,
    launch(batch, step) {
      const { taskLosses, byTask } = pass.perTask(batch, step);
      gramOf(byTask).dispose();
      const gradients = shared.weigh(byTask, ones(context));
      disposeByTask(byTask);
      return { taskLosses, gradients };
    },
    async differentiate(batch, step) {
      const { taskLosses, byTask } = pass.perTask(batch, step);
      const gram = gramOf(byTask);
      try {
        const [products, losses] = await Promise.all([gram.data<'float32'>(), taskLosses.data<'float32'>()]);
        // The update will find what is not finite; the method is not asked about it.
        const areFinite = [...products, ...losses].every(Number.isFinite);
        const weights = areFinite ? learner.weights(products, losses, step) : ones(context);
        return { taskLosses, gradients: shared.weigh(byTask, weights) };
      } catch (error) {
        taskLosses.dispose();
        throw error;
      } finally {
        gram.dispose();
        disposeByTask(byTask);
      }
    },
    ...stateOf(learner, method),
  };
}

function byGradients(
  method: GradientsMethod,
  pass: TaskPass,
  shared: SharedValues,
  context: MethodContext,
): Combiner {
  const learner = method.start(context);
  const launch = (batch: StepTensors, step: number): StepGradients => {
    const { taskLosses, byTask } = pass.perTask(batch, step);
    const gradients = tf.tidy(() =>
      shared.scatter(learner.combine(shared.gather(byTask), taskLosses, step), byTask),
    );
    disposeByTask(byTask);
    return { taskLosses, gradients };
  };
  return {
    whyNotReplayed: notReplayable(method),
    launch,
    differentiate: launch,
    ...stateOf(learner, method),
  };
}
