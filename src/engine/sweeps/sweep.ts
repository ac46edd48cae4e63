// A sweep: one experiment many times, with some of its settings as lists or ranges. Plain data that a file, a link and the page can
// hold; `parse.ts` checks it, `expand.ts` makes its runs.
import type { Experiment } from '../config/experiment.ts';
import type { ParamValue } from '../config/params.ts';

export const SWEEP_VERSION = 1;
/** Cells times seeds. */
export const MAX_RUNS = 10_000;
export const MAX_AXES = 8;
/** Values of one axis. */
export const MAX_VALUES = 1000;

/** Settings by their keys in a link: `tasks.rho`, `training.epochs`, `model`, `compare1.experts`. */
export type Settings = Record<string, ParamValue>;

/** One setting, value by value. */
export interface ListAxis {
  key: string;
  values: ParamValue[];
}

/** A setting that is a number, both ends included. A random design may leave `step` and `count` out, and draws from all of it. */
export interface RangeAxis {
  key: string;
  from: number;
  to: number;
  step?: number;
  count?: number;
  /** `log`: equal ratios instead of equal steps; left out: linear. */
  scale?: 'linear' | 'log';
}

/** Settings that change together, as those of an architecture. */
export interface JointAxis {
  label: string;
  options: { label: string; set: Settings }[];
}

export type Axis = ListAxis | RangeAxis | JointAxis;

export type Design =
  /** Every value of an axis with every value of the others. */
  | { kind: 'grid' }
  | { kind: 'random'; cells: number; seed: number }
  /**
   * Successive halving (Jamieson and Talwalkar 2016): all cells with the smallest budget, the best 1/eta of them with eta times as
   * much, up to `to`. Cells are ranked by the validation score of the model, mean over seeds; the test split has no part in it.
   */
  | {
      kind: 'halving';
      eta: number;
      /** The setting that is the budget. */
      key: string;
      from: number;
      to: number;
    };

export interface Sweep {
  version: typeof SWEEP_VERSION;
  label: string;
  /** What no axis changes. Its own seeds do not count. */
  base: Experiment;
  axes: Axis[];
  design: Design;
  seeds: number[];
  /**
   * Left out: one table, the same rows and split, for all seeds. `per-seed`: each seed has a table of its own, of the data seed of the
   * experiment plus the seed, so that spread over seeds holds that of the data as well.
   */
  tables?: 'per-seed';
}

/** What the spread over seeds of a sweep holds. */
export const tablesNote = (isTablePerSeed: boolean): string =>
  isTablePerSeed
    ? 'Each seed has a table of its own, so the spread over seeds is that of data and training together.'
    : 'All seeds have the same table, so the spread over seeds is that of training alone: initial values, batches and dropout. With tables per seed it holds that of the data as well.';

export const isJoint = (axis: Axis): axis is JointAxis => 'options' in axis;
export const isRange = (axis: Axis): axis is RangeAxis => 'from' in axis;
/** What names an axis in tables, and in the settings of a cell. */
export const axisName = (axis: Axis): string => (isJoint(axis) ? axis.label : axis.key);
