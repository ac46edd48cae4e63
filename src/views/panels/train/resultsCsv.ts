// The table of results as CSV.
import type { RunState } from '../../../store/runState.ts';
import { type CsvValue, toCsv } from '../../charts/csv.ts';
import { describeBasis, gainView, resultsView } from './results.ts';

/** One line per task and metric, with the gain on the line of the primary one. */
export function resultsCsv(run: RunState): string {
  const results = resultsView(run);
  const gain = gainView(run);
  const rows = (results?.rows ?? []).flatMap((row, i) =>
    row.metrics.map((metric): CsvValue[] => {
      const primary = metric.metric === row.metric ? gain?.rows[i] : undefined;
      return [
        row.task,
        metric.metric,
        metric.metric === row.metric,
        results ? describeBasis(results.basis) : '',
        metric.baseline,
        metric.model,
        primary?.difference ?? null,
        primary?.gain ?? null,
        primary?.sd ?? null,
        primary?.flag ?? null,
        row.bestStep,
        primary ? primary.perSeed.join(' ') : null,
        run.dataset?.tasks[i]?.positive ?? null,
      ];
    }),
  );
  const header = [
    'task',
    'metric',
    'primary',
    'measured_on',
    'baseline',
    'model',
    'difference',
    'gain_percent',
    'gain_sd',
    'flag',
    'best_step',
    'gain_per_seed',
    'positive_class',
  ];
  return toCsv(header, rows);
}
