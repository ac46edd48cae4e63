// The table of results per task, with every other metric folded under its row, and as CSV.
import { memo } from 'react';
import type { DatasetSummary } from '../../../engine/protocol/data.ts';
import type { ChartCard, RunCardProps } from '../../cards/card.ts';
import { formatInterval, formatPercent, formatSigned } from '../../charts/format.ts';
import { Card, LegendItem } from '../../charts/parts/Card.tsx';
import { Term } from '../../charts/parts/Term.tsx';
import { SeedStrip } from '../../charts/SeedStrip.tsx';
import { linearTicks } from '../../charts/scale.ts';
import {
  describeBasis,
  gainPartsOf,
  gainView,
  resultsView,
  runningGain,
  type TaskGainRow,
  tasksInMeanText,
} from './results.ts';
import { resultsCsv } from './resultsCsv.ts';
import { selectionCaption } from './selection.ts';
import { TaskRow } from './TaskRow.tsx';
import classes from './train.module.css';
import { showsTheSame } from './useRunParts.ts';

const TYPES = { regression: 'Regression', binary: 'Binary', multiclass: 'Multiclass' } as const;

function taskType(dataset: DatasetSummary | null, task: number): string {
  const meta = dataset?.tasks[task];
  if (!meta) return '';
  // A description equal to the task's name adds nothing.
  const isNews = meta.description !== '' && meta.description !== `column ${meta.name}`;
  return isNews ? `${TYPES[meta.type]}, ${meta.description}` : TYPES[meta.type];
}

const ResultsCard = memo(function ResultsCard({ run, catalog }: RunCardProps) {
  const results = resultsView(run);
  if (!results) return null;
  const gain = gainView(run);
  const running = runningGain(run);
  const partViews = gainPartsOf(run)
    .filter((part) => part !== gain?.part)
    .flatMap((part) => gainView(run, part) ?? []);
  const compares = results.hasBaseline || results.hasTwin;
  const onTest = results.basis.split === 'test';
  const perSeed = (row: TaskGainRow | undefined) => (onTest ? (row?.perSeed ?? []) : []);
  const shown = [0, ...(gain?.rows ?? []).flatMap(perSeed), ...(running?.perTask ?? [])].filter(
    Number.isFinite,
  );
  const { domain } = linearTicks(Math.min(...shown), Math.max(...shown), 6);
  const axis = `Seeds, ${formatSigned(domain[0], 0)} to ${formatPercent(domain[1], 0)}`;
  return (
    <Card
      figure="results"
      title="Results per task"
      subtitle={describeBasis(results.basis)}
      className={classes.wide}
      files={{ what: 'Results per task', fileName: 'results-per-task', csv: () => resultsCsv(run) }}
      actions={
        compares && (
          <>
            <LegendItem mark="dot">finished</LegendItem>
            <LegendItem mark="ring">running, validation</LegendItem>
          </>
        )
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
              {results.hasBaseline && (
                <th scope="col">
                  <Term id="baseline">Baseline</Term>
                </th>
              )}
              {results.hasTwin && (
                <th scope="col">
                  <Term id="twin">Twin</Term>
                </th>
              )}
              <th scope="col">Model</th>
              {compares && (
                <>
                  <th scope="col">Difference</th>
                  <th scope="col">
                    {results.hasBaseline ? <Term id="gain">Gain</Term> : <Term id="transfer">Sharing</Term>}
                  </th>
                  <th scope="col">
                    <Term id="interval">95 % interval</Term>
                  </th>
                  {partViews.map(({ part }) => (
                    <th key={part} scope="col">
                      {part === 'sharing' ? (
                        <Term id="transfer">Sharing</Term>
                      ) : (
                        <Term id="architecture">Architecture</Term>
                      )}
                    </th>
                  ))}
                  <th scope="col" className={classes.strip}>
                    {axis}
                  </th>
                </>
              )}
              <th scope="col">
                <Term id="best-step">Best step</Term>
              </th>
            </tr>
          </thead>
          <tbody>
            {results.rows.map((row, i) => (
              <TaskRow
                key={row.task}
                row={row}
                task={i}
                meta={run.dataset?.tasks[i]}
                typeText={taskType(run.dataset, i)}
                gain={gain?.rows[i] && { ...gain.rows[i], perSeed: perSeed(gain.rows[i]) }}
                parts={partViews.map((view) => view.rows[i])}
                running={running?.perTask[i] ?? null}
                domain={domain}
                hasBaseline={results.hasBaseline}
                hasTwin={results.hasTwin}
                catalog={catalog}
              />
            ))}
          </tbody>
          {gain && (
            <tfoot>
              <tr>
                <th scope="row" colSpan={5 + Number(results.hasBaseline) + Number(results.hasTwin)}>
                  Mean of {tasksInMeanText(gain)}
                  {gain.tasksInMean[0] < gain.rows.length && ` of ${gain.rows.length}`}
                </th>
                <td className={classes.strong}>{formatPercent(gain.mean)}</td>
                <td className={classes.strong}>{formatInterval(gain, 1) || '–'}</td>
                {partViews.map(({ part, mean }) => (
                  <td key={part} className={classes.strong}>
                    {formatPercent(mean)}
                  </td>
                ))}
                <td>
                  <SeedStrip
                    perSeed={onTest ? gain.perSeed : []}
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
      <p className={classes.captionBelow}>{selectionCaption(run)}</p>
    </Card>
  );
}, showsTheSame);

export const resultsCard: ChartCard = { place: 'train', Component: ResultsCard };
