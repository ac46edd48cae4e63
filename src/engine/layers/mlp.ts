// Stacks of Linear, optional batch norm, ReLU and dropout, several side by side: experts of a layer, towers of all tasks,
// networks of all tasks. A tower is such a stack and a last Linear.
import * as tf from '@tensorflow/tfjs-core';
import { dropout } from '../kernels/ops/dropout/index.ts';
import type { NumericTokens } from '../kernels/ops/tokenLinear/index.ts';
import type { ForwardOptions } from './forward.ts';
import {
  applyGroupedLinear,
  applyRoutedLinear,
  createGroupedLinear,
  type GroupedLinear,
  groupedLinearFlops,
  type LinearInit,
  type Member,
} from './linear.ts';
import { applyBatchNorm, applyRoutedNorm, type BatchNorm, createBatchNorm } from './norm.ts';
import type { ParameterSet } from './parameterSet.ts';

export interface MlpLayer {
  linear: GroupedLinear;
  norm: BatchNorm | null;
}

/** Equal stacks side by side, one per member. */
export interface Mlps {
  layers: MlpLayer[];
  activation: 'relu' | 'swish';
  dropoutRate: number;
  seed: number;
  site: number;
}

export interface MlpsOptions {
  /** `{name}.mlp.{l}.0` (Linear) and `{name}.mlp.{l}.1` (batch norm). */
  members: readonly Member[];
  inputs: number;
  /** Members per group of input columns; see GroupedLinearOptions. */
  groups: readonly number[];
  hidden: readonly number[];
  batchNorm: boolean;
  /** Applied after the batch norm; default ReLU. */
  activation?: 'relu' | 'swish';
  dropoutRate: number;
  seed: number;
  site: number;
  /** Initial values, given the number of inputs of the layer. */
  init: (inputs: number) => LinearInit;
}

export function createMlps(set: ParameterSet, o: MlpsOptions): Mlps {
  const each = o.members.map(() => 1);
  const layers = o.hidden.map((outputs, l): MlpLayer => {
    const inputs = l === 0 ? o.inputs : (o.hidden[l - 1] ?? o.inputs);
    const named = (part: number) =>
      o.members.map(({ name, task }): Member => ({ name: `${name}.mlp.${l}.${part}`, task }));
    return {
      linear: createGroupedLinear(set, {
        members: named(0),
        inputs,
        outputs: o.members.map(() => outputs),
        groups: l === 0 ? o.groups : each,
        init: o.init(inputs),
      }),
      norm: o.batchNorm ? createBatchNorm(set, named(1), outputs) : null,
    };
  });
  const { activation = 'relu', dropoutRate, seed, site } = o;
  return { layers, activation, dropoutRate, seed, site };
}

/** x * sigmoid(x) (Ramachandran et al. 2017, beta 1). */
const swish = (x: tf.Tensor2D): tf.Tensor2D => tf.mul(x, tf.sigmoid(x));

/**
 * @param x - [B, groups * inputs], or lazy tokens, with one group and at least one layer
 * @returns [B, members * last hidden size]
 */
export function applyMlps(mlps: Mlps, x: tf.Tensor2D | NumericTokens, options: ForwardOptions): tf.Tensor2D {
  const relu = mlps.activation === 'relu';
  const last = mlps.layers.reduce<tf.Tensor2D | NumericTokens>((value, { linear, norm }, l) => {
    const z = applyGroupedLinear(linear, value, norm || !relu ? 'none' : 'relu', {
      biasCancels: norm !== null,
    });
    const normed = norm ? applyBatchNorm(norm, z, options, relu) : z;
    const active = relu ? normed : swish(normed);
    if (!options.training || mlps.dropoutRate === 0) return active;
    return dropout(active, mlps.dropoutRate, [mlps.seed, options.step, mlps.site + l]) as tf.Tensor2D;
  }, x);
  // Lazy tokens are read by a first layer, so there is one.
  return last as tf.Tensor2D;
}

/**
 * The same if each member gets only some of the rows.
 * @param x - [members * B, inputs], the rows of each member at the top of its block; or lazy tokens, with at least one layer
 * @param routes - of `topGates`, [members, 1 + 2B]
 * @returns [members * B, last hidden size], likewise
 */
export function applyRoutedMlps(
  mlps: Mlps,
  x: tf.Tensor2D | NumericTokens,
  routes: tf.Tensor2D,
  options: ForwardOptions,
): tf.Tensor2D {
  const relu = mlps.activation === 'relu';
  const last = mlps.layers.reduce<tf.Tensor2D | NumericTokens>((value, { linear, norm }, l) => {
    if (!norm) throw new Error('routed members need a batch norm: their products have no bias gradient');
    const normed = applyRoutedNorm(norm, applyRoutedLinear(linear, value, routes), routes, options, relu);
    const active = relu ? normed : swish(normed);
    if (!options.training || mlps.dropoutRate === 0) return active;
    return dropout(active, mlps.dropoutRate, [mlps.seed, options.step, mlps.site + l]) as tf.Tensor2D;
  }, x);
  // Lazy tokens are read by a first layer, so there is one.
  return last as tf.Tensor2D;
}

/** Floating-point operations per row, all members (two per multiply-add). */
export const mlpsFlops = ({ layers }: Mlps) =>
  layers.reduce((sum, { linear }) => sum + groupedLinearFlops(linear), 0);

/** The heads of all tasks. */
export interface Towers {
  mlps: Mlps | null;
  last: GroupedLinear;
  /** Width of each task's output. */
  outputs: number[];
}

export interface TowersOptions extends Omit<MlpsOptions, 'groups'> {
  /** Whether all towers read the same columns. */
  sharedInput: boolean;
  /** Names of the parts: `hidden` before `.mlp.{l}`, and `last`; by default `{name}.0`, and `{name}.1` or `{name}`. */
  names?: { hidden: (name: string) => string; last: (name: string) => string };
  /** Width of each task's output. */
  outputs: readonly number[];
}

export function createTowers(set: ParameterSet, o: TowersOptions): Towers {
  const { members, hidden, outputs, sharedInput } = o;
  const deep = hidden.length > 0;
  const names = o.names ?? {
    hidden: (name: string) => `${name}.0`,
    last: (name: string) => (deep ? `${name}.1` : name),
  };
  const groups = sharedInput ? [members.length] : members.map(() => 1);
  const inputs = hidden.at(-1) ?? o.inputs;
  const rename = (to: (name: string) => string) =>
    members.map(({ name, task }): Member => ({ name: to(name), task }));
  return {
    mlps: deep ? createMlps(set, { ...o, members: rename(names.hidden), groups }) : null,
    last: createGroupedLinear(set, {
      members: rename(names.last),
      inputs,
      outputs,
      groups: deep ? members.map(() => 1) : groups,
      init: o.init(inputs),
    }),
    outputs: [...outputs],
  };
}

/** @param x - [B, tasks * inputs], or [B, inputs] when shared; @returns raw outputs per task, [B, outputs], or packed */
export function applyTowers(towers: Towers, x: tf.Tensor2D, options: ForwardOptions): tf.Tensor2D[] {
  const { mlps, last, outputs } = towers;
  const hidden = mlps && applyMlps(mlps, x, options);
  if (options.capture?.towers) {
    const readsOne = (mlps?.layers[0]?.linear ?? last).widths.length === 1;
    options.capture.towers({ inputs: readsOne ? null : x, hidden });
  }
  const all = applyGroupedLinear(last, hidden ?? x);
  return outputs.length === 1 || options.packed ? [all] : tf.split(all, outputs, 1);
}

export const towersFlops = ({ mlps, last }: Towers) =>
  (mlps ? mlpsFlops(mlps) : 0) + groupedLinearFlops(last);
