// Every network of the run beside the others: mean gain as bars, and scores per task with the best in bold. Fills up as
// networks are tested.
import { memo } from 'react';
import type { Catalog } from '../../../engine/config/catalog.ts';
import type { Estimate } from '../../../engine/core/interval.ts';
import { distinctLabels } from '../../../engine/core/roles.ts';
import type { ComparedModel } from '../../../engine/protocol/result.ts';
import { useLive } from '../../../store/hooks.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import type { ChartCard, RunCardProps } from '../../cards/card.ts';
import {
  arrow,
  formatCount,
  formatFixed,
  formatPercent,
  formatSigned,
  inSentence,
  plural,
  taskLabel,
} from '../../charts/format.ts';
import { GainBars } from '../../charts/GainBars.tsx';
import { Card, LegendItem } from '../../charts/parts/Card.tsx';
import { Chip } from '../../charts/parts/Chip.tsx';
import { DataTable } from '../../charts/parts/DataTable.tsx';
import { Name } from '../../charts/parts/Name.tsx';
import { Term } from '../../charts/parts/Term.tsx';
import { metricInfo } from '../metrics.ts';
import {
  type ComparisonCell,
  comparisonCsv,
  comparisonRows,
  gainCells,
  pairRows,
  pairsCsv,
  partCells,
  queueOf,
  rateText,
  trialText,
} from './comparison.ts';
import classes from './train.module.css';
import { showsTheSame } from './useRunParts.ts';

const orDash = (value: number, text: (value: number) => string): string =>
  Number.isNaN(value) ? '–' : text(value);

/** The best value is bold, with a text for screen readers. */
function Value({ cell, text }: { cell: ComparisonCell; text: string }) {
  const half = (cell.high - cell.low) / 2;
  const spread = Number.isNaN(half) ? '' : ` ±${formatFixed(half, half < 0.1 ? 3 : 2)}`;
  return cell.isBest ? (
    <strong className={classes.strong}>
      {text}
      {spread}
      <span className="visually-hidden"> (best)</span>
    </strong>
  ) : (
    <>
      {text}
      {spread}
    </>
  );
}

/** The training settings of a network that are its own; after a rate search, the score of every rate. */
function TrainedWithCell({ trainedWith }: Pick<ComparedModel, 'trainedWith'>) {
  if (!trainedWith) return <>–</>;
  return (
    <>
      {trainedWith.initialValues}, {rateText(trainedWith.learningRate)}
      {trainedWith.rates.map((trial) => (
        <span key={trial.learningRate} className={classes.trial}>
          {trialText(trial, trainedWith)}
        </span>
      ))}
    </>
  );
}

function Table({
  models,
  run,
  catalog,
}: {
  models: readonly ComparedModel[];
  run: RunRecord;
  catalog: Catalog | null;
}) {
  const rows = comparisonRows(models);
  const means = [
    { label: 'Mean gain', cells: gainCells(models) },
    { label: 'Architecture', cells: partCells(models, 'architecture') },
    { label: 'Sharing', cells: partCells(models, 'sharing') },
  ].filter(({ cells }) => cells.some((cell) => !Number.isNaN(cell.mean)));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={classes.scroll} tabIndex={0} aria-label="Networks compared, table">
      <table className={classes.results}>
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col" className={classes.words}>
              Metric
            </th>
            {distinctLabels(models).map((label) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, task) => {
            const info = metricInfo(catalog, row.metric, run.dataset?.tasks[task]);
            return (
              <tr key={row.task}>
                <th scope="row">
                  <span className={classes.taskName}>
                    <Chip task={task} />
                    <Name>{taskLabel(row.task)}</Name>
                  </span>
                </th>
                <td className={classes.words}>
                  <Term id={info.id}>{`${inSentence(info.label)} ${arrow(row.higherIsBetter)}`}</Term>
                </td>
                {row.cells.map((cell, m) => (
                  <td key={models[m]?.role}>
                    <Value cell={cell} text={orDash(cell.mean, (v) => formatFixed(v, 3))} />
                    {cell.beside && <span className={classes.beside}> {cell.beside}</span>}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
        <tfoot>
          {means.map(({ label, cells }) => (
            <tr key={label}>
              <th scope="row" colSpan={2}>
                {label}
              </th>
              {cells.map((cell, m) => (
                <td key={models[m]?.role}>
                  <Value cell={cell} text={orDash(cell.mean, (v) => formatPercent(v))} />
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row" colSpan={2}>
              Parameters, training time
            </th>
            {models.map((m) => (
              <td key={m.role}>
                {formatCount(m.parameters)}, {formatFixed(m.trainSeconds, 1)} s
              </td>
            ))}
          </tr>
          <tr>
            <th scope="row" colSpan={2}>
              Initial values, learning rate
            </th>
            {models.map((m) => (
              <td key={m.role}>
                <TrainedWithCell trainedWith={m.trainedWith} />
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

/** Differences between networks on the same seeds. */
function Pairs({ models }: { models: readonly ComparedModel[] }) {
  const rows = pairRows(models);
  if (rows.length === 0) return null;
  const cell = ({ mean, low, high }: Estimate, text: (value: number) => string) =>
    `${orDash(mean, text)}${Number.isNaN(low) ? '' : ` [${text(low)}, ${text(high)}]`}`;
  return (
    <div className={classes.pairs}>
      <p>
        <strong>Seed by seed</strong>
      </p>
      <DataTable
        maxHeight={260}
        data={{
          caption: 'Differences paired by seed, with their 95 % intervals; positive: the first is better.',
          header: [
            'Networks',
            'Mean gain, points',
            ...(models[0]?.perTask ?? []).map((t) => taskLabel(t.task)),
          ],
          rows: rows.map(({ label, gain, perTask }) => [
            label,
            gain ? cell(gain, (v) => formatSigned(v, 1)) : '–',
            ...perTask.map((difference) => cell(difference, (v) => formatSigned(v, 3))),
          ]),
        }}
      />
    </div>
  );
}

/** Every network of the current seed, and its progress. */
function Queue({ run }: { run: RunRecord }) {
  const progress = useLive(run.runId)?.progress ?? null;
  return (
    <ul className={classes.queue}>
      {queueOf(run, progress).map(({ label, state, done, text }) => (
        <li key={label} data-state={state}>
          <strong>{label}</strong>
          <span>{text}</span>
          <span className={classes.queueTrack} aria-hidden="true">
            <span style={{ width: `${100 * done}%` }} />
          </span>
        </li>
      ))}
    </ul>
  );
}

const ComparisonCard = memo(function ComparisonCard({ run, catalog }: RunCardProps) {
  const models = run.comparison;
  // A model and its twin are compared in the gain card.
  const isSearched = models.some((m) => (m.trainedWith?.rates.length ?? 0) > 0);
  if (run.experiment.compare.length === 0 && !isSearched) return null;
  const isActive = run.status === 'running' || run.status === 'paused';
  const labels = distinctLabels(models);
  const several = run.seeds.length > 1;
  const shown = models.some((m) => m.gain) ? 'gain' : 'sharing';
  const bars = models.flatMap(({ gain, decomposition }, m) => {
    const figure = shown === 'gain' ? gain : (decomposition?.mean.sharing ?? null);
    if (!figure) return [];
    return [
      {
        label: labels[m] ?? '',
        gain: figure.mean,
        perSeed: several ? figure.perSeed : [],
        value: orDash(figure.mean, (v) => formatPercent(v)),
        note: Number.isNaN(figure.mean) ? 'no task with a gain' : null,
        fill: 'var(--control-border)',
      },
    ];
  });
  return (
    <Card
      figure="compared"
      title="Networks compared"
      subtitle={isActive ? 'in turn, same batches' : `test split, ${plural(run.seeds.length, 'seed')}`}
      className={classes.wide}
      actions={several && <LegendItem mark="ring">one seed</LegendItem>}
      files={
        models.length > 0 && {
          what: 'Networks compared',
          fileName: 'networks-compared',
          csv: () => comparisonCsv(models, run.dataset?.tasks),
          more:
            pairRows(models).length > 0
              ? [
                  {
                    label: 'CSV, seed by seed',
                    fileName: 'networks-paired.csv',
                    type: 'text/csv;charset=utf-8',
                    content: () => pairsCsv(models, run.dataset?.tasks),
                  },
                ]
              : [],
        }
      }
    >
      {isActive && <Queue run={run} />}
      {bars.length > 0 && <GainBars of="network" bars={bars} mean={Number.NaN} />}
      {models.length > 0 && <Table models={models} run={run} catalog={catalog} />}
      <p className={classes.captionBelow}>
        Same data, split, seeds and training settings; gain is the mean over tasks against the baseline.{' '}
        {models.some((m) => m.decomposition) &&
          'Architecture: the twin (each task alone) against the baseline; sharing: the model against its twin. '}
        {several
          ? '± is half the 95 % interval of the mean. Bold: better than every other network, seed by seed (the 95 % intervals of the differences exclude 0).'
          : 'One seed, no interval: nothing is marked best.'}
      </p>
      {several && <Pairs models={models} />}
    </Card>
  );
}, showsTheSame);

export const comparisonCard: ChartCard = { place: 'train', Component: ComparisonCard };
