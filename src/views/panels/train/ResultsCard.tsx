// The table of results per task, with every other metric folded under its row, and as CSV.
import { Fragment, memo, useState } from 'react';
import type { Catalog } from '../../../engine/config/catalog.ts';
import type { TaskTypeId } from '../../../engine/data/table.ts';
import type { DatasetSummary } from '../../../engine/protocol.ts';
import type { RunState } from '../../../store/runState.ts';
import { type CsvValue, toCsv } from '../../charts/csv.ts';
import {
  formatCount,
  formatFixed,
  formatPercent,
  formatSigned,
  taskLabel,
  UNDEFINED,
} from '../../charts/format.ts';
import { Card, LegendItem } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { CsvButton } from '../../charts/parts/SmallButton.tsx';
import { SeedStrip } from '../../charts/SeedStrip.tsx';
import { linearTicks } from '../../charts/scale.ts';
import { metricInfo, metricName } from '../metrics.ts';
import {
  describeBasis,
  gainView,
  type MetricRow,
  type ResultRow,
  resultsView,
  runningGain,
  type TaskGainRow,
} from './results.ts';
import classes from './train.module.css';
import { showsTheSame } from './useRunParts.ts';

const TYPES = { regression: 'Regression', binary: 'Binary', multiclass: 'Multiclass' } as const;

function taskType(dataset: DatasetSummary | null, task: number): string {
  const meta = dataset?.tasks[task];
  if (!meta) return '';
  // A column named like its task says nothing new.
  const isNews = meta.description !== '' && meta.description !== `column ${meta.name}`;
  return isNews ? `${TYPES[meta.type]}, ${meta.description}` : TYPES[meta.type];
}

/** Signed so that positive is better, as everywhere else. */
function improvement(row: MetricRow, higherIsBetter: boolean | null): number {
  const difference = row.model - row.baseline;
  return higherIsBetter === false ? -difference : difference;
}

function GainCells({ gain }: { gain: TaskGainRow | undefined }) {
  if (!gain) return <td colSpan={2} />;
  const text =
    gain.flag === 'undefined-metric'
      ? UNDEFINED
      : gain.flag === 'baseline-near-zero'
        ? 'near zero'
        : formatPercent(gain.gain);
  return (
    <>
      <td
        className={classes.strong}
        title={
          gain.flag === 'baseline-near-zero' ? 'The baseline is near zero: see the difference.' : undefined
        }
      >
        {text}
      </td>
      <td>{Number.isNaN(gain.sd) ? '–' : gain.sd.toFixed(2)}</td>
    </>
  );
}

interface RowProps {
  row: ResultRow;
  task: number;
  type: TaskTypeId | undefined;
  typeText: string;
  gain: TaskGainRow | undefined;
  running: number | null;
  domain: readonly [number, number];
  hasBaseline: boolean;
  catalog: Catalog | null;
}

function TaskRow({ row, task, type, typeText, gain, running, domain, hasBaseline, catalog }: RowProps) {
  const [open, setOpen] = useState(false);
  const name = taskLabel(row.task);
  const primary = metricInfo(catalog, row.metric, type);
  const info = { ...primary, higherIsBetter: gain?.higherIsBetter ?? primary.higherIsBetter };
  const columns = hasBaseline ? 10 : 5;
  return (
    <Fragment>
      <tr>
        <th scope="row">
          <button
            type="button"
            className={classes.expand}
            aria-expanded={open}
            aria-label={`All metrics of ${name}`}
            onClick={() => setOpen(!open)}
          >
            <span aria-hidden="true">{open ? '▾' : '▸'}</span>
          </button>
          <Chip task={task} />
          {name}
        </th>
        <td className={classes.words}>{typeText}</td>
        <td className={classes.words}>{metricName(info)}</td>
        {hasBaseline && <td>{formatFixed(row.baseline, 4)}</td>}
        <td title={row.reason ?? undefined}>{formatFixed(row.model, 4)}</td>
        {hasBaseline && (
          <>
            <td>{gain ? formatSigned(gain.difference, 4) : ''}</td>
            <GainCells gain={gain} />
            <td>
              <SeedStrip perSeed={gain?.perSeed ?? []} running={running} domain={domain} />
            </td>
          </>
        )}
        <td>{row.bestStep === null || Number.isNaN(row.bestStep) ? '–' : formatCount(row.bestStep)}</td>
      </tr>
      {open && (
        <tr className={classes.detail}>
          <td colSpan={columns}>
            <table>
              <thead>
                <tr>
                  <th scope="col">Metric</th>
                  {hasBaseline && <th scope="col">Baseline</th>}
                  <th scope="col">Model</th>
                  {hasBaseline && <th scope="col">Improvement</th>}
                </tr>
              </thead>
              <tbody>
                {row.metrics.map((metric) => {
                  const each = metricInfo(catalog, metric.metric, type);
                  return (
                    <tr key={metric.metric}>
                      <th scope="row">{metricName(each)}</th>
                      {hasBaseline && <td>{formatFixed(metric.baseline, 4)}</td>}
                      <td>{formatFixed(metric.model, 4)}</td>
                      {hasBaseline && <td>{formatSigned(improvement(metric, each.higherIsBetter), 4)}</td>}
                      <td className={classes.words}>{metric.reason}</td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </td>
        </tr>
      )}
    </Fragment>
  );
}

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
  ];
  return toCsv(header, rows);
}

export const ResultsCard = memo(function ResultsCard({
  run,
  catalog,
}: {
  run: RunState;
  catalog: Catalog | null;
}) {
  const results = resultsView(run);
  if (!results) return null;
  const gain = gainView(run);
  const running = runningGain(run);
  const onTest = results.basis.split === 'test';
  const perSeed = (row: TaskGainRow | undefined) => (onTest ? (row?.perSeed ?? []) : []);
  const shown = [0, ...(gain?.rows ?? []).flatMap(perSeed), ...(running?.perTask ?? [])].filter(
    Number.isFinite,
  );
  const { domain } = linearTicks(Math.min(...shown), Math.max(...shown), 6);
  const axis = `Seeds, ${formatSigned(domain[0], 0)} to ${formatPercent(domain[1], 0)}`;
  return (
    <Card
      title="Results per task"
      subtitle={describeBasis(results.basis)}
      className={classes.wide}
      actions={
        <>
          {results.hasBaseline && (
            <>
              <LegendItem mark="dot">finished</LegendItem>
              <LegendItem mark="ring">running, validation</LegendItem>
            </>
          )}
          <CsvButton
            fileName="results-per-task.csv"
            content={() => resultsCsv(run)}
            label="Results per task as CSV"
          />
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label="Results per task, table">
        <table className={classes.results}>
          <thead>
            <tr>
              <th scope="col">Task</th>
              <th scope="col" className={classes.words}>
                Type
              </th>
              <th scope="col" className={classes.words}>
                Metric
              </th>
              {results.hasBaseline && <th scope="col">Baseline</th>}
              <th scope="col">Model</th>
              {results.hasBaseline && (
                <>
                  <th scope="col">Difference</th>
                  <th scope="col">Gain</th>
                  <th scope="col">± sd</th>
                  <th scope="col" className={classes.strip}>
                    {axis}
                  </th>
                </>
              )}
              <th scope="col">Best step</th>
            </tr>
          </thead>
          <tbody>
            {results.rows.map((row, i) => (
              <TaskRow
                key={row.task}
                row={row}
                task={i}
                type={run.dataset?.tasks[i]?.type}
                typeText={taskType(run.dataset, i)}
                gain={gain?.rows[i] && { ...gain.rows[i], perSeed: perSeed(gain.rows[i]) }}
                running={running?.perTask[i] ?? null}
                domain={domain}
                hasBaseline={results.hasBaseline}
                catalog={catalog}
              />
            ))}
          </tbody>
          {gain && results.hasBaseline && (
            <tfoot>
              <tr>
                <th scope="row" colSpan={6}>
                  Mean of {gain.rows.length - gain.leftOut} tasks
                  {gain.leftOut > 0 && ` (${gain.leftOut} left out)`}
                </th>
                <td className={classes.strong}>{formatPercent(gain.mean)}</td>
                <td className={classes.strong}>{Number.isNaN(gain.sd) ? '–' : gain.sd.toFixed(2)}</td>
                <td>
                  <SeedStrip
                    perSeed={onTest ? (run.gain?.perSeed ?? []) : []}
                    running={running?.mean ?? null}
                    domain={domain}
                  />
                </td>
                <td />
              </tr>
            </tfoot>
          )}
        </table>
      </section>
    </Card>
  );
}, showsTheSame);
