// What the Train panel says about gain and scores, derived from the run: the test split over finished seeds, and
// until one has finished the validation of the seed that runs. One place, so that card, table and CSV agree.
import type { PartResult, Role, SeedResult, TaskScore } from '../../../engine/protocol.ts';
import type { TaskGain } from '../../../engine/training/gain.ts';
import type { RunState, SeedState } from '../../../store/runState.ts';

/** What the numbers were measured on. */
export type Basis = { split: 'test'; seeds: number } | { split: 'validation'; seed: number; epoch: number };

export interface TaskGainRow {
  task: string;
  metric: string;
  higherIsBetter: boolean;
  /** Percent; NaN when undefined. */
  gain: number;
  /** Over seeds; NaN for fewer than two. */
  sd: number;
  /** One percentage per finished seed. */
  perSeed: number[];
  model: number;
  baseline: number;
  /** model - baseline, positive is better. */
  difference: number;
  flag: TaskGain['flag'];
  /** Why the metric is undefined, when it is. */
  reason: string | null;
}

export interface GainView {
  basis: Basis;
  rows: TaskGainRow[];
  mean: number;
  sd: number;
  /** Tasks without a percentage, left out of the mean. */
  leftOut: number;
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

const defined = (values: readonly number[]): number[] => values.filter((v) => !Number.isNaN(v));

/** Sample standard deviation; NaN for fewer than two values. */
export function sampleSd(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const m = mean(values);
  return Math.sqrt(values.reduce((sum, v) => sum + (v - m) ** 2, 0) / (values.length - 1));
}

export const currentSeed = (run: RunState): SeedState | null => run.seedStates.at(-1) ?? null;

/** The test of a seed whose model and baseline are done, while further networks may still train; null before. */
function testedSeed({ seed, result, tested, parts }: SeedState): SeedResult | null {
  if (result) return result;
  const { model, baseline } = tested;
  if (!model || (!baseline && parts.some((p) => p.role === 'baseline'))) return null;
  return { seed, model: model.result, baseline: baseline?.result ?? null, gain: model.gain, others: [] };
}

export const finishedSeeds = (run: RunState): SeedResult[] =>
  run.seedStates.map(testedSeed).filter((seed) => seed !== null);

/** Value of the primary metric, with the reason where it is undefined. */
export function primaryOf(score: TaskScore | undefined): { value: number; reason: string | null } {
  const metric = score?.metrics[score.primary];
  return { value: metric?.value ?? Number.NaN, reason: metric?.reason ?? null };
}

function testGain(run: RunState): GainView | null {
  const seeds = finishedSeeds(run).filter((seed) => seed.gain !== null);
  const first = seeds[0]?.gain;
  if (!first) return null;
  const rows = first.perTask.map((template, i): TaskGainRow => {
    const gains = seeds.map((seed) => seed.gain?.perTask[i]).filter((g): g is TaskGain => g !== undefined);
    const summary = run.gain?.perTask[i];
    const flagged = gains.find((g) => g.flag !== null);
    const reasons = seeds.flatMap((seed) => [
      primaryOf(seed.model.test[i]).reason,
      primaryOf(seed.baseline?.test[i]).reason,
    ]);
    return {
      task: template.task,
      metric: template.metric,
      higherIsBetter: template.higherIsBetter,
      gain: summary ? summary.mean : mean(defined(gains.map((g) => g.gain))),
      sd: summary ? summary.sd : sampleSd(defined(gains.map((g) => g.gain))),
      perSeed: gains.map((g) => g.gain),
      model: mean(gains.map((g) => g.model)),
      baseline: mean(gains.map((g) => g.baseline)),
      difference: mean(gains.map((g) => g.difference)),
      flag: flagged?.flag ?? null,
      reason: reasons.find((reason) => reason !== null) ?? null,
    };
  });
  // Seeds without a gain are left out, as in the summary at the end of the run.
  const means = defined(seeds.map((seed) => seed.gain?.mean ?? Number.NaN));
  return {
    basis: { split: 'test', seeds: seeds.length },
    rows,
    mean: run.gain ? run.gain.mean : mean(means),
    sd: run.gain ? run.gain.sd : sampleSd(means),
    leftOut: Math.max(...seeds.map((seed) => seed.gain?.leftOut ?? 0)),
  };
}

function validationGain(run: RunState): GainView | null {
  const state = currentSeed(run);
  const gain = state?.liveGain;
  if (!state || !gain) return null;
  const scores = (role: Role) => state.records[role].at(-1)?.validation;
  return {
    basis: { split: 'validation', seed: state.seed, epoch: state.records.model.at(-1)?.epoch ?? 0 },
    rows: gain.perTask.map((g, i) => ({
      ...g,
      sd: Number.NaN,
      perSeed: [g.gain],
      reason: primaryOf(scores('model')?.[i]).reason ?? primaryOf(scores('baseline')?.[i]).reason,
    })),
    mean: gain.mean,
    sd: Number.NaN,
    leftOut: gain.leftOut,
  };
}

/** The gain to show, or null when there is none yet. */
export const gainView = (run: RunState): GainView | null => testGain(run) ?? validationGain(run);

/** Validation gain of the seed that runs, one per task, shown as a hollow dot beside the finished seeds. */
export function runningGain(run: RunState): { perTask: number[]; mean: number } | null {
  const state = currentSeed(run);
  if (!state?.liveGain || testedSeed(state)) return null;
  return { perTask: state.liveGain.perTask.map((g) => g.gain), mean: state.liveGain.mean };
}

export interface MetricRow {
  metric: string;
  baseline: number;
  model: number;
  reason: string | null;
}

/** One row of the table of results; figures are means over the finished seeds, or the newest validation. */
export interface ResultRow {
  task: string;
  metric: string;
  baseline: number;
  model: number;
  bestStep: number | null;
  /** Every metric of the task, the primary one included. */
  metrics: MetricRow[];
  reason: string | null;
}

export interface ResultsView {
  basis: Basis;
  hasBaseline: boolean;
  rows: ResultRow[];
}

type Scores = readonly (readonly TaskScore[])[];

function meanMetric(scores: Scores, task: number, metric: string): { value: number; reason: string | null } {
  const values = scores.map((perTask) => perTask[task]?.metrics[metric]);
  return {
    value: values.length > 0 ? mean(values.map((v) => v?.value ?? Number.NaN)) : Number.NaN,
    reason: values.find((v) => v?.reason)?.reason ?? null,
  };
}

function resultRows(
  model: Scores,
  baseline: Scores,
  bestSteps: (task: number) => number | null,
): ResultRow[] {
  return (model[0] ?? []).map((score, task) => {
    const metrics = Object.keys(score.metrics).map((metric): MetricRow => {
      const ours = meanMetric(model, task, metric);
      const theirs = meanMetric(baseline, task, metric);
      return { metric, model: ours.value, baseline: theirs.value, reason: ours.reason ?? theirs.reason };
    });
    const primary = metrics.find((m) => m.metric === score.primary);
    return {
      task: score.task,
      metric: score.primary,
      model: primary?.model ?? Number.NaN,
      baseline: primary?.baseline ?? Number.NaN,
      bestStep: bestSteps(task),
      metrics,
      reason: primary?.reason ?? null,
    };
  });
}

/** Scores per task: test split over finished seeds, else the newest validation; null before the first epoch. */
export function resultsView(run: RunState): ResultsView | null {
  const seeds = finishedSeeds(run);
  if (seeds.length > 0) {
    const baselines = seeds.map((seed) => seed.baseline).filter((part): part is PartResult => part !== null);
    return {
      basis: { split: 'test', seeds: seeds.length },
      hasBaseline: baselines.length > 0,
      rows: resultRows(
        seeds.map((seed) => seed.model.test),
        baselines.map((part) => part.test),
        (task) => mean(seeds.map((seed) => seed.model.bestSteps[task] ?? Number.NaN)),
      ),
    };
  }
  const state = currentSeed(run);
  const record = state?.records.model.at(-1);
  if (!state || !record) return null;
  const baseline = state.records.baseline.at(-1);
  const bestStep = (task: number) => state.records.model.findLast((r) => r.isBest[task])?.step ?? null;
  return {
    basis: { split: 'validation', seed: state.seed, epoch: record.epoch },
    hasBaseline: state.parts.some((part) => part.role === 'baseline'),
    rows: resultRows([record.validation], baseline ? [baseline.validation] : [], bestStep),
  };
}

/** "test split, mean of 3 finished seeds" or "validation, epoch 4, seed 0". */
export function describeBasis(basis: Basis): string {
  if (basis.split === 'validation') return `validation, epoch ${basis.epoch}, seed ${basis.seed}`;
  return basis.seeds === 1
    ? 'test split, one finished seed'
    : `test split, mean of ${basis.seeds} finished seeds`;
}
