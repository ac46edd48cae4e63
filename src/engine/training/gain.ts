// Multitask gain over the single-task baseline (Sinodinos et al. 2025; Maninis et al. 2019):
// delta = 100 / T * sum_i (-1)^l_i (M_i - B_i) / |B_i|, l_i = 1 where lower is better.
// Dividing by |B| gives all parts of a gain the sign of their differences; for positive B it equals the published formula. A
// baseline near or below zero has no percentage: the difference is shown, and the task is left out of the mean.

import { estimate, meanOf } from '../core/interval.ts';
import type { GainFlag, GainReport, GainSummary, TaskGain } from '../protocol/gain.ts';
import type { TaskScore } from '../protocol/result.ts';
import { higherIsBetter } from '../tasks/registry.ts';

/** A baseline below this makes the ratio meaningless; the absolute difference is shown instead. */
export const NEAR_ZERO_BASELINE = 0.01;

/** 100 (-1)^l (model - baseline) / |reference|; NaN if the reference is 0. */
export function gainPercent(
  model: number,
  baseline: number,
  higherBetter: boolean,
  reference = baseline,
): number {
  if (reference === 0) return Number.NaN;
  return (100 * (higherBetter ? model - baseline : baseline - model)) / Math.abs(reference);
}

/** Why a percentage of `reference` is meaningless; null if it is not. */
export function gainFlag(values: readonly number[], reference: number): GainFlag | null {
  if (![...values, reference].every(isDefined)) return 'undefined-metric';
  if (Math.abs(reference) < NEAR_ZERO_BASELINE) return 'baseline-near-zero';
  return reference < 0 ? 'baseline-below-zero' : null;
}

export const isDefined = (value: number): boolean => !Number.isNaN(value);

/** NaN if none is defined. */
export const meanOfDefined = (values: readonly number[]): number => meanOf(values.filter(isDefined));

/** Primary metric of a task, and its value in each of several score lists; NaN where it is missing. */
export function valuesOf(
  { primary: metric }: TaskScore,
  scores: readonly (TaskScore | undefined)[],
): { metric: string; higherIsBetter: boolean; values: number[] } {
  const values = scores.map((score) => score?.metrics[metric]?.value ?? Number.NaN);
  return { metric, higherIsBetter: higherIsBetter(metric), values };
}

/** @param baseline - scores of the same tasks, in the same order */
export function gainReport(model: readonly TaskScore[], baseline: readonly TaskScore[]): GainReport {
  const perTask = model.map((score, i): TaskGain => {
    const { metric, higherIsBetter: better, values } = valuesOf(score, [score, baseline[i]]);
    const [m, b] = values as [number, number];
    const base = {
      task: score.task,
      metric,
      higherIsBetter: better,
      model: m,
      baseline: b,
      difference: better ? m - b : b - m,
    };
    const flag = gainFlag([m], b);
    return { ...base, gain: flag ? Number.NaN : gainPercent(m, b, better), flag };
  });
  const gains = perTask.map((t) => t.gain);
  return { perTask, mean: meanOfDefined(gains), leftOut: gains.length - gains.filter(isDefined).length };
}

/** Mean and interval over seeds. A seed with an undefined gain is left out of the mean. */
export function gainSummary(reports: readonly GainReport[]): GainSummary {
  const perTask = (reports[0]?.perTask ?? []).map(({ task, metric, higherIsBetter: better }, i) => {
    const own = reports.map((r) => r.perTask[i]);
    const flag = own.find((t) => (t?.flag ?? null) !== null)?.flag ?? null;
    return { task, metric, higherIsBetter: better, ...estimate(own.map((t) => t?.gain ?? Number.NaN)), flag };
  });
  return { perTask, ...estimate(reports.map((r) => r.mean)) };
}
