// The curves and bars of the Train tab as CSV: a line per point, so that curves with different steps stand in one file.
import { type CsvValue, toCsv } from '../../charts/csv.ts';
import type { LossMultipleData } from '../../charts/LossMultiples.tsx';
import type { MetricCurve } from '../../charts/MetricChart.tsx';
import type { GainView } from './results.ts';

/** A line per task: gain, what it is measured in, and the gain of every seed. */
export function gainCsv({ rows, reference }: GainView): string {
  return toCsv(
    ['task', 'metric', `gain_over_${reference}_percent`, 'difference', 'flag', 'gain_per_seed'],
    rows.map((row) => [row.task, row.metric, row.gain, row.difference, row.flag, row.perSeed.join(' ')]),
  );
}

/** @param networks - the curves of each, by its name */
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

/** Every line that is drawn: the loss of the steps, its moving average, and the validation split. */
export function lossCsv(multiples: readonly LossMultipleData[]): string {
  const curves = [
    ['raw', 'training'],
    ['training', 'training average'],
    ['validation', 'validation'],
  ] as const;
  return toCsv(
    ['task', 'curve', 'step', 'loss'],
    multiples.flatMap((multiple) =>
      curves.flatMap(([key, curve]) =>
        multiple[key].steps.map((step, i): CsvValue[] => [
          multiple.label,
          curve,
          step,
          multiple[key].values[i] ?? null,
        ]),
      ),
    ),
  );
}
