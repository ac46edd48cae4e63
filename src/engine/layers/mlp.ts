// Stacks of Linear, optional batch norm, ReLU and dropout; a tower is such a stack and a last Linear.
import * as tf from '@tensorflow/tfjs-core';
import { dropout } from '../kernels/dropout.ts';
import type { ForwardOptions } from '../models/model.ts';
import { applyLinear, createLinear, type Linear, type LinearOptions, linearFlops } from './linear.ts';
import { applyBatchNorm, type BatchNorm, createBatchNorm } from './norm.ts';
import type { Initialiser, ParameterSet } from './parameterSet.ts';

export interface MlpLayer {
  linear: Linear;
  norm: BatchNorm | null;
}

export interface Mlp {
  layers: MlpLayer[];
  dropoutRate: number;
  seed: number;
  site: number;
}

export interface MlpOptions {
  /** `mlp.{l}.0` (Linear) and `mlp.{l}.1` (batch norm) follow this prefix. */
  name: string;
  inputs: number;
  hidden: readonly number[];
  batchNorm: boolean;
  dropoutRate: number;
  seed: number;
  site: number;
  /** Initial values given the number of inputs of the layer. */
  init: (inputs: number) => LinearOptions;
  task?: number | null;
}

export function createMlp(set: ParameterSet, o: MlpOptions): Mlp {
  const task = o.task ?? null;
  const layers = o.hidden.map((outputs, l): MlpLayer => {
    const inputs = l === 0 ? o.inputs : (o.hidden[l - 1] ?? o.inputs);
    const name = `${o.name}.mlp.${l}`;
    return {
      linear: createLinear(set, `${name}.0`, inputs, outputs, { ...o.init(inputs), task }),
      norm: o.batchNorm ? createBatchNorm(set, `${name}.1`, outputs, task) : null,
    };
  });
  return { layers, dropoutRate: o.dropoutRate, seed: o.seed, site: o.site };
}

/** @param x - [B, inputs]; @returns [B, last hidden size] */
export function applyMlp(mlp: Mlp, x: tf.Tensor2D, options: ForwardOptions): tf.Tensor2D {
  return mlp.layers.reduce((value, { linear, norm }, l) => {
    const active = norm
      ? tf.relu(applyBatchNorm(norm, applyLinear(linear, value), options.training))
      : applyLinear(linear, value, 'relu');
    if (!options.training || mlp.dropoutRate === 0) return active;
    return dropout(active, mlp.dropoutRate, [mlp.seed, options.step, mlp.site + l]) as tf.Tensor2D;
  }, x);
}

export interface Tower {
  mlp: Mlp | null;
  last: Linear;
}

/**
 * A task's head: `{name}.0.mlp.{l}...` and `{name}.1`, or `{name}` alone when there are no hidden sizes.
 */
export function createTower(set: ParameterSet, o: MlpOptions & { outputs: number }): Tower {
  const { name, hidden, outputs, task = null } = o;
  const inputs = hidden.at(-1) ?? o.inputs;
  const mlp = hidden.length > 0 ? createMlp(set, { ...o, name: `${name}.0` }) : null;
  const lastName = hidden.length > 0 ? `${name}.1` : name;
  return { mlp, last: createLinear(set, lastName, inputs, outputs, { ...o.init(inputs), task }) };
}

/** @returns raw outputs [B, outputs] */
export function applyTower(tower: Tower, x: tf.Tensor2D, options: ForwardOptions): tf.Tensor2D {
  return applyLinear(tower.last, tower.mlp ? applyMlp(tower.mlp, x, options) : x);
}

export const mlpFlops = (mlp: Mlp | null) =>
  mlp ? mlp.layers.reduce((sum, { linear }) => sum + linearFlops(linear), 0) : 0;

export const towerFlops = (tower: Tower) => mlpFlops(tower.mlp) + linearFlops(tower.last);

/** PyTorch's default: weights and biases uniform in ±1/sqrt(inputs). */
export const torchDefault =
  (uniform: (bound: number) => Initialiser) =>
  (inputs: number): LinearOptions => {
    const bound = 1 / Math.sqrt(inputs);
    return { weight: uniform(bound), bias: uniform(bound) };
  };
