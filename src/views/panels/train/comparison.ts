// The networks of a run side by side: which is best at what, and the same as CSV.

import type { Estimate } from '../../../engine/core/interval.ts';
import type { Role } from '../../../engine/core/roles.ts';
import { distinctLabels, isModel, isTwin, ownerOf } from '../../../engine/core/roles.ts';
import type { TaskMeta } from '../../../engine/data/table.ts';
import type { GainPart } from '../../../engine/protocol/gain.ts';
import { DIFFERENCE_TEXT, isDifference, shownGain } from '../../../engine/protocol/gainText.ts';
import type { ComparedModel, RateTrial, TrainedWith } from '../../../engine/protocol/result.ts';
import type { ProgressState } from '../../../store/runLive.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { type CsvValue, toCsv } from '../../charts/csv.ts';
import { formatFixed, formatPercent, formatSigned } from '../../charts/format.ts';

export interface ComparisonCell {
  mean: number;
  /** 95 % interval of the mean; NaN for one seed. */
  low: number;
  high: number;
  /** Gain over the baseline in percent, or the difference if a percentage means nothing; empty if there is neither. */
  beside: string;
  /** Better than every other network, seed by seed. */
  isBest: boolean;
}

export interface ComparisonRow {
  task: string;
  metric: string;
  higherIsBetter: boolean;
  /** One per network. */
  cells: ComparisonCell[];
}

export interface QueuedNetwork {
  label: string;
  state: 'waiting' | 'training' | 'tested';
  /** The share of its epochs that is done. */
  done: number;
  text: string;
}

/**
 * The networks of the current seed in order, and the progress of each.
 * @param now - which of them are in training
 */
export function queueOf(run: RunRecord, now: Pick<ProgressState, 'seed' | 'stage'> | null): QueuedNetwork[] {
  const seed = run.seedStates.at(-1);
  if (!seed) return [];
  const tested = new Set(
    run.comparison
      .filter((m) => m.perTask.some((t) => t.perSeed.length === run.seedStates.length))
      .map((m) => m.role),
  );
  const labels = distinctLabels(seed.parts);
  return seed.parts.map(({ role, epochs, stage, boosted }, i): QueuedNetwork => {
    const label = labels[i] ?? role;
    const records = seed.records[role] ?? [];
    const epoch = records.at(-1)?.epoch ?? 0;
    const done = epochs > 0 ? epoch / epochs : 0;
    if (tested.has(role)) return { label, state: 'tested', done: 1, text: 'tested' };
    if (now?.stage !== stage || now.seed !== seed.seed)
      return { label, state: 'waiting', done, text: 'waiting' };
    const gain = seed.liveMeans[role];
    const live =
      gain === undefined || Number.isNaN(gain) ? '' : `, gain ${formatPercent(gain, 1)} on validation`;
    return {
      label,
      state: 'training',
      done,
      text: `${boosted ? 'round' : 'epoch'} ${epoch} of ${epochs}${live}`,
    };
  });
}

const NOTHING = { mean: Number.NaN, low: Number.NaN, high: Number.NaN };

const cellOf = (
  { mean, low, high }: Pick<Estimate, 'mean' | 'low' | 'high'>,
  isBest: boolean,
  beside = '',
): ComparisonCell => ({ mean, low, high, beside, isBest });

/** "+1.2 %", "absolute difference +0.015", or nothing. */
function besideText(model: ComparedModel, task: number): string {
  const gain = shownGain(model, task, 'total');
  if (!gain || gain.flag === 'undefined-metric') return '';
  return isDifference(gain.flag)
    ? `${DIFFERENCE_TEXT} ${formatSigned(gain.difference, 3)}`
    : formatPercent(gain.percent, 1);
}

export function comparisonRows(models: readonly ComparedModel[]): ComparisonRow[] {
  return (models[0]?.perTask ?? []).map(({ task, metric, higherIsBetter }, i) => ({
    task,
    metric,
    higherIsBetter,
    cells: models.map((model) =>
      cellOf(model.perTask[i] ?? NOTHING, model.isBest.perTask[i] ?? false, besideText(model, i)),
    ),
  }));
}

/** Three significant digits. */
export const rateText = (rate: number): string => String(Number(rate.toPrecision(3)));

/** A learning rate that was tried, and its validation score. */
export function trialText({ learningRate, score, failure }: RateTrial, { learningRate: kept }: TrainedWith) {
  const outcome = failure === null ? formatFixed(score, 4) : 'failed';
  return `${rateText(learningRate)}: ${outcome}${learningRate === kept ? ', kept' : ''}`;
}

/** Mean gain per network, and whether it is clearly best. */
export const gainCells = (models: readonly ComparedModel[]): ComparisonCell[] =>
  models.map(({ gain, isBest }) => cellOf(gain ?? NOTHING, isBest.gain));

/** A part of the gain per network; NaN where no twin was trained. */
export const partCells = (models: readonly ComparedModel[], part: GainPart): ComparisonCell[] =>
  models.map(({ decomposition }) => {
    const own = decomposition?.mean[part] ?? NOTHING;
    return cellOf(own, false);
  });

export interface PairRow {
  /** "MT-MLP over MMoE" */
  label: string;
  /** In percentage points; null if one of the two has no gain. */
  gain: Estimate | null;
  /** In the unit of the metric, positive if the first is better. */
  perTask: readonly Estimate[];
}

/** A model is compared with the baseline, its own twin and the other models. */
const isRival = (other: Role, model: Role) => !isTwin(other) || ownerOf(other) === model;

/** Differences of every model to its rivals, on the same seeds. */
export function pairRows(models: readonly ComparedModel[]): PairRow[] {
  const labels = distinctLabels(models);
  return models.flatMap(({ role, against }, first) =>
    against.flatMap((pair): PairRow[] => {
      const second = models.findIndex((m) => m.role === pair.role);
      return isModel(role) && isRival(pair.role, role) && (!isModel(pair.role) || first < second)
        ? [{ ...pair, label: `${labels[first]} over ${labels[second]}` }]
        : [];
    }),
  );
}

/** The positive class of binary tasks. */
type Classes = readonly Pick<TaskMeta, 'positive'>[] | undefined;

/** The differences as CSV: one line per pair and task, and one for the mean gain. */
export function pairsCsv(models: readonly ComparedModel[], classes: Classes): string {
  const tasks = models[0]?.perTask ?? [];
  const line = (
    label: string,
    of: string,
    unit: string,
    d: Estimate,
    positive: string | null,
  ): CsvValue[] => [label, of, unit, d.mean, d.low, d.high, d.perSeed.join(' '), positive];
  const lines = pairRows(models).flatMap(({ label, gain, perTask }) => [
    ...perTask.map((d, i) =>
      line(label, tasks[i]?.task ?? '', tasks[i]?.metric ?? '', d, classes?.[i]?.positive ?? null),
    ),
    ...(gain ? [line(label, 'mean gain', 'percentage points', gain, null)] : []),
  ]);
  return toCsv(
    ['pair', 'of', 'unit', 'difference', 'interval_low', 'interval_high', 'per_seed', 'positive_class'],
    lines,
  );
}

/** One line per network, task and seed, with every digit. */
export function comparisonCsv(models: readonly ComparedModel[], classes: Classes): string {
  const labels = distinctLabels(models);
  const lines = models.flatMap(
    ({ id, parameters, trainSeconds, perTask, gain, decomposition, trainedWith }, m) =>
      perTask.flatMap(({ task, metric, perSeed, mean, low, high }, i) =>
        perSeed.map((value, seed): CsvValue[] => [
          labels[m] ?? id,
          id,
          task,
          metric,
          seed,
          value,
          gain?.perTask[i]?.perSeed[seed] ?? null,
          decomposition?.perTask[i]?.percent.architecture.perSeed[seed] ?? null,
          decomposition?.perTask[i]?.percent.sharing.perSeed[seed] ?? null,
          mean,
          low,
          high,
          parameters,
          trainSeconds,
          trainedWith?.initialValues ?? null,
          trainedWith?.learningRate ?? null,
          classes?.[i]?.positive ?? null,
        ]),
      ),
  );
  return toCsv(
    [
      'network',
      'architecture',
      'task',
      'metric',
      'seed_index',
      'value',
      'gain_percent',
      'architecture_percent',
      'sharing_percent',
      'mean_value',
      'interval_low',
      'interval_high',
      'parameters',
      'mean_train_seconds',
      'initial_values',
      'learning_rate',
      'positive_class',
    ],
    lines,
  );
}
