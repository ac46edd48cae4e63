// SAMO (Ban et al. 2025, arXiv 2507.07883): every task's gradient is taken after a move uphill on a mix of the mean loss and
// the task's own, whose direction is estimated from two losses. As in the public code (experiments/celeba/trainer_samo.py),
// parameters of one task move as far uphill on its own loss. Where that code has a PyTorch layer, this one has a variable,
// which may hold several small tensors.
import * as tf from '@tensorflow/tfjs-core';
import { rng } from '../../core/rng.ts';
import { addAll } from '../../methods/tensors.ts';
import type { StepTensors } from '../tensorBatch.ts';
import { createAggregator, stateOf } from './aggregator.ts';
import type { Combiner } from './combination.ts';
import { disposeAll, uphill, withMoved } from './moved.ts';
import { afterUpdateOf, type Gradient, PerTask, type SharpOptions, together } from './sharpCombiner.ts';
import type { TaskGradients } from './taskPass.ts';
import { twoParts } from './twoParts.ts';

/** Normal numbers for the direction that is probed for a task, one list per parameter. Given by tests only. */
export type Directions = (step: number, task: number) => readonly ArrayLike<number>[];

class Samo extends PerTask {
  private readonly aggregator = createAggregator(this.o.method, this.o.shared, this.o.context);
  private readonly directions: Directions;

  constructor(options: SharpOptions, directions?: Directions) {
    super(options);
    this.directions = directions ?? ((step, task) => this.drawn(step, task));
  }

  private drawn(step: number, task: number): Float32Array[] {
    const { context, model } = this.o;
    const random = rng(context.seed, `methods/samo/${task}`, step);
    return model.parameters.map(({ variable }) =>
      Float32Array.from({ length: variable.size }, random.normal),
    );
  }

  protected movesOf(
    byTask: TaskGradients['byTask'],
    task: number,
    batch: StepTensors,
    step: number,
  ): Gradient {
    const { model, sharpness, shared } = this.o;
    const { rho, samoShare: share, samoLocal } = sharpness;
    const own = byTask[task] as Gradient;
    const mean = shared.mix(this.meanOf(byTask), []);
    const local =
      share === 1
        ? model.parameters.map(() => null)
        : samoLocal === 'gradient'
          ? shared.mix(own, [])
          : this.estimated(mean, task, batch, step);
    const mixed = model.parameters.map((_p, i) => {
      const [a, b] = [mean[i] ?? null, local[i] ?? null];
      const parts = [a && tf.mul(a, share), b && tf.mul(b, 1 - share)].filter((part) => part !== null);
      return parts.length > 0 ? addAll(parts) : null;
    });
    return together(
      uphill(model.parameters, mixed, 'shared', rho),
      uphill(model.parameters, own, { task }, rho),
    );
  }

  private meanOf(byTask: TaskGradients['byTask']): Gradient {
    return this.o.model.parameters.map((_p, i) => {
      const some = byTask.flatMap((g) => g[i] ?? []);
      return some.length > 0 ? tf.div(addAll(some), byTask.length) : null;
    });
  }

  /**
   * (L(theta + m z) - L(theta - m z)) / (2 m) z for normal z, scaled in every layer to the length of the mean
   * gradient: only the sign of the difference remains.
   */
  private estimated(mean: Gradient, task: number, batch: StepTensors, step: number): Gradient {
    const { model, pass, shared, sharpness } = this.o;
    const z = shared.mix(
      this.directions(step, task).map((values, i) => {
        const { shape } = (model.parameters[i] as (typeof model.parameters)[number]).variable;
        return tf.tensor(Float32Array.from(values), shape);
      }),
      [],
    );
    const lossAt = (distance: number) => {
      const moves = z.map((direction) => direction && tf.mul(direction, distance));
      const losses = withMoved(model, moves, () => pass.forward(batch, step));
      const own = tf.gather(losses, task);
      losses.dispose();
      return own;
    };
    const { samoDistance } = sharpness;
    const side = tf.sign(tf.sub(lossAt(samoDistance), lossAt(-samoDistance)));
    return z.map((direction, i) => {
      const global = mean[i] ?? null;
      if (!direction || !global) return null;
      return tf.mul(direction, tf.mul(side, tf.div(tf.norm(global), tf.norm(direction))));
    });
  }

  combiner(): Combiner {
    const { aggregator } = this;
    const both = (batch: StepTensors, step: number) => {
      const { taskLosses, byTask } = this.o.pass.perTask(batch, step);
      const there = this.there(batch, step, byTask);
      disposeAll(byTask);
      return { taskLosses, there };
    };
    const { samoShare, samoLocal } = this.o.sharpness;
    const draws = samoShare < 1 && samoLocal === 'losses';
    const whyNotReplayed = draws ? 'SAMO draws a direction per task and step' : aggregator.whyNotReplayed;
    const state = stateOf([aggregator.state], this.o.method);
    const { parts } = aggregator;
    const halves =
      parts && !whyNotReplayed
        ? twoParts<ReturnType<typeof both>>(this.o.context.numTasks, {
            first(batch, step) {
              const held = both(batch, step);
              return { held, read: parts.products(held.there, held.taskLosses) };
            },
            between: (read, step) => parts.weights(read, step),
            second({ taskLosses, there }, weights) {
              const gradients = parts.weigh(there, weights);
              disposeAll(there);
              return { taskLosses, gradients };
            },
            drop: ({ taskLosses, there }) => disposeAll([taskLosses, there]),
          })
        : null;
    return {
      whyNotReplayed,
      inTwo: halves?.inTwo,
      launch: (batch, step) => {
        const { taskLosses, there } = both(batch, step);
        const gradients = aggregator.launch(there, taskLosses, step);
        disposeAll(there);
        return { taskLosses, gradients };
      },
      differentiate: async (batch, step) => {
        const { taskLosses, there } = both(batch, step);
        try {
          return { taskLosses, gradients: await aggregator.combine(there, taskLosses, step) };
        } catch (error) {
          taskLosses.dispose();
          throw error;
        } finally {
          disposeAll(there);
        }
      },
      afterUpdate: afterUpdateOf([aggregator]),
      lastWeights: () => aggregator.lastWeights(),
      ...state,
      kept: () => [...state.kept(), ...(halves?.kept() ?? [])],
      dispose: () => {
        state.dispose();
        halves?.dispose();
      },
    };
  }
}

/** @param directions - default: drawn from the run's seed */
export const samoCombiner = (options: SharpOptions, directions?: Directions): Combiner =>
  new Samo(options, directions).combiner();
