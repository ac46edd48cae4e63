// Applies a gradient method to the gradients of single tasks: combines them into one gradient, and keeps the method's state
// between steps.
import * as tf from '@tensorflow/tfjs-core';
import { foreign, requireOnly } from '../../methods/arrays.ts';
import {
  type GradientMethod,
  type GradientsMethod,
  hasFixedWeights,
  type LossMethod,
  type MethodContext,
  type MethodState,
  type WithState,
} from '../../methods/method.ts';
import type { SharedValues } from './sharedValues.ts';
import type { TaskGradients } from './taskPass.ts';

type ByTask = TaskGradients['byTask'];

export interface Aggregator {
  /** Why steps that use it cannot be replayed from a recording, or null. Methods that read numbers are replayed in two parts. */
  readonly whyNotReplayed: string | null;
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
  /** For methods that read numbers: the same in two parts, and what is read between them. */
  parts?: AggregatorParts;
}

export interface AggregatorParts {
  /** Launches what is to be read: the inner products and then the losses, [T * T + T]. */
  products(byTask: ByTask, losses: tf.Tensor1D): tf.Tensor1D;
  /** The weights for what was read, [T]. */
  weights(read: Float32Array, step: number): Float32Array;
  /** @param weights - [T] */
  weigh(byTask: ByTask, weights: tf.Tensor1D): tf.Tensor[];
}

export const ones = (numTasks: number): number[] => new Array<number>(numTasks).fill(1);

/** For methods that read nothing back. */
export const notReplayable = ({ label, replayable }: LossMethod | GradientsMethod): string | null =>
  replayable ? null : `what ${label} launches may differ from step to step`;

export function createAggregator(
  method: GradientMethod,
  shared: SharedValues,
  context: MethodContext,
): Aggregator {
  if (hasFixedWeights(method)) {
    const weights = method.fixedWeights(context.numTasks, context.settings);
    const combine = (byTask: ByTask) => shared.weigh(byTask, weights);
    return { whyNotReplayed: null, combine, launch: combine, lastWeights: () => weights, state: {} };
  }
  switch (method.needs) {
    case 'losses': {
      const learner = method.start(context);
      const combine = (byTask: ByTask, losses: tf.Tensor1D, step: number) =>
        tf.tidy(() => shared.weigh(byTask, tf.unstack(learner.weights(losses, step))));
      return {
        whyNotReplayed: notReplayable(method),
        combine,
        launch: combine,
        lastWeights: () => null,
        state: learner,
      };
    }
    case 'gram': {
      const learner = method.start(context);
      let last: ArrayLike<number> | null = null;
      const weightsOf = (products: Float32Array, values: Float32Array, step: number): ArrayLike<number> => {
        // The update reports what is not finite, so the method never sees it.
        const areFinite = [...products, ...values].every(Number.isFinite);
        last = areFinite ? learner.weights(products, values, step) : ones(context.numTasks);
        return last;
      };
      const parts: AggregatorParts = {
        products: (byTask, losses) =>
          tf.tidy(() => tf.concat([tf.reshape(shared.gram(byTask), [-1]), losses])) as tf.Tensor1D,
        weights: (read, step) => {
          const split = context.numTasks ** 2;
          return Float32Array.from(weightsOf(read.subarray(0, split), read.subarray(split), step));
        },
        weigh: (byTask, weights) => tf.tidy(() => shared.weigh(byTask, tf.unstack(weights))),
      };
      return {
        whyNotReplayed: learner.afterUpdate
          ? `${method.label} looks at what its step did, beside the inner products that it reads back`
          : null,
        async combine(byTask, losses, step) {
          const gram = shared.gram(byTask);
          try {
            const [products, values] = await Promise.all([gram.data<'float32'>(), losses.data<'float32'>()]);
            return shared.weigh(byTask, weightsOf(products, values, step));
          } finally {
            gram.dispose();
          }
        },
        launch(byTask, losses) {
          parts.products(byTask, losses).dispose();
          return tf.tidy(() => parts.weigh(byTask, tf.ones([context.numTasks])));
        },
        lastWeights: () => last,
        parts,
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
      return {
        whyNotReplayed: notReplayable(method),
        combine,
        launch: combine,
        lastWeights: () => null,
        state: learner,
      };
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
      const isOfOne = (name: string) => learners.some((_, i) => name.startsWith(prefix(i)));
      const other = Object.keys(state).find((name) => !isOfOne(name));
      if (other !== undefined) throw foreign(`${id}/${other}`, `the state of ${learners.length} learners`);
      for (const [i, learner] of learners.entries()) {
        const own = Object.entries(state).filter(([name]) => name.startsWith(prefix(i)));
        if (learner.restore)
          learner.restore(Object.fromEntries(own.map(([name, v]) => [name.slice(prefix(i).length), v])));
        else requireOnly(id, Object.fromEntries(own), []);
      }
    },
    dispose: () => {
      for (const learner of learners) learner.dispose?.();
    },
  };
}
