// What methods keep from step to step on the device, and what several of them need to know about losses.
import * as tf from '@tensorflow/tfjs-core';
import { requireOnly, storedValues } from './arrays.ts';
import type { MethodState, WithState } from './method.ts';

/**
 * Variables that a checkpoint stores.
 * @param method - id, used in the message
 * @param initial - shape and first values of each
 */
export function keptTensors<Name extends string>(
  method: string,
  initial: Record<Name, { shape: number[]; value: number }>,
): Record<Name, tf.Variable> & Required<Pick<WithState, 'kept' | 'save' | 'restore' | 'dispose'>> {
  const names = Object.keys(initial) as Name[];
  const variables = tf.tidy(
    () =>
      Object.fromEntries(
        names.map((name) => {
          const { shape, value } = initial[name];
          return [name, tf.variable(tf.fill(shape, value), false)];
        }),
      ) as Record<Name, tf.Variable>,
  );
  const all: readonly tf.Variable[] = names.map((name) => variables[name]);
  return {
    ...variables,
    kept: () => all,
    async save() {
      const values = await Promise.all(all.map((v) => v.data<'float32'>()));
      return Object.fromEntries(names.map((name, i) => [name, (values[i] as Float32Array).slice()]));
    },
    restore: (state: MethodState) =>
      tf.tidy(() => {
        requireOnly(method, state, names);
        for (const name of names) {
          const variable = variables[name];
          variable.assign(tf.tensor(storedValues(method, state, name, variable.size), variable.shape));
        }
      }),
    dispose: () => tf.dispose([...all]),
  };
}

/**
 * Says which tasks have a loss. A loss of exactly 0 comes from a batch in which the task has no labelled row; it has no
 * logarithm and no gradient.
 * @param losses - [T]
 * @returns present [T], 1 or 0, and the losses with 1 in place of those that are 0
 */
export function presentLosses(losses: tf.Tensor1D): { present: tf.Tensor1D; safe: tf.Tensor1D } {
  const present = tf.cast(tf.notEqual(losses, 0), 'float32') as tf.Tensor1D;
  return { present, safe: tf.add(losses, tf.sub(1, present)) as tf.Tensor1D };
}

/** exp(x) / sum exp(x) over the tasks that are present; 0 for the others. @param x - [T] */
export function presentSoftmax(x: tf.Tensor1D, present: tf.Tensor1D): tf.Tensor1D {
  const largest = tf.max(tf.sub(x, tf.mul(tf.sub(1, present), 1e30)));
  const powers = tf.mul(tf.exp(tf.minimum(tf.sub(x, largest), 0)), present);
  return tf.div(powers, tf.maximum(tf.sum(powers), 1e-30));
}

/** The most inputs that one program can have: WebGPU allows 8 storage buffers, and the output takes one of them. */
const MOST_INPUTS = 7;

/**
 * The sum of any number of tensors of one shape. `tf.addN` binds all of them at once, which WebGPU refuses for more than seven.
 */
export function addAll<T extends tf.Tensor>(tensors: readonly T[]): T {
  if (tensors.length <= MOST_INPUTS) return tf.addN([...tensors]);
  const sums: T[] = [];
  for (let from = 0; from < tensors.length; from += MOST_INPUTS)
    sums.push(addAll(tensors.slice(from, from + MOST_INPUTS)));
  return addAll(sums);
}

/**
 * The sum over the tasks, row by row: `tf.sum(x, 0)` transposes x, which is slow, and which WebGPU refuses from about a million values a
 * row on.
 * @param x - [T, S]
 * @returns [S]
 */
export const addRows = (x: tf.Tensor2D): tf.Tensor1D => addAll(tf.unstack(x) as tf.Tensor1D[]);
