// Gain and scores of the Train tab, derived from the run: the test split over finished seeds, and until one has finished the
// validation split of the current seed. In one place, so that card, table and CSV agree.
import { estimate } from '../../../engine/core/interval.ts';
import type { Role } from '../../../engine/core/roles.ts';
import type { GainPart, TaskGain } from '../../../engine/protocol/gain.ts';
import type { SeedResult, TaskScore } from '../../../engine/protocol/result.ts';
import type { RunRecord, SeedState } from '../../../store/runRecord.ts';
import { plural } from '../../charts/format.ts';

/** The split and seeds of the numbers. */
export type Basis = { split: 'test'; seeds: number } | { split: 'validation'; seed: number; epoch: number };

export interface TaskGainRow {
  task: string;
  metric: string;
  higherIsBetter: boolean;
  /** Percent, for the part that is shown; NaN if undefined. */
  gain: number;
  /** 95 % interval over seeds; NaN for fewer than two. */
  low: number;
  high: number;
  /** One percentage per finished seed. */
  perSeed: number[];
  /** The same part in the unit of the metric; positive is better. */
  difference: number;
  flag: TaskGain['flag'];
  /** Number of seeds in which the task has no percentage: their means leave it out. */
  leftOutSeeds: number;
  /** Why the metric is undefined, or null. */
  reason: string | null;
}

/** The mean over the tasks, percent. */
export interface PartMean {
  part: GainPart;
  mean: number;
  low: number;
  high: number;
  perSeed: number[];
}

export interface GainView extends PartMean {
  basis: Basis;
  /** The reference of the percentages. */
  reference: 'baseline' | 'twin';
  rows: TaskGainRow[];
  /** The fewest and the most tasks in the mean of one seed: a baseline may be near zero in one seed alone. */
  tasksInMean: [number, number];
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

export const currentSeed = (run: RunRecord): SeedState | null => run.seedStates.at(-1) ?? null;

/** Test results of a seed whose model and baseline have been tested, even if further networks still train; null before. */
function testedSeed({ seed, result, tested, parts }: SeedState): SeedResult | null {
  if (result) return result;
  const { model, baseline } = tested;
  if (!model || (!baseline && parts.some((p) => p.role === 'baseline'))) return null;
  const { gain, decomposition } = model;
  const own = tested['model:twin'];
  return {
    seed,
    model: model.result,
    baseline: baseline?.result ?? null,
    gain,
    decomposition,
    others: own ? [own] : [],
  };
}

export const finishedSeeds = (run: RunRecord): SeedResult[] =>
  run.seedStates.map(testedSeed).filter((seed) => seed !== null);

/** Value of the primary metric, with the reason where it is undefined. */
export function primaryOf(score: TaskScore | undefined): { value: number; reason: string | null } {
  const metric = score?.metrics[score.primary];
  return { value: metric?.value ?? Number.NaN, reason: metric?.reason ?? null };
}

/** A gain, or a part of one, on one split of one seed. */
interface PartReport {
  reference: GainView['reference'];
  perTask: Pick<TaskGainRow, 'task' | 'metric' | 'higherIsBetter' | 'gain' | 'difference' | 'flag'>[];
  mean: number;
  leftOut: number;
}

type Gained = Pick<SeedResult, 'gain' | 'decomposition'>;

function reportOf({ gain, decomposition }: Gained, part: GainPart): PartReport | null {
  if (part === 'total') return gain && { ...gain, reference: 'baseline' };
  if (!decomposition) return null;
  const { reference, perTask, leftOut } = decomposition;
  if (part === 'architecture' && reference === 'twin') return null;
  return {
    reference,
    perTask: perTask.map(({ percent, difference, ...task }) => ({
      ...task,
      gain: percent[part],
      difference: difference[part],
    })),
    mean: decomposition.mean[part],
    leftOut,
  };
}

/** The newest basis: finished seeds, else the current seed. */
function gained(run: RunRecord): { basis: Basis; seeds: Gained[] } | null {
  const tested = finishedSeeds(run).filter((seed) => seed.gain !== null || seed.decomposition !== null);
  if (tested.length > 0) return { basis: { split: 'test', seeds: tested.length }, seeds: tested };
  const state = currentSeed(run);
  if (!state || (!state.liveGain && !state.liveDecomposition)) return null;
  const live = { gain: state.liveGain, decomposition: state.liveDecomposition };
  const epoch = state.records.model.at(-1)?.epoch ?? 0;
  return { basis: { split: 'validation', seed: state.seed, epoch }, seeds: [live] };
}

/** Why the metric of a task is undefined in one of the compared networks. */
function reasonOf(run: RunRecord, task: number): string | null {
  const seeds = finishedSeeds(run);
  const parts = seeds.flatMap(({ model, baseline, others }) => [
    model,
    baseline,
    others.find((o) => o.result.role === 'model:twin')?.result ?? null,
  ]);
  const state = currentSeed(run);
  const scores =
    seeds.length > 0 || !state
      ? parts.map((part) => part?.test[task])
      : (['model', 'baseline', 'model:twin'] as const).map((role) => bestScores(state, role)[0]?.[task]);
  return scores.map((score) => primaryOf(score).reason).find((reason) => reason !== null) ?? null;
}

/** The known parts of the gain, the total first. */
export function gainPartsOf(run: RunRecord): GainPart[] {
  const [first] = gained(run)?.seeds ?? [];
  if (!first) return [];
  return (['total', 'architecture', 'sharing'] as const).filter((part) => reportOf(first, part) !== null);
}

/** The mean of every known part. */
export const partMeans = (run: RunRecord): PartMean[] =>
  gainPartsOf(run).flatMap((part) => gainView(run, part) ?? []);

/**
 * The gain to show, or a part of it; null if there is none yet.
 * @param part - default: the total gain, or sharing if no baseline was trained
 */
export function gainView(run: RunRecord, part?: GainPart): GainView | null {
  const known = gained(run);
  const shown = part ?? gainPartsOf(run)[0];
  if (!known || !shown) return null;
  const reports = known.seeds.flatMap((seed) => reportOf(seed, shown) ?? []);
  const [first] = reports;
  if (!first) return null;
  const rows = first.perTask.map(({ task, metric, higherIsBetter }, i): TaskGainRow => {
    const own = reports.flatMap((report) => report.perTask[i] ?? []);
    const { mean: gain, low, high, perSeed } = estimate(own.map((t) => t.gain));
    return {
      task,
      metric,
      higherIsBetter,
      gain,
      low,
      high,
      perSeed,
      difference: mean(own.map((t) => t.difference)),
      flag: own.find((t) => t.flag !== null)?.flag ?? null,
      leftOutSeeds: own.filter((t) => t.flag !== null).length,
      reason: reasonOf(run, i),
    };
  });
  const counted = reports.map((report) => report.perTask.length - report.leftOut);
  const { mean: value, low, high, perSeed } = estimate(reports.map((report) => report.mean));
  return {
    part: shown,
    basis: known.basis,
    reference: first.reference,
    rows,
    mean: value,
    low,
    high,
    perSeed,
    tasksInMean: [Math.min(...counted), Math.max(...counted)],
  };
}

/** "3 tasks", or "2 to 3 tasks" if the means of some seeds leave out a task that others have. */
export function tasksInMeanText({ tasksInMean: [fewest, most] }: GainView): string {
  return fewest === most ? plural(most, 'task') : `${fewest} to ${most} tasks`;
}

/** Validation gain of the current seed, one per task, shown as a hollow dot beside the finished seeds. */
export function runningGain(run: RunRecord): { perTask: number[]; mean: number } | null {
  const state = currentSeed(run);
  const part = gainPartsOf(run)[0];
  if (!state || !part || testedSeed(state)) return null;
  const live = reportOf({ gain: state.liveGain, decomposition: state.liveDecomposition }, part);
  return live && { perTask: live.perTask.map((t) => t.gain), mean: live.mean };
}

export interface MetricRow {
  metric: string;
  baseline: number;
  twin: number;
  model: number;
  reason: string | null;
}

/** One row of the table of results; figures are means over the finished seeds, or the best validation scores so far. */
export interface ResultRow {
  task: string;
  metric: string;
  baseline: number;
  twin: number;
  model: number;
  bestStep: number | null;
  /** Every metric of the task, the primary one included. */
  metrics: MetricRow[];
  reason: string | null;
}

export interface ResultsView {
  basis: Basis;
  hasBaseline: boolean;
  hasTwin: boolean;
  rows: ResultRow[];
}

type Scores = readonly (readonly TaskScore[])[];

interface MetricMean {
  value: number;
  reason: string | null;
}

function meanMetric(scores: Scores, task: number, metric: string): MetricMean {
  const values = scores.map((perTask) => perTask[task]?.metrics[metric]);
  return {
    value: values.length > 0 ? mean(values.map((v) => v?.value ?? Number.NaN)) : Number.NaN,
    reason: values.find((v) => v?.reason)?.reason ?? null,
  };
}

/** @param others - of baseline and twin, like `model`; empty if there are none */
function resultRows(
  model: Scores,
  others: { baseline: Scores; twin: Scores },
  bestSteps: (task: number) => number | null,
): ResultRow[] {
  return (model[0] ?? []).map((score, task) => {
    const metrics = Object.keys(score.metrics).map((metric): MetricRow => {
      const [ours, baseline, twin] = [model, others.baseline, others.twin].map((scores) =>
        meanMetric(scores, task, metric),
      ) as [MetricMean, MetricMean, MetricMean];
      return {
        metric,
        model: ours.value,
        baseline: baseline.value,
        twin: twin.value,
        reason: ours.reason ?? baseline.reason ?? twin.reason,
      };
    });
    const primary = metrics.find((m) => m.metric === score.primary);
    return {
      task: score.task,
      metric: score.primary,
      model: primary?.model ?? Number.NaN,
      baseline: primary?.baseline ?? Number.NaN,
      twin: primary?.twin ?? Number.NaN,
      bestStep: bestSteps(task),
      metrics,
      reason: primary?.reason ?? null,
    };
  });
}

/**
 * Validation scores of a network in training, each task at its best epoch so far: the epochs that would be tested now, and on
 * which its gain is based. Empty before its first epoch.
 */
function bestScores({ records }: SeedState, role: Role): Scores {
  const own = records[role] ?? [];
  const first = own[0];
  if (!first) return [];
  return [
    first.validation.map(
      (score, task) => own.findLast((record) => record.isBest[task])?.validation[task] ?? score,
    ),
  ];
}

/** Scores per task: test split over finished seeds, else the best validation so far; null before the first epoch. */
export function resultsView(run: RunRecord): ResultsView | null {
  const seeds = finishedSeeds(run);
  if (seeds.length > 0) {
    const baseline = seeds.flatMap((seed) => (seed.baseline ? [seed.baseline.test] : []));
    const twin = seeds.flatMap((seed) =>
      seed.others.filter((o) => o.result.role === 'model:twin').map((o) => o.result.test),
    );
    return {
      basis: { split: 'test', seeds: seeds.length },
      hasBaseline: baseline.length > 0,
      hasTwin: twin.length > 0,
      rows: resultRows(
        seeds.map((seed) => seed.model.test),
        { baseline, twin },
        (task) => mean(seeds.map((seed) => seed.model.bestSteps[task] ?? Number.NaN)),
      ),
    };
  }
  const state = currentSeed(run);
  const record = state?.records.model.at(-1);
  if (!state || !record) return null;
  const bestStep = (task: number) => state.records.model.findLast((r) => r.isBest[task])?.step ?? null;
  return {
    basis: { split: 'validation', seed: state.seed, epoch: record.epoch },
    hasBaseline: state.parts.some((part) => part.role === 'baseline'),
    hasTwin: state.parts.some((part) => part.role === 'model:twin'),
    rows: resultRows(
      bestScores(state, 'model'),
      { baseline: bestScores(state, 'baseline'), twin: bestScores(state, 'model:twin') },
      bestStep,
    ),
  };
}

/** "test split, mean of 3 finished seeds" or "validation, best epochs of 4, seed 0". */
export function describeBasis(basis: Basis): string {
  if (basis.split === 'validation') return `validation, best epochs of ${basis.epoch}, seed ${basis.seed}`;
  return basis.seeds === 1
    ? 'test split, one finished seed, no interval'
    : `test split, mean of ${basis.seeds} finished seeds`;
}
