// Steps with gradients at points moved uphill: SAM on the weighted sum of the losses, task-based flat regions on every task.
// SAMO is in samoCombiner.ts.
import * as tf from '@tensorflow/tfjs-core';
import {
  type GradientMethod,
  hasFixedWeights,
  type LossMethod,
  type MethodContext,
} from '../../methods/method.ts';
import type { Sharpness } from '../../methods/sharpness.ts';
import type { Model } from '../../models/model.ts';
import type { StepTensors } from '../tensorBatch.ts';
import { createAggregator, notReplayable, stateOf } from './aggregator.ts';
import type { Combiner } from './combination.ts';
import { disposeAll, type Part, tidied, uphill, withMoved } from './moved.ts';
import type { SharedValues } from './sharedValues.ts';
import type { StepGradients, TaskGradients, TaskPass } from './taskPass.ts';
import { twoParts } from './twoParts.ts';

export type Gradient = (tf.Tensor | null)[];

export interface SharpOptions {
  method: GradientMethod;
  model: Model;
  pass: TaskPass;
  shared: SharedValues;
  context: MethodContext;
  sharpness: Sharpness;
}

/** Foret et al. 2021, Eq. 2 and 3: the gradient at theta + rho g / |g|. The weights are those at theta. */
export function samCombiner({ method, model, pass, context, sharpness }: SharpOptions): Combiner {
  const { rho, samScope } = sharpness;
  const known = hasFixedWeights(method) ? method.fixedWeights(context.numTasks, context.settings) : null;
  const learner = !known && method.needs === 'losses' && 'start' in method ? method.start(context) : null;
  // The weights of the last step, for readers outside the step; a recording keeps none.
  let last: tf.Tensor1D | null = null;
  const isReplayed = known !== null || (method as LossMethod).replayable === true;
  const launch = (batch: StepTensors, step: number): StepGradients => {
    let weights: tf.Tensor1D | null = null;
    const first = pass.weighted(
      batch,
      step,
      known ??
        ((losses) => {
          weights = tf.keep((learner as NonNullable<typeof learner>).weights(losses, step));
          return weights;
        }),
    );
    const moves = tidied(() => uphill(model.parameters, first.gradients, samScope as Part, rho));
    const second = withMoved(model, moves, () =>
      pass.weighted(batch, step, known ?? (() => tf.clone(weights as tf.Tensor1D))),
    );
    disposeAll([moves, first.gradients, second.taskLosses, isReplayed ? weights : last]);
    if (!isReplayed) last = weights;
    return { taskLosses: first.taskLosses, gradients: second.gradients };
  };
  const state = stateOf(learner ? [learner] : [], method);
  return {
    whyNotReplayed: known || method.needs !== 'losses' ? null : notReplayable(method as LossMethod),
    launch,
    differentiate: launch,
    afterUpdate: learner?.afterUpdate?.bind(learner),
    lastWeights: () => known ?? last,
    ...state,
    dispose: () => {
      last?.dispose();
      last = null;
      state.dispose();
    },
  };
}

/** Gradients of single tasks, each at a point of its own. */
export abstract class PerTask {
  protected readonly o: SharpOptions;

  constructor(options: SharpOptions) {
    this.o = options;
  }

  /** The parameter moves for a task. Runs within a `tidy`. */
  protected abstract movesOf(
    byTask: TaskGradients['byTask'],
    task: number,
    batch: StepTensors,
    step: number,
  ): Gradient;

  /** Per task its own gradient at its moved point. */
  protected there(batch: StepTensors, step: number, byTask: TaskGradients['byTask']): tf.Tensor[][] {
    const { model, pass, context } = this.o;
    return Array.from({ length: context.numTasks }, (_, task) => {
      const moves = tidied(() => this.movesOf(byTask, task, batch, step));
      const only = Array.from({ length: context.numTasks }, (_t, t) => +(t === task));
      const { taskLosses, gradients } = withMoved(model, moves, () => pass.weighted(batch, step, only));
      disposeAll([taskLosses, moves]);
      return gradients;
    });
  }
}

class FlatRegions extends PerTask {
  private readonly loss = createAggregator(this.o.method, this.o.shared, this.o.context);
  private readonly flat = createAggregator(this.o.method, this.o.shared, this.o.context);

  protected movesOf(byTask: TaskGradients['byTask'], task: number): Gradient {
    const { model, sharpness } = this.o;
    const gradient = byTask[task] as Gradient;
    const shared = uphill(model.parameters, gradient, 'shared', sharpness.rho);
    const own = uphill(model.parameters, gradient, { task }, sharpness.rhoOwn);
    return together(shared, own);
  }

  /** g_i, and its change uphill of its task; values of a single task take their gradient from the uphill point, once. */
  private split(batch: StepTensors, step: number) {
    const { pass, shared } = this.o;
    const { taskLosses, byTask } = pass.perTask(batch, step);
    const there = this.there(batch, step, byTask);
    const [loss, flat] = tidied(() => [
      byTask.map((g, t) => shared.mix(g, there[t] as tf.Tensor[])),
      byTask.map((g, t) => shared.difference(there[t] as tf.Tensor[], g)),
    ]) as [Gradient[], Gradient[]];
    const parts = { loss, flat };
    disposeAll([there, byTask]);
    return { taskLosses, parts };
  }

  combiner(): Combiner {
    const { loss, flat } = this;
    const finish = (
      taskLosses: tf.Tensor1D,
      parts: Record<'loss' | 'flat', Gradient[]>,
      a: tf.Tensor[],
      b: tf.Tensor[],
    ) => {
      const gradients = tf.tidy(() => a.map((g, i) => tf.add(g, b[i] as tf.Tensor)));
      disposeAll([a, b, parts.loss, parts.flat]);
      return { taskLosses, gradients };
    };
    const state = stateOf([loss.state, flat.state], this.o.method);
    const [ofLoss, ofFlat] = [loss.parts, flat.parts];
    const { numTasks } = this.o.context;
    // T * T products and T losses of either part.
    const readOfOne = numTasks * numTasks + numTasks;
    const halves =
      ofLoss && ofFlat && !loss.whyNotReplayed
        ? twoParts<ReturnType<FlatRegions['split']>>(2 * numTasks, {
            first: (batch, step) => {
              const held = this.split(batch, step);
              const { parts, taskLosses } = held;
              const products = [
                ofLoss.products(parts.loss, taskLosses),
                ofFlat.products(parts.flat, taskLosses),
              ];
              const read = tf.concat(products);
              disposeAll(products);
              return { held, read };
            },
            between: (read, step) =>
              Float32Array.of(
                ...ofLoss.weights(read.subarray(0, readOfOne), step),
                ...ofFlat.weights(read.subarray(readOfOne), step),
              ),
            second: ({ taskLosses, parts }, weights) => {
              const [forLoss, forFlat] = tf.split(weights, 2) as [tf.Tensor1D, tf.Tensor1D];
              const a = ofLoss.weigh(parts.loss, forLoss);
              const b = ofFlat.weigh(parts.flat, forFlat);
              disposeAll([forLoss, forFlat]);
              return finish(taskLosses, parts, a, b);
            },
            drop: ({ taskLosses, parts }) => disposeAll([taskLosses, parts.loss, parts.flat]),
          })
        : null;
    return {
      whyNotReplayed: loss.whyNotReplayed,
      inTwo: halves?.inTwo,
      launch: (batch, step) => {
        const { taskLosses, parts } = this.split(batch, step);
        return finish(
          taskLosses,
          parts,
          loss.launch(parts.loss, taskLosses, step),
          flat.launch(parts.flat, taskLosses, step),
        );
      },
      differentiate: async (batch, step) => {
        const { taskLosses, parts } = this.split(batch, step);
        let a: tf.Tensor[] = [];
        try {
          a = await loss.combine(parts.loss, taskLosses, step);
          const b = await flat.combine(parts.flat, taskLosses, step);
          return finish(taskLosses, parts, a, b);
        } catch (error) {
          disposeAll([taskLosses, a, parts.loss, parts.flat]);
          throw error;
        }
      },
      afterUpdate: afterUpdateOf([loss, flat]),
      lastWeights: () => loss.lastWeights(),
      ...state,
      kept: () => [...state.kept(), ...(halves?.kept() ?? [])],
      dispose: () => {
        state.dispose();
        halves?.dispose();
      },
    };
  }
}

/** Combines two moves. */
export const together = (a: Gradient, b: Gradient): Gradient =>
  a.map((move, i) => {
    const other = b[i] ?? null;
    return move && other ? tf.add(move, other) : (move ?? other);
  });

export function afterUpdateOf(
  aggregators: readonly { state: ReturnType<typeof createAggregator>['state'] }[],
): Combiner['afterUpdate'] {
  const looking = aggregators.flatMap(({ state }) => (state.afterUpdate ? [state] : []));
  if (looking.length === 0) return undefined;
  return (before, after, step) => {
    for (const state of looking) state.afterUpdate?.(before, after, step);
  };
}

export const flatRegionsCombiner = (options: SharpOptions): Combiner => new FlatRegions(options).combiner();
