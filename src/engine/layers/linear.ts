// y = activation(x W^T + b), with weights in the layout of the public code, [out, in]; one layer, or several of the same input
// width side by side in one product.
import { Tensor, type Tensor2D, type Variable } from '@tensorflow/tfjs-core';
import {
  type Activation,
  groupedLinear,
  type LinearAttributes,
  linear as linearOp,
} from '../kernels/ops/linear/index.ts';
import { routedLinear } from '../kernels/ops/routedLinear/index.ts';
import { foldTokens, type NumericTokens, tokenLinear } from '../kernels/ops/tokenLinear/index.ts';
import type { Initialiser, ParameterSet, PartSpec } from './parameterSet.ts';

export interface Linear {
  weight: Variable;
  bias: Variable;
  inputs: number;
  outputs: number;
}

export interface LinearInit {
  weight: Initialiser;
  bias: Initialiser;
}

export function createLinear(
  set: ParameterSet,
  name: string,
  inputs: number,
  outputs: number,
  { weight, bias }: LinearInit,
): Linear {
  return {
    weight: set.add(`${name}.weight`, [outputs, inputs], weight),
    bias: set.add(`${name}.bias`, [outputs], bias),
    inputs,
    outputs,
  };
}

/** @param x - [..., in]; @returns [..., out] */
export function applyLinear<T extends Tensor>(layer: Linear, x: T, activation: Activation = 'none'): T {
  return linearOp(x, layer.weight as never, layer.bias as never, activation) as T;
}

/** One of several layers that run as one product. */
export interface Member {
  /** Prefix of its `weight` and `bias` in the `state_dict`. */
  name: string;
  /** The only task that uses it, or null. */
  task: number | null;
}

/** Layers of the same input width in one variable, [sum of outputs, in]. */
export interface GroupedLinear {
  weight: Variable;
  bias: Variable;
  inputs: number;
  /** Number of outputs of each group of members that read the same columns. */
  widths: number[];
  layout: LinearAttributes['layout'];
}

export interface GroupedLinearOptions {
  members: readonly Member[];
  inputs: number;
  /** Number of outputs of each member. */
  outputs: readonly number[];
  /**
   * Members per group of input columns, in order; the sum is the number of members. `[members]` if all read the same input, all
   * ones if each has its own.
   */
  groups: readonly number[];
  layout?: LinearAttributes['layout'];
  init: LinearInit;
}

export function createGroupedLinear(set: ParameterSet, o: GroupedLinearOptions): GroupedLinear {
  const { members, inputs, outputs, groups, layout = 'columns', init } = o;
  const total = outputs.reduce((a, b) => a + b, 0);
  const parts = (part: 'weight' | 'bias', shapeOf: (rows: number) => number[]) =>
    members.map(
      ({ name, task }, i): PartSpec => ({
        name: `${name}.${part}`,
        shape: shapeOf(outputs[i] as number),
        init: init[part],
        task,
      }),
    );
  const name = packName(members);
  let member = 0;
  return {
    weight: set.pack(
      `${name}.weight`,
      [total, inputs],
      parts('weight', (rows) => [rows, inputs]),
    ),
    bias: set.pack(
      `${name}.bias`,
      [total],
      parts('bias', (rows) => [rows]),
    ),
    inputs,
    widths: groups.map((count) => {
      const own = outputs.slice(member, member + count);
      member += count;
      return own.reduce((a, b) => a + b, 0);
    }),
    layout,
  };
}

/** Name of a variable that holds several layers: the names of its first and last. */
export const packName = (members: readonly Member[]): string => {
  const [first, last] = [members[0]?.name ?? '', members.at(-1)?.name ?? ''];
  return first === last ? first : `${first} … ${last}`;
};

/**
 * @param x - [N, groups * in] (columns) or [groups * N, in] (rows); or lazy tokens [N, in], with one group
 * @param biasCancels - a batch norm follows
 * @returns [N, sum of outputs] or [groups * N, outputs]
 */
export function applyGroupedLinear(
  { weight, bias, widths, layout }: GroupedLinear,
  x: Tensor2D | NumericTokens,
  activation: Activation = 'none',
  { biasCancels = false, residual }: { biasCancels?: boolean; residual?: Tensor2D } = {},
): Tensor2D {
  const attributes = { activation, widths, layout, biasCancels };
  if (!(x instanceof Tensor)) return tokenLinear(x, weight as never, bias as never, attributes);
  return groupedLinear(x, weight as never, bias as never, attributes, residual);
}

/**
 * The same if each member gets only some of the rows; a batch norm follows and cancels the bias.
 * @param x - [members * N, in], the rows of each member at the top of its block; or lazy tokens [members * N, in]
 * @param routes - of `topGates`, [members, 1 + 2N]
 * @returns [members * N, outputs of a member], likewise; all members have equally many
 */
export function applyRoutedLinear(
  { weight, bias }: GroupedLinear,
  x: Tensor2D | NumericTokens,
  routes: Tensor2D,
): Tensor2D {
  if (x instanceof Tensor) return routedLinear(x, weight as never, bias as never, routes);
  const folded = foldTokens(x, weight as never, bias as never);
  return routedLinear(x.values, folded.weight, folded.bias, routes, { constantInputs: true });
}

/** Floating-point operations for one row of every group (two per multiply-add). */
export const groupedLinearFlops = ({ inputs, widths }: GroupedLinear) =>
  2 * inputs * widths.reduce((a, b) => a + b, 0);
