// The network of golden/affinity.json: two tanh layers shared by three tasks, and a linear head per task.
import * as tf from '@tensorflow/tfjs-core';
import { ParameterSet } from '../layers/parameterSet.ts';
import type { Model } from '../models/model.ts';
import type { GoldenTensor } from './check.ts';

/** Values of a stored tensor, under its name. */
export function affinityModel(
  params: Record<string, GoldenTensor>,
  taskNames: readonly string[],
): Model & { hidden(x: tf.Tensor2D): tf.Tensor2D[] } {
  const set = new ParameterSet(0);
  const add = (name: string, task: number | null) => {
    const { shape, data } = params[name] as GoldenTensor;
    return set.add(name, shape, (values) => values.set(data), task);
  };
  const layer = (name: string, task: number | null) => ({
    weight: add(`${name}.weight`, task),
    bias: add(`${name}.bias`, task),
  });
  const shared = [layer('shared.0', null), layer('shared.1', null)];
  const heads = taskNames.map((name, task) => layer(`heads.${name}`, task));
  const linear = (x: tf.Tensor, { weight, bias }: (typeof shared)[number]) =>
    tf.add(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor as tf.Tensor2D, false, true), bias) as tf.Tensor2D;
  const hidden = (x: tf.Tensor2D): tf.Tensor2D[] => {
    const first = tf.tanh(linear(x, shared[0] as (typeof shared)[number]));
    return [first, tf.tanh(linear(first, shared[1] as (typeof shared)[number]))];
  };
  return {
    parameters: set.parameters,
    buffers: set.buffers,
    frozen: set.frozen,
    hidden,
    forward: ({ numeric }) => {
      const top = hidden(numeric)[1] as tf.Tensor2D;
      return heads.map((head) => linear(top, head));
    },
    flopsPerRow: () => 0,
    dispose: () => {
      for (const { variable } of set.parameters) variable.dispose();
    },
  };
}
