// The curves and bars of the Train tab as CSV: a line per point, so that curves with different steps fit in one file.
import { type CsvValue, toCsv } from '../../charts/csv.ts';
import type { LossCurve, LossMultipleData } from '../../charts/LossMultiples.tsx';
import type { MetricCurve } from '../../charts/MetricChart.tsx';
import type { GainView } from './results.ts';

/** A line per task: gain, its metric, and the gain of every seed. */
export function gainCsv({ rows, reference }: GainView): string {
  return toCsv(
    ['task', 'metric', `gain_over_${reference}_percent`, 'difference', 'flag', 'gain_per_seed'],
    rows.map((row) => [row.task, row.metric, row.gain, row.difference, row.flag, row.perSeed.join(' ')]),
  );
}

/** @param networks - the curves of each network, by its name */
export function metricCsv(tasks: readonly string[], networks: ReadonlyMap<string, MetricCurve>): string {
  return toCsv(
    ['task', 'network', 'step', 'metric'],
    [...networks].flatMap(([network, { steps, values }]) =>
      tasks.flatMap((task, t) =>
        steps.map((step, i): CsvValue[] => [task, network, step, values[t]?.[i] ?? null]),
      ),
    ),
  );
}

/**
 * Every line of the chart: losses of the steps, their moving average, and the validation split; for several seeds one of each
 * per seed.
 */
export function lossCsv(multiples: readonly LossMultipleData[]): string {
  const lines = multiples.flatMap((multiple) => {
    const { label, raw, training, validation, each } = multiple;
    const curves: [string, LossCurve][] = each
      ? each.flatMap(({ seed, ...own }): [string, LossCurve][] => [
          [`training, seed ${seed}`, own.training],
          [`validation, seed ${seed}`, own.validation],
        ])
      : [
          ['training', raw],
          ['training average', training],
          ['validation', validation],
        ];
    return curves.flatMap(([curve, { steps, values }]) =>
      steps.map((step, i): CsvValue[] => [label, curve, step, values[i] ?? null]),
    );
  });
  return toCsv(['task', 'curve', 'step', 'loss'], lines);
}
