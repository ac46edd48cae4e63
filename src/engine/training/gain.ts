// Multitask gain over the single-task baseline (Sinodinos et al. 2025; Maninis et al. 2019):
// delta = 100 / T * sum_i (-1)^l_i (M_i - B_i) / |B_i|, l_i = 1 where lower is better.
// Dividing by |B| keeps the sign right for negative baselines; for positive ones it is the literal formula.
import type { GainSummary, TaskScore } from '../protocol.ts';
import { higherIsBetter } from '../tasks/registry.ts';

export interface TaskGain {
  task: string;
  metric: string;
  higherIsBetter: boolean;
  model: number;
  baseline: number;
  /** Percent, positive is better; NaN when undefined, `flag` then says why. */
  gain: number;
  /** model - baseline, signed so that positive is better. */
  difference: number;
  flag: 'baseline-near-zero' | 'undefined-metric' | null;
}

export interface GainReport {
  perTask: TaskGain[];
  /** Mean percent over tasks that have one; NaN when none has. */
  mean: number;
  /** Number of tasks left out of the mean. */
  leftOut: number;
}

/** Below this a baseline makes the ratio meaningless; the absolute difference is shown instead. */
export const NEAR_ZERO_BASELINE = 0.01;

/** 100 (-1)^l (model - baseline) / |baseline|; NaN when the baseline is 0. */
export function gainPercent(model: number, baseline: number, higherBetter: boolean): number {
  if (baseline === 0) return Number.NaN;
  return (100 * (higherBetter ? model - baseline : baseline - model)) / Math.abs(baseline);
}

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const isDefined = (value: number) => !Number.isNaN(value);

/** @param baseline - scores of the same tasks, in the same order */
export function gainReport(model: readonly TaskScore[], baseline: readonly TaskScore[]): GainReport {
  const perTask = model.map((score, i): TaskGain => {
    const metric = score.primary;
    const better = higherIsBetter(metric);
    const m = score.metrics[metric]?.value ?? Number.NaN;
    const b = baseline[i]?.metrics[metric]?.value ?? Number.NaN;
    const base = {
      task: score.task,
      metric,
      higherIsBetter: better,
      model: m,
      baseline: b,
      difference: better ? m - b : b - m,
    };
    if (!isDefined(m) || !isDefined(b)) return { ...base, gain: Number.NaN, flag: 'undefined-metric' };
    if (Math.abs(b) < NEAR_ZERO_BASELINE) return { ...base, gain: Number.NaN, flag: 'baseline-near-zero' };
    return { ...base, gain: gainPercent(m, b, better), flag: null };
  });
  const gains = perTask.map((t) => t.gain).filter(isDefined);
  return { perTask, mean: meanOf(gains), leftOut: perTask.length - gains.length };
}

/** Sample standard deviation; NaN for fewer than two values. */
export function sampleSd(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
}

/** Mean and spread over seeds. A seed whose gain is undefined is left out of that mean. */
export function gainSummary(reports: readonly GainReport[]): GainSummary {
  const perTask = (reports[0]?.perTask ?? []).map(({ task, metric, higherIsBetter: better }, i) => {
    const perSeed = reports.map((r) => r.perTask[i]?.gain ?? Number.NaN);
    const valid = perSeed.filter(isDefined);
    const flag = reports.map((r) => r.perTask[i]?.flag ?? null).find((f) => f !== null) ?? null;
    return { task, metric, higherIsBetter: better, mean: meanOf(valid), sd: sampleSd(valid), perSeed, flag };
  });
  const perSeed = reports.map((r) => r.mean);
  const valid = perSeed.filter(isDefined);
  return { perTask, mean: meanOf(valid), sd: sampleSd(valid), perSeed };
}
