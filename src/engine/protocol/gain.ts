// Gain over the single-task baseline, its parts, and both over seeds.
import type { Estimate } from '../core/interval.ts';

/**
 * Why there is no percentage: a metric is undefined, or the reference is near zero, or below zero: then the baseline predicts
 * worse than the mean does, and a ratio to it is meaningless.
 */
export type GainFlag = 'undefined-metric' | 'baseline-near-zero' | 'baseline-below-zero';

export interface TaskGain {
  task: string;
  metric: string;
  higherIsBetter: boolean;
  model: number;
  baseline: number;
  /** Percent, positive is better; if NaN, `flag` says why. */
  gain: number;
  /** model - baseline, signed so that positive is better. */
  difference: number;
  flag: GainFlag | null;
}

export interface GainReport {
  perTask: TaskGain[];
  /** Mean percent over tasks that have one; NaN if none has. */
  mean: number;
  /** Number of tasks left out of the mean. */
  leftOut: number;
}

export const GAIN_PARTS = ['total', 'architecture', 'sharing'] as const;
export type GainPart = (typeof GAIN_PARTS)[number];
export type GainParts<T> = Record<GainPart, T>;

export interface TaskDecomposition {
  task: string;
  metric: string;
  higherIsBetter: boolean;
  model: number;
  twin: number;
  /** NaN if no baseline was trained; total and architecture are then NaN too. */
  baseline: number;
  /** In the unit of the metric, positive is better. */
  difference: GainParts<number>;
  percent: GainParts<number>;
  /** Why there is no percentage of the reference. */
  flag: TaskGain['flag'];
}

export interface Decomposition {
  /** The reference of the percentages. */
  reference: 'baseline' | 'twin';
  perTask: TaskDecomposition[];
  /** Percent, over the tasks that have one; NaN if none has. */
  mean: GainParts<number>;
  /** Number of tasks left out of the mean. */
  leftOut: number;
}

/** The same over seeds. */
export interface DecompositionSummary {
  reference: Decomposition['reference'];
  perTask: (Pick<TaskDecomposition, 'task' | 'metric' | 'higherIsBetter' | 'flag'> & {
    difference: GainParts<Estimate>;
    percent: GainParts<Estimate>;
  })[];
  mean: GainParts<Estimate>;
}

/** Gain over the finished seeds, in percent. */
export interface GainSummary extends Estimate {
  perTask: ({ task: string; metric: string; higherIsBetter: boolean; flag: TaskGain['flag'] } & Estimate)[];
}
