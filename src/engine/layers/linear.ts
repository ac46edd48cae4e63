// y = activation(x W^T + b), weights in the layout of the public code, [out, in].
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { type Activation, linear as linearOp } from '../kernels/linear.ts';
import type { Initialiser, ParameterSet } from './parameterSet.ts';

export interface Linear {
  weight: Variable;
  bias: Variable;
  inputs: number;
  outputs: number;
}

export interface LinearOptions {
  weight: Initialiser;
  bias: Initialiser;
  task?: number | null;
}

export function createLinear(
  set: ParameterSet,
  name: string,
  inputs: number,
  outputs: number,
  { weight, bias, task = null }: LinearOptions,
): Linear {
  return {
    weight: set.add(`${name}.weight`, [outputs, inputs], weight, task),
    bias: set.add(`${name}.bias`, [outputs], bias, task),
    inputs,
    outputs,
  };
}

/** @param x - [..., in]; @returns [..., out] */
export function applyLinear<T extends Tensor>(layer: Linear, x: T, activation: Activation = 'none'): T {
  return linearOp(x, layer.weight as never, layer.bias as never, activation) as T;
}

/** Multiply-adds x 2 for one row. */
export const linearFlops = (layer: Linear) => 2 * layer.inputs * layer.outputs;
