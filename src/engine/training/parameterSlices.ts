// The values of a network that belong to one group of tasks: slices of its variables, read and written together. A network of
// several tasks shares its variables and is one group; in single-task networks each task is a group.
import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '../layers/parameter.ts';

/** Consecutive values of a variable that belong to one group. */
export interface ParameterSlice {
  variable: tf.Variable;
  start: number;
  size: number;
  group: number;
}

/**
 * @param singleTask - whether each task is a group; otherwise a group is one of several networks side by side, or all tasks
 */
export function slicesOf({ variable, parts }: Parameter, singleTask: boolean): ParameterSlice[] {
  const slices: ParameterSlice[] = [];
  for (const { start, size, task, group: network } of parts) {
    const last = slices.at(-1);
    const group = (singleTask ? task : network) ?? 0;
    if (last?.group === group) last.size += size;
    else slices.push({ variable, start, size, group });
  }
  return slices;
}

/** Copies, so that later in-place updates do not change them. */
export async function readSlices(slices: readonly ParameterSlice[]): Promise<Float32Array[]> {
  const variables = [...new Set(slices.map((s) => s.variable))];
  const values = await Promise.all(variables.map((v) => v.data<'float32'>()));
  const byVariable = new Map(variables.map((v, i) => [v, values[i] as Float32Array]));
  return slices.map(({ variable, start, size }) =>
    (byVariable.get(variable) as Float32Array).slice(start, start + size),
  );
}

/** @param values - one array per slice */
export async function writeSlices(
  slices: readonly ParameterSlice[],
  values: readonly Float32Array[],
): Promise<void> {
  const variables = [...new Set(slices.map((s) => s.variable))];
  const whole = await readAll(variables);
  slices.forEach(({ variable, start }, i) => {
    whole[variables.indexOf(variable)]?.set(values[i] as Float32Array, start);
  });
  writeAll(variables, whole);
}

/** Copies, so that later in-place updates do not change them. */
export async function readAll(variables: readonly tf.Variable[]): Promise<Float32Array[]> {
  const values = await Promise.all(variables.map((v) => v.data<'float32'>()));
  return values.map((v) => v.slice());
}

export function writeAll(variables: readonly tf.Variable[], values: readonly Float32Array[]): void {
  tf.tidy(() => {
    variables.forEach((v, i) => {
      v.assign(tf.tensor((values[i] as Float32Array).slice(), v.shape, 'float32'));
    });
  });
}
