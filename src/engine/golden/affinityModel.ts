// The network of golden/affinity.json: tanh layers that all tasks share, and a linear head per task.
import * as tf from '@tensorflow/tfjs-core';
import { ParameterSet } from '../layers/parameterSet.ts';
import type { Model } from '../models/model.ts';
import type { GoldenTensor } from './check.ts';

/** @param params - stored tensors by name: `shared.K.weight` for as many layers as there are, `heads.TASK.weight` */
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
  const depth = Object.keys(params).filter((name) => /^shared\.\d+\.weight$/.test(name)).length;
  const shared = Array.from({ length: depth }, (_, k) => layer(`shared.${k}`, null));
  const heads = taskNames.map((name, task) => layer(`heads.${name}`, task));
  const linear = (x: tf.Tensor, { weight, bias }: (typeof shared)[number]) =>
    tf.add(tf.matMul(x as tf.Tensor2D, weight as tf.Tensor as tf.Tensor2D, false, true), bias) as tf.Tensor2D;
  const hidden = (x: tf.Tensor2D): tf.Tensor2D[] => {
    const layers: tf.Tensor2D[] = [];
    for (const each of shared) layers.push(tf.tanh(linear(layers.at(-1) ?? x, each)));
    return layers;
  };
  return {
    parameters: set.parameters,
    buffers: set.buffers,
    frozen: set.frozen,
    hidden,
    forward: ({ numeric }) => {
      const top = hidden(numeric).at(-1) ?? numeric;
      return heads.map((head) => linear(top, head));
    },
    flopsPerRow: () => 0,
    dispose: () => {
      for (const { variable } of set.parameters) variable.dispose();
    },
  };
}
