// The middle of a training step: applies a gradient method to the gradients of a model. The method's needs decide how often the
// model is differentiated, at how many points, and whether a step waits for numbers.
import * as tf from '@tensorflow/tfjs-core';
import { requireOnly, storedValues } from '../../methods/arrays.ts';
import {
  type GradientMethod,
  hasFixedWeights,
  type LossMethod,
  type MethodContext,
  type MethodState,
} from '../../methods/method.ts';
import type { Sharpness } from '../../methods/sharpness.ts';
import { smoothed } from '../../methods/smoothed.ts';
import type { Model } from '../../models/model.ts';
import type { StepTensors } from '../tensorBatch.ts';
import { createAggregator, notReplayable, ones, stateOf } from './aggregator.ts';
import type { Combiner } from './combination.ts';
import { samoCombiner } from './samoCombiner.ts';
import { SharedValues } from './sharedValues.ts';
import { flatRegionsCombiner, type SharpOptions, samCombiner } from './sharpCombiner.ts';
import type { StepGradients, TaskGradients, TaskPass } from './taskPass.ts';
import { twoParts } from './twoParts.ts';

/** Settings around a gradient method. */
export interface Around extends Sharpness {
  /** Share of earlier steps' weights (CR-MOGM), for methods that compute weights from inner products. */
  weightMomentum: number;
}

/** Combiners that move parameters within a step, by kind of sharpness. */
const sharp: Record<Exclude<Sharpness['sharpness'], 'off'>, (options: SharpOptions) => Combiner> = {
  sam: samCombiner,
  'flat-regions': flatRegionsCombiner,
  samo: samoCombiner,
};

export function createCombiner(
  chosen: GradientMethod,
  model: Model,
  pass: TaskPass,
  given: Omit<MethodContext, 'sharedSize'>,
  around: Around | null = null,
): Combiner {
  const shared = new SharedValues(model.parameters);
  const context = { ...given, sharedSize: shared.size };
  const method = chosen.needs === 'gram' ? smoothed(chosen, around?.weightMomentum ?? 0) : chosen;
  if (around && around.sharpness !== 'off' && shared.size > 0)
    return sharp[around.sharpness]({ method, model, pass, shared, context, sharpness: around });
  if (hasFixedWeights(method)) return fixed(pass, method.fixedWeights(given.numTasks, given.settings));
  // Without shared parameters there is nothing to weight.
  if (shared.size === 0) return fixed(pass, ones(given.numTasks));
  return method.needs === 'losses' ? byLosses(method, pass, context) : byTasks(method, pass, shared, context);
}

const disposeByTask = (byTask: TaskGradients['byTask']): void => {
  for (const gradients of byTask) for (const gradient of gradients) gradient?.dispose();
};

function fixed(pass: TaskPass, chosen: readonly number[]): Combiner {
  let weights = chosen;
  const launch = (batch: StepTensors, step: number) => pass.weighted(batch, step, weights);
  return {
    setWeights: (others) => {
      weights = [...others];
    },
    whyNotReplayed: null,
    launch,
    differentiate: launch,
    lastWeights: () => weights,
    kept: () => [],
    // Weights that are settings need no state.
    save: async (): Promise<MethodState> =>
      weights === chosen ? {} : { weights: Float32Array.from(weights) },
    restore: (state) => {
      requireOnly('task weights', state, ['weights']);
      weights = state.weights
        ? Array.from(storedValues('task weights', state, 'weights', chosen.length))
        : chosen;
    },
    dispose: () => {},
  };
}

function byLosses(method: LossMethod, pass: TaskPass, context: MethodContext): Combiner {
  const learner = method.start(context);
  // The weights of the last step, for readers outside the step; a recording keeps none.
  let last: tf.Tensor1D | null = null;
  const launch = (batch: StepTensors, step: number) =>
    pass.weighted(batch, step, (losses) => {
      const weights = learner.weights(losses, step);
      if (!method.replayable) {
        last?.dispose();
        last = tf.keep(tf.clone(weights));
      }
      return weights;
    });
  const state = stateOf([learner], method);
  return {
    whyNotReplayed: notReplayable(method),
    launch,
    differentiate: launch,
    afterUpdate: learner.afterUpdate?.bind(learner),
    lastWeights: () => last,
    ...state,
    dispose: () => {
      last?.dispose();
      last = null;
      state.dispose();
    },
  };
}

/** Differentiates every task on its own. */
function byTasks(
  method: Exclude<GradientMethod, LossMethod>,
  pass: TaskPass,
  shared: SharedValues,
  context: MethodContext,
): Combiner {
  const aggregator = createAggregator(method, shared, context);
  const launch = (batch: StepTensors, step: number): StepGradients => {
    const { taskLosses, byTask } = pass.perTask(batch, step);
    const gradients = aggregator.launch(byTask, taskLosses, step);
    disposeByTask(byTask);
    return { taskLosses, gradients };
  };
  const { parts, state, whyNotReplayed } = aggregator;
  const own = stateOf([state], method);
  const halves =
    parts && !whyNotReplayed
      ? twoParts<TaskGradients>(context.numTasks, {
          first(batch, step) {
            const held = pass.perTask(batch, step);
            return { held, read: parts.products(held.byTask, held.taskLosses) };
          },
          between: (read, step) => parts.weights(read, step),
          second({ taskLosses, byTask }, weights) {
            const gradients = parts.weigh(byTask, weights);
            disposeByTask(byTask);
            return { taskLosses, gradients };
          },
          drop({ taskLosses, byTask }) {
            taskLosses.dispose();
            disposeByTask(byTask);
          },
        })
      : null;
  return {
    whyNotReplayed,
    inTwo: halves?.inTwo,
    launch,
    differentiate: parts
      ? async (batch, step) => {
          const { taskLosses, byTask } = pass.perTask(batch, step);
          try {
            return { taskLosses, gradients: await aggregator.combine(byTask, taskLosses, step) };
          } catch (error) {
            taskLosses.dispose();
            throw error;
          } finally {
            disposeByTask(byTask);
          }
        }
      : launch,
    afterUpdate: state.afterUpdate?.bind(state),
    lastWeights: () => aggregator.lastWeights(),
    ...own,
    kept: () => [...own.kept(), ...(halves?.kept() ?? [])],
    dispose: () => {
      own.dispose();
      halves?.dispose();
    },
  };
}
