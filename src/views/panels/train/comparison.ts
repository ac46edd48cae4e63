// The networks of a run side by side: which is best at what, and the same as CSV.
import type { ComparedModel, RateTrial, TrainedWith } from '../../../engine/protocol.ts';
import type { RunState } from '../../../store/runState.ts';
import { type CsvValue, toCsv } from '../../charts/csv.ts';
import { formatFixed, formatPercent } from '../../charts/format.ts';

export interface ComparisonCell {
  mean: number;
  sd: number;
  /** Percent over the baseline; NaN for the baseline, without one, and where it is undefined. */
  gain: number;
  isBest: boolean;
}

export interface ComparisonRow {
  task: string;
  metric: string;
  higherIsBetter: boolean;
  /** One per network. */
  cells: ComparisonCell[];
}

/** Labels that tell networks of one architecture apart. */
export function comparedLabels(models: readonly Pick<ComparedModel, 'label' | 'role'>[]): string[] {
  return models.map(({ label, role }) => {
    if (role === 'baseline') return `${label} (baseline)`;
    const twins = models.filter((m) => m.label === label && m.role !== 'baseline');
    return twins.length > 1 ? `${label} ${twins.findIndex((m) => m.role === role) + 1}` : label;
  });
}

export interface QueuedNetwork {
  label: string;
  state: 'waiting' | 'training' | 'tested';
  /** Share of its epochs that is done. */
  done: number;
  text: string;
}

/** The networks of the seed that runs, in their order, and how far each has come. */
export function queueOf(run: RunState): QueuedNetwork[] {
  const seed = run.seedStates.at(-1);
  if (!seed) return [];
  const tested = new Set(
    run.comparison
      .filter((m) => m.perTask.some((t) => t.perSeed.length === run.seedStates.length))
      .map((m) => m.role),
  );
  const labels = comparedLabels(seed.parts);
  return seed.parts.map(({ role, epochs, stage, boosted }, i): QueuedNetwork => {
    const label = labels[i] ?? role;
    const records = seed.records[role] ?? [];
    const epoch = records.at(-1)?.epoch ?? 0;
    const done = epochs > 0 ? epoch / epochs : 0;
    if (tested.has(role)) return { label, state: 'tested', done: 1, text: 'tested' };
    if (run.progress?.stage !== stage || run.progress.seed !== seed.seed)
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

/** Positions of the largest values, NaN aside; ties are all best, and a single network beats nobody. */
function bestOf(values: readonly number[], higherIsBetter: boolean): Set<number> {
  const valid = values.filter((v) => !Number.isNaN(v));
  if (valid.length < 2) return new Set();
  const best = higherIsBetter ? Math.max(...valid) : Math.min(...valid);
  return new Set(values.flatMap((v, i) => (v === best ? [i] : [])));
}

export function comparisonRows(models: readonly ComparedModel[]): ComparisonRow[] {
  return (models[0]?.perTask ?? []).map(({ task, metric, higherIsBetter }, i) => {
    const means = models.map((m) => m.perTask[i]?.mean ?? Number.NaN);
    const best = bestOf(means, higherIsBetter);
    return {
      task,
      metric,
      higherIsBetter,
      cells: models.map(({ perTask, gain }, m) => ({
        mean: means[m] ?? Number.NaN,
        sd: perTask[i]?.sd ?? Number.NaN,
        gain: gain?.perTask[i]?.mean ?? Number.NaN,
        isBest: best.has(m),
      })),
    };
  });
}

/** Three digits. */
export const rateText = (rate: number): string => String(Number(rate.toPrecision(3)));

/** A rate that was tried, and its score on the validation split. */
export function trialText({ learningRate, score, failure }: RateTrial, { learningRate: kept }: TrainedWith) {
  const outcome = failure === null ? formatFixed(score, 4) : 'failed';
  return `${rateText(learningRate)}: ${outcome}${learningRate === kept ? ', kept' : ''}`;
}

/** Mean gain per network, and which is best. */
export function gainCells(models: readonly ComparedModel[]): ComparisonCell[] {
  const means = models.map((m) => m.gain?.mean ?? Number.NaN);
  const best = bestOf(means, true);
  return models.map(({ gain }, m) => ({
    mean: means[m] ?? Number.NaN,
    sd: gain?.sd ?? Number.NaN,
    gain: means[m] ?? Number.NaN,
    isBest: best.has(m),
  }));
}

/** One line per network, task and seed, with every digit. */
export function comparisonCsv(models: readonly ComparedModel[]): string {
  const labels = comparedLabels(models);
  const lines = models.flatMap(({ id, parameters, trainSeconds, perTask, gain, trainedWith }, m) =>
    perTask.flatMap(({ task, metric, perSeed }, i) =>
      perSeed.map((value, seed): CsvValue[] => [
        labels[m] ?? id,
        id,
        task,
        metric,
        seed,
        value,
        gain?.perTask[i]?.perSeed[seed] ?? null,
        parameters,
        trainSeconds,
        trainedWith?.initialValues ?? null,
        trainedWith?.learningRate ?? null,
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
      'parameters',
      'mean_train_seconds',
      'initial_values',
      'learning_rate',
    ],
    lines,
  );
}
