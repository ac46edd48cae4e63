// Moves parameters temporarily within a step, to differentiate at another point, and restores them to the last bit.
import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '../../layers/parameter.ts';
import { addAll } from '../../methods/tensors.ts';
import type { Model } from '../../models/model.ts';

/** Which values of a model a direction covers: the shared ones, those of one task, or all. */
export type Part = 'all' | 'shared' | { task: number };

/** Gradients; null stands for zero. */
type Nested = readonly (Nested | tf.Tensor | null)[];

const tensorsIn = (nested: Nested): tf.Tensor[] =>
  nested.flatMap((item) => (item === null ? [] : item instanceof tf.Tensor ? [item] : tensorsIn(item)));

export const disposeAll = (nested: Nested): void => tf.dispose(tensorsIn(nested));

/** `tf.tidy` for lists with null in them. */
export function tidied<R extends Nested>(work: () => R): R {
  let result: R | undefined;
  tf.tidy(() => {
    result = work();
    return tensorsIn(result);
  });
  return result as R;
}

const isIn = (part: Part, task: number | null): boolean =>
  part === 'all' || (part === 'shared' ? task === null : task === part.task);

/** The values of a parameter's gradient that belong to a part, the others 0; null if none does. */
function partOf(gradient: tf.Tensor | null, { parts, variable }: Parameter, part: Part): tf.Tensor | null {
  const inside = parts.map(({ task }) => isIn(part, task));
  if (!gradient || !inside.some(Boolean)) return null;
  if (inside.every(Boolean)) return gradient;
  const flat = tf.reshape(gradient, [-1]);
  const pieces = parts.map(({ start, size }, i) =>
    inside[i] ? tf.slice(flat, start, size) : tf.zeros([size]),
  );
  return tf.reshape(tf.concat(pieces), variable.shape);
}

/**
 * The direction of a gradient within a part, scaled to a length; no move if the gradient is 0 there.
 * @param gradient - one per parameter; null for zero
 * @returns one per parameter; null where it does not move
 */
export function uphill(
  parameters: readonly Parameter[],
  gradient: readonly (tf.Tensor | null)[],
  part: Part,
  length: number,
): (tf.Tensor | null)[] {
  const inside = parameters.map((parameter, i) => partOf(gradient[i] ?? null, parameter, part));
  const some = inside.filter((g) => g !== null);
  if (some.length === 0 || length === 0) return parameters.map(() => null);
  const norm = tf.sqrt(addAll(some.map((g) => tf.sum(tf.square(g)))));
  const factor = tf.div(length, tf.add(norm, tf.cast(tf.equal(norm, 0), 'float32')));
  return inside.map((g) => g && tf.mul(g, factor));
}

/**
 * Does work with the parameters moved. Buffers that the work changes (running statistics of batch norm) are restored too, so
 * that a step counts its batch once.
 * @param moves - one per parameter; null: not moved
 */
export function withMoved<R>(model: Model, moves: readonly (tf.Tensor | null)[], work: () => R): R {
  const { parameters, buffers } = model;
  // Buffers are changed in place, so they must be copied. Parameters are replaced, and their values stay valid.
  const kept = buffers.map(({ variable }) => tf.add(variable, 0));
  const before = parameters.map(({ variable }) => variable.clone());
  try {
    for (const [i, { variable }] of parameters.entries()) {
      const move = moves[i];
      if (move) tf.tidy(() => variable.assign(tf.add(variable, move)));
    }
    return work();
  } finally {
    for (const [i, { variable }] of parameters.entries())
      if (moves[i]) variable.assign(before[i] as tf.Tensor);
    for (const [i, { variable }] of buffers.entries()) variable.assign(kept[i] as tf.Tensor);
    tf.dispose([kept, before]);
  }
}
