// The table of results as CSV.
import type { RunRecord } from '../../../store/runRecord.ts';
import { type CsvValue, toCsv } from '../../charts/csv.ts';
import { describeBasis, type GainView, gainView, resultsView } from './results.ts';

/** One line per task and metric, with the gain on the line of the primary one. */
export function resultsCsv(run: RunRecord): string {
  const results = resultsView(run);
  const gain = gainView(run, 'total');
  const [architecture, sharing] = [gainView(run, 'architecture'), gainView(run, 'sharing')];
  const rows = (results?.rows ?? []).flatMap((row, i) =>
    row.metrics.map((metric): CsvValue[] => {
      const isPrimary = metric.metric === row.metric;
      const primary = isPrimary ? gain?.rows[i] : undefined;
      const part = (view: GainView | null) => (isPrimary ? view?.rows[i] : undefined);
      const [own, shared] = [part(architecture), part(sharing)];
      return [
        row.task,
        metric.metric,
        isPrimary,
        results ? describeBasis(results.basis) : '',
        metric.baseline,
        metric.twin,
        metric.model,
        primary?.difference ?? null,
        primary?.gain ?? null,
        primary?.low ?? null,
        primary?.high ?? null,
        own?.difference ?? null,
        own?.gain ?? null,
        shared?.difference ?? null,
        shared?.gain ?? null,
        shared?.low ?? null,
        shared?.high ?? null,
        (primary ?? shared)?.flag ?? null,
        row.bestStep,
        primary ? primary.perSeed.join(' ') : null,
        shared ? shared.perSeed.join(' ') : null,
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
    'twin',
    'model',
    'difference',
    'gain_percent',
    'gain_low',
    'gain_high',
    'architecture_difference',
    'architecture_percent',
    'sharing_difference',
    'sharing_percent',
    'sharing_low',
    'sharing_high',
    'flag',
    'best_step',
    'gain_per_seed',
    'sharing_per_seed',
    'positive_class',
  ];
  return toCsv(header, rows);
}
