// The gain over the single-task baseline: headline, bars, and a caption that names baseline, metric, direction and split.

import { memo, useState } from 'react';
import type { Catalog } from '../../../engine/config/catalog.ts';
import type { Role } from '../../../engine/core/roles.ts';
import type { TaskMeta } from '../../../engine/data/table.ts';
import type { GainPart } from '../../../engine/protocol/gain.ts';
import {
  DIFFERENCE_TEXT,
  differencesRemark,
  differencesTitle,
  isDifference,
} from '../../../engine/protocol/gainText.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import type { ChartCard, RunCardProps } from '../../cards/card.ts';
import {
  arrow,
  formatInterval,
  formatPercent,
  formatSigned,
  inSentence,
  listNames,
  plural,
  taskLabel,
  UNDEFINED,
} from '../../charts/format.ts';
import { GainBars } from '../../charts/GainBars.tsx';
import { Card, EmptyState, LegendItem } from '../../charts/parts/Card.tsx';
import { metricInfo } from '../metrics.ts';
import { gainCsv } from './curvesCsv.ts';
import { GainPartTiles } from './GainPartTiles.tsx';
import {
  currentSeed,
  type GainView,
  gainView,
  partMeans,
  type TaskGainRow,
  tasksInMeanText,
} from './results.ts';
import classes from './train.module.css';
import { showsTheSame } from './useRunParts.ts';

const TITLES: Record<GainView['reference'], string> = {
  baseline: 'Gain over single-task baseline',
  twin: 'Sharing: gain over the single-task twin',
};

/** The percentage, or the absolute difference if the percentage is meaningless, or "undefined". */
function barValue(row: TaskGainRow): string {
  if (row.flag === 'undefined-metric') return UNDEFINED;
  if (row.flag !== null) return formatSigned(row.difference, 4);
  return formatPercent(row.gain);
}

function barNote(row: TaskGainRow): string | null {
  if (row.flag === 'undefined-metric') return row.reason ?? 'metric undefined';
  if (row.flag !== null) return DIFFERENCE_TEXT;
  return null;
}

/** "explained variance ↑ (Task 1 and Task 2), AUROC ↑ (Task 5)" */
export function metricsCaption(
  rows: readonly TaskGainRow[],
  catalog: Catalog | null,
  tasks: readonly TaskMeta[] | undefined,
): string {
  const groups = new Map<string, string[]>();
  rows.forEach((row, i) => {
    const name = `${inSentence(metricInfo(catalog, row.metric, tasks?.[i]).label)} ${arrow(row.higherIsBetter)}`;
    groups.set(name, [...(groups.get(name) ?? []), taskLabel(row.task)]);
  });
  if (groups.size === 1) return [...groups.keys()].join('');
  return [...groups].map(([name, members]) => `${name} (${listNames(members)})`).join(', ');
}

function basisCaption(view: GainView): string {
  if (view.basis.split === 'test') return 'Test split.';
  return `Validation, each network at its best epochs of ${view.basis.epoch}, seed ${view.basis.seed}; the test split follows when the seed has finished.`;
}

function spreadCaption(view: GainView): string {
  const tasks = tasksInMeanText(view);
  const than = view.reference === 'twin' ? 'its twin' : 'separate networks';
  const better = Number.isFinite(view.mean) ? `${view.mean < 0 ? 'worse' : 'better'} than ${than}, ` : '';
  if (view.basis.split === 'validation')
    return `${better}mean of ${tasks}, validation, best epochs of ${view.basis.epoch}, seed ${view.basis.seed}`;
  if (view.basis.seeds === 1) return `${better}mean of ${tasks}, one seed, no interval`;
  const interval = formatInterval(view, 2);
  return `${better}${interval && `95\u00a0% interval ${interval}, `}mean of ${tasks} over ${plural(view.basis.seeds, 'seed')}`;
}

/** "Task 4 (1 of 2 seeds)", where a task has no percentage in some of the seeds. */
function leftOutName({ task, leftOutSeeds, perSeed }: TaskGainRow): string {
  const isPart = leftOutSeeds < perSeed.length;
  return `${taskLabel(task)}${isPart ? ` (${leftOutSeeds} of ${plural(perSeed.length, 'seed')})` : ''}`;
}

/** Height of the card's content with its bars, reserved so that nothing moves when they appear. */
const contentHeight = (tasks: number): number => 121 + 26 * tasks;

function EmptyGain({ run }: { run: RunRecord }) {
  const tasks = run.dataset?.tasks.length;
  const height = contentHeight(tasks ?? 3);
  const hasTwin = run.experiment.training.twin === 'only' || run.experiment.training.twin === 'both';
  if (run.experiment.baseline === null && !hasTwin) {
    return (
      <EmptyState title="No gain in this run" height={height}>
        This run has no baseline and no twin. Choose one under Training and run again to see the gain.
      </EmptyState>
    );
  }
  const all = tasks === undefined ? 'all tasks' : tasks === 1 ? 'its task' : `all ${tasks} tasks`;
  return (
    <EmptyState title="No gain to show yet" height={height}>
      Gain needs one finished seed of {all}. While a seed runs, its validation gain shows here after the first
      epoch.
    </EmptyState>
  );
}

/** "MT-MLP, trained on each task alone, against ST-MLP" and the like. */
function partCaption(
  part: GainPart,
  { model, baseline }: { model: string; baseline: string },
  { isSplit, shares }: { isSplit: boolean; shares: boolean },
): string {
  switch (part) {
    case 'total':
      if (isSplit) return `Total: ${model} against separate ${baseline}s.`;
      return !shares
        ? `Gain over ${baseline}: no tasks share this network, so that all of it is the architecture.`
        : `Gain over separate ${baseline}s: architecture and sharing together. A single-task twin (under Training) takes them apart.`;
    case 'architecture':
      return `Architecture: ${model} trained on each task alone (its twin) against ${baseline}.`;
    case 'sharing':
      return `Sharing, the transfer between tasks: ${model} against the same network trained on each task alone (its twin).`;
    default:
      return part satisfies never;
  }
}

const GainCard = memo(function GainCard({ run, catalog }: RunCardProps) {
  const [chosen, choose] = useState<GainPart | null>(null);
  const means = partMeans(run);
  const known = means.map((m) => m.part);
  const view = gainView(run, chosen && known.includes(chosen) ? chosen : undefined);
  if (!view) {
    return (
      <Card figure="gain" title={TITLES.baseline}>
        <EmptyGain run={run} />
      </Card>
    );
  }
  const differences = view.rows.filter((row) => isDifference(row.flag));
  const leftOut = view.rows.filter((row) => row.flag !== null);
  const parts = currentSeed(run)?.parts ?? [];
  const labelOf = (role: Role, otherwise: string) => parts.find((p) => p.role === role)?.label ?? otherwise;
  const labels = { model: labelOf('model', 'model'), baseline: labelOf('baseline', 'single-task baseline') };
  const several = view.basis.split === 'test' && view.basis.seeds > 1;
  const { id } = run.experiment.model;
  const shares = view.rows.length > 1 && catalog?.models.find((m) => m.id === id)?.singleTask !== true;
  return (
    <Card
      figure="gain"
      title={TITLES[view.reference]}
      actions={several && <LegendItem mark="ring">one seed</LegendItem>}
      files={{ what: TITLES[view.reference], fileName: `gain-${view.part}`, csv: () => gainCsv(view) }}
    >
      <p className={classes.headline}>
        <strong>{formatPercent(view.mean)}</strong>
        <span>{spreadCaption(view)}</span>
      </p>
      {means.length > 1 && <GainPartTiles parts={means} shown={view.part} onChange={choose} />}
      {differences.length > 0 && (
        <p className={classes.pillRow}>
          <span className={classes.warnPill}>
            {differencesTitle(view.reference)} {listNames(differences.map(leftOutName))}
          </span>
          {differencesRemark(differences.every((row) => Number.isNaN(row.gain)))}
        </p>
      )}
      <GainBars
        mean={view.mean}
        bars={view.rows.map((row) => ({
          label: taskLabel(row.task),
          gain: row.flag === null ? row.gain : Number.NaN,
          perSeed: several && row.flag === null ? row.perSeed : [],
          value: barValue(row),
          note: barNote(row),
        }))}
      />
      <p className={classes.caption}>
        {partCaption(view.part, labels, { isSplit: means.length > 1, shares })} Same data, split and{' '}
        {several ? 'seeds' : 'seed'}. Percent of {view.reference === 'twin' ? 'the twin' : 'the baseline'}.
        Metric: {metricsCaption(view.rows, catalog, run.dataset?.tasks)}. {basisCaption(view)}
        {leftOut.length > 0 && ` Left out of the mean: ${listNames(leftOut.map(leftOutName))}.`}
      </p>
    </Card>
  );
}, showsTheSame);

export const gainCard: ChartCard = { place: 'train', Component: GainCard };
