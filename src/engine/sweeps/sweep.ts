// A sweep: one experiment many times, with some settings as lists or ranges. Plain data that fits in a file, a link and the
// page; `parse.ts` checks it, `expand.ts` makes its runs.
import type { Experiment } from '../config/experiment.ts';
import type { ParamValue } from '../config/params.ts';

export const SWEEP_VERSION = 1;
/** Maximum number of runs (cells times seeds). */
export const MAX_RUNS = 10_000;
export const MAX_AXES = 8;
/** Maximum number of values on one axis. */
export const MAX_VALUES = 1000;

/** Settings by their keys in a link: `tasks.rho`, `training.epochs`, `model`, `compare1.experts`. */
export type Settings = Record<string, ParamValue>;

/** One setting with a list of values. */
export interface ListAxis {
  key: string;
  values: ParamValue[];
}

/**
 * A numeric setting with a range, both ends included. A random design may omit `step` and `count`, and then draws from the
 * whole range.
 */
export interface RangeAxis {
  key: string;
  from: number;
  to: number;
  step?: number;
  count?: number;
  /** `log`: equal ratios instead of equal steps; default: linear. */
  scale?: 'linear' | 'log';
}

/** Settings that change together, such as those of an architecture. */
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
   * Successive halving (Jamieson and Talwalkar 2016): all cells with the smallest budget, the best 1/eta of them with eta times
   * as much, up to `to`. Cells are ranked by the validation score of the model, mean over seeds; the test split has no
   * influence.
   */
  | {
      kind: 'halving';
      eta: number;
      /** The setting that is used as budget. */
      key: string;
      from: number;
      to: number;
    };

export interface Sweep {
  version: typeof SWEEP_VERSION;
  label: string;
  /** The experiment that the axes vary. Its own seeds are ignored. */
  base: Experiment;
  axes: Axis[];
  design: Design;
  seeds: number[];
  /**
   * Default: one table, with the same rows and split, for all seeds. `per-seed`: each seed has its own table, with the
   * experiment's data seed plus the seed, so that the spread over seeds includes that of the data.
   */
  tables?: 'per-seed';
}

/** States which variation the spread over seeds contains. */
export const tablesNote = (isTablePerSeed: boolean): string =>
  isTablePerSeed
    ? 'Each seed has a table of its own, so the spread over seeds is that of data and training together.'
    : 'All seeds have the same table, so the spread over seeds is that of training alone: initial values, batches and dropout. With tables per seed it holds that of the data as well.';

export const isJoint = (axis: Axis): axis is JointAxis => 'options' in axis;
export const isRange = (axis: Axis): axis is RangeAxis => 'from' in axis;
/** The name of an axis in tables, and in the settings of a cell. */
export const axisName = (axis: Axis): string => (isJoint(axis) ? axis.label : axis.key);
