// Applies a gradient method to the gradients of single tasks: combines them into one gradient, and keeps the method's state
// between steps.
import * as tf from '@tensorflow/tfjs-core';
import {
  type GradientMethod,
  hasFixedWeights,
  type MethodContext,
  type MethodState,
  type WithState,
} from '../../methods/method.ts';
import type { SharedValues } from './sharedValues.ts';
import type { TaskGradients } from './taskPass.ts';

type ByTask = TaskGradients['byTask'];

export interface Aggregator {
  /**
   * One gradient per parameter; the caller disposes them. A promise if numbers are read back.
   * @param losses - [T]
   */
  combine(byTask: ByTask, losses: tf.Tensor1D, step: number): tf.Tensor[] | Promise<tf.Tensor[]>;
  /** Launches the same operations and reads nothing back. */
  launch(byTask: ByTask, losses: tf.Tensor1D, step: number): tf.Tensor[];
  /** The weights of the last step, if the method has weights that JavaScript knows. */
  lastWeights(): ArrayLike<number> | null;
  state: WithState;
}

export const ones = (numTasks: number): number[] => new Array<number>(numTasks).fill(1);

export function createAggregator(
  method: GradientMethod,
  shared: SharedValues,
  context: MethodContext,
): Aggregator {
  if (hasFixedWeights(method)) {
    const weights = method.fixedWeights(context.numTasks, context.settings);
    const combine = (byTask: ByTask) => shared.weigh(byTask, weights);
    return { combine, launch: combine, lastWeights: () => weights, state: {} };
  }
  switch (method.needs) {
    case 'losses': {
      const learner = method.start(context);
      const combine = (byTask: ByTask, losses: tf.Tensor1D, step: number) =>
        tf.tidy(() => shared.weigh(byTask, tf.unstack(learner.weights(losses, step))));
      return { combine, launch: combine, lastWeights: () => null, state: learner };
    }
    case 'gram': {
      const learner = method.start(context);
      let last: ArrayLike<number> | null = null;
      return {
        async combine(byTask, losses, step) {
          const gram = shared.gram(byTask);
          try {
            const [products, values] = await Promise.all([gram.data<'float32'>(), losses.data<'float32'>()]);
            // The update reports numbers that are not finite, so the method need not see them.
            const areFinite = [...products, ...values].every(Number.isFinite);
            last = areFinite ? learner.weights(products, values, step) : ones(context.numTasks);
            return shared.weigh(byTask, last);
          } finally {
            gram.dispose();
          }
        },
        launch(byTask) {
          shared.gram(byTask).dispose();
          return shared.weigh(byTask, ones(context.numTasks));
        },
        lastWeights: () => last,
        state: learner,
      };
    }
    case 'gradients': {
      const learner = method.start(context);
      const combine = (byTask: ByTask, losses: tf.Tensor1D, step: number) =>
        tf.tidy(() => {
          const together = learner.combine(shared.gather(byTask), losses, step);
          const own = learner.own?.(losses);
          return shared.scatter(together, byTask, own && tf.unstack(own));
        });
      return { combine, launch: combine, lastWeights: () => null, state: learner };
    }
    default:
      return method satisfies never;
  }
}

/** The states of several learners as one: with several, the names of each get a prefix. */
export function stateOf(learners: readonly WithState[], { id }: GradientMethod) {
  const prefix = (i: number) => (learners.length === 1 ? '' : `${i}/`);
  return {
    kept: () => learners.flatMap((l) => l.kept?.() ?? []),
    async save(): Promise<MethodState> {
      const states = await Promise.all(
        learners.map(async (learner, i) =>
          Object.entries((await learner.save?.()) ?? {}).map(([name, v]) => [`${prefix(i)}${name}`, v]),
        ),
      );
      return Object.fromEntries(states.flat());
    },
    restore(state: MethodState) {
      for (const [i, learner] of learners.entries()) {
        const own = Object.entries(state).filter(([name]) => name.startsWith(prefix(i)));
        if (learner.restore)
          learner.restore(Object.fromEntries(own.map(([name, v]) => [name.slice(prefix(i).length), v])));
        else if (own.length > 0) throw new Error(`${id}: expected no state, it keeps none`);
      }
    },
    dispose: () => {
      for (const learner of learners) learner.dispose?.();
    },
  };
}
