// The result of a run in words, for screen readers: what the bars show, and how it differs from the run before.
import type { Catalog } from '../../../engine/config/catalog.ts';
import type { GainPart } from '../../../engine/protocol/gain.ts';
import { isOver, type RunRecord } from '../../../store/runRecord.ts';
import {
  formatCompact,
  formatInterval,
  formatPercent,
  formatSigned,
  plural,
  taskLabel,
} from '../../charts/format.ts';
import { metricInfo } from '../metrics.ts';
import { gainView, type PartMean, partMeans, resultsView } from './results.ts';

const NAMES: Record<GainPart, string> = { total: 'total', architecture: 'architecture', sharing: 'sharing' };

/** The part that is worth comparing: sharing where it is known, else the whole gain. */
const mainPart = (run: RunRecord): PartMean | null => {
  const parts = partMeans(run);
  return parts.find((p) => p.part === 'sharing') ?? parts[0] ?? null;
};

function partText(mean: PartMean): string {
  const interval = formatInterval(mean, 1);
  return `${NAMES[mean.part]} ${formatPercent(mean.mean, 1)}${interval && `, 95 % interval ${interval}`}`;
}

/** The run with the highest number below, of those that have a gain; the example has none. */
export function runBefore(run: RunRecord, runs: readonly RunRecord[]): RunRecord | null {
  const earlier = runs.filter(
    (r) => !r.isExample && r.number < run.number && isOver(r.status) && mainPart(r),
  );
  return earlier.reduce<RunRecord | null>((best, r) => (best && best.number > r.number ? best : r), null);
}

/** "Result of run 2: gain total −4.1 %, …; sharing by task: Task 1 −3.0 %, … In run 1, sharing was +14.0 %." */
export function spokenResult(run: RunRecord, before: RunRecord | null, catalog: Catalog | null): string {
  const results = resultsView(run);
  const main = mainPart(run);
  if (!results) return '';
  const name = run.isExample ? 'the example run' : `run ${run.number}`;
  if (!main) {
    const scores = results.rows.map((row) => {
      const { label } = metricInfo(catalog, row.metric);
      return `${taskLabel(row.task)} ${label} ${formatCompact(row.model)}`;
    });
    return `Result of ${name}: ${scores.join(', ')}.`;
  }
  const view = gainView(run, main.part);
  const tasks = (view?.rows ?? []).map((row) =>
    row.flag === null
      ? `${taskLabel(row.task)} ${formatPercent(row.gain, 1)}`
      : Number.isFinite(row.difference)
        ? `${taskLabel(row.task)} ${formatSigned(row.difference, 4)} in its metric`
        : `${taskLabel(row.task)} without a value of its metric`,
  );
  const seeds =
    view?.basis.split === 'test' ? `, ${plural(view.basis.seeds, 'seed')}` : ', validation, not tested yet';
  const then = before && mainPart(before);
  const compared =
    then && then.part === main.part
      ? ` In run ${before.number}, ${NAMES[main.part]} was ${formatPercent(then.mean, 1)}.`
      : '';
  return `Result of ${name}: gain ${partMeans(run).map(partText).join('; ')}${seeds}. By task, ${NAMES[main.part]}: ${tasks.join(', ')}.${compared}`;
}
