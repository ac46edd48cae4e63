// The networks of a run side by side: which is best at what, and the same as CSV.
import type { ComparedModel } from '../../../engine/protocol.ts';
import { type CsvValue, toCsv } from '../../charts/csv.ts';

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
export function comparedLabels(models: readonly ComparedModel[]): string[] {
  return models.map(({ label, role }) => {
    if (role === 'baseline') return `${label} (baseline)`;
    const twins = models.filter((m) => m.label === label && m.role !== 'baseline');
    return twins.length > 1 ? `${label} ${twins.findIndex((m) => m.role === role) + 1}` : label;
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
  const lines = models.flatMap(({ id, parameters, trainSeconds, perTask, gain }, m) =>
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
    ],
    lines,
  );
}
