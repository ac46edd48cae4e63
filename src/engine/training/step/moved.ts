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
 * that a step counts its batch once. Everything gets its own values back, not copies of them, so that a recording finds them
 * where they were.
 * @param moves - one per parameter; null: not moved
 */
export function withMoved<R>(model: Model, moves: readonly (tf.Tensor | null)[], work: () => R): R {
  const parameters = model.parameters.filter((_, i) => moves[i]).map(({ variable }) => variable);
  const buffers = model.buffers.map(({ variable }) => variable);
  const changed = [...parameters, ...buffers];
  const before = changed.map((variable) => variable.clone());
  try {
    const distances = moves.filter((move) => move !== null);
    parameters.forEach((variable, i) => {
      tf.tidy(() => variable.assign(tf.add(variable, distances[i] as tf.Tensor)));
    });
    // Buffers are changed in place, so the work gets copies.
    for (const variable of buffers) tf.tidy(() => variable.assign(tf.add(variable, 0)));
    return work();
  } finally {
    changed.forEach((variable, i) => {
      variable.assign(before[i] as tf.Tensor);
    });
    tf.dispose(before);
  }
}
