// The primary metric of every task over the epochs, on the validation split: of the newest seed, or of all with their mean.
import { memo, useMemo, useState } from 'react';
import type { Catalog } from '../../../engine/config/catalog.ts';
import type { EpochRecord } from '../../../engine/protocol/result.ts';
import { useView } from '../../../store/hooks.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import type { ChartCard, RunCardProps } from '../../cards/card.ts';
import { arrow, formatCount, formatFixed, taskLabel } from '../../charts/format.ts';
import { MetricChart, type MetricCurve } from '../../charts/MetricChart.tsx';
import { Card, EmptyState, LegendItem } from '../../charts/parts/Card.tsx';
import { DataTable, type TableData } from '../../charts/parts/DataTable.tsx';
import { TableToggle } from '../../charts/parts/SmallButton.tsx';
import { metricInfo } from '../metrics.ts';
import { metricCsv } from './curvesCsv.ts';
import { metricCurve } from './losses.ts';
import { currentSeed, gainView } from './results.ts';
import { SeedChoice } from './SeedChoice.tsx';
import { metricOfSeeds, SEEDS_CAPTION, type SeedRecords, seedsText, seedsWith, shownSeeds } from './seeds.ts';
import classes from './train.module.css';
import { showsTheSame, useFailureMarks, useTaskNames } from './useRunParts.ts';

const NONE: EpochRecord[] = [];

function metricTable(
  caption: string,
  tasks: readonly string[],
  model: MetricCurve,
  baseline: MetricCurve | null,
  baselineName: string,
): TableData {
  const byStep = new Map(baseline?.steps.map((step, i) => [step, i]));
  return {
    caption,
    header: ['Step', ...tasks.flatMap((task) => (baseline ? [task, `${task} ${baselineName}`] : [task]))],
    rows: model.steps.map((step, i) => [
      formatCount(step),
      ...tasks.flatMap((_, t) => {
        const ours = formatFixed(model.values[t]?.[i] ?? Number.NaN, 4);
        const at = byStep.get(step);
        if (!baseline) return [ours];
        return [ours, at === undefined ? '–' : formatFixed(baseline.values[t]?.[at] ?? Number.NaN, 4)];
      }),
    ]),
  };
}

const curvesOfSeeds = (name: string, tasks: number, seeds: readonly SeedRecords[]) =>
  metricOfSeeds(tasks, seeds).each.map(({ seed, ...curve }) => [`${name}, seed ${seed}`, curve] as const);

/** "explained variance ↑, AUROC ↑" */
function namesOfMetrics(run: RunRecord, records: readonly EpochRecord[], catalog: Catalog | null): string {
  const gain = gainView(run);
  const names = (records[0]?.validation ?? []).map(({ primary }, task) => {
    const info = metricInfo(catalog, primary, run.dataset?.tasks[task]);
    return `${info.label} ${arrow(gain?.rows[task]?.higherIsBetter ?? info.higherIsBetter)}`.trim();
  });
  return [...new Set(names)].join(', ');
}

const MetricCard = memo(function MetricCard({ run, catalog }: RunCardProps) {
  const [view] = useView();
  const seed = currentSeed(run);
  const names = useTaskNames(run);
  const ours = seed?.records.model ?? NONE;
  const { seedStates } = run;
  // The twin is shown if no baseline is trained.
  const isTwin = !seed?.parts.some((p) => p.role === 'baseline');
  const baselineName = isTwin ? 'twin' : 'baseline';
  const theirs = seed?.records[isTwin ? 'model:twin' : 'baseline'] ?? NONE;
  const labels = useMemo(() => names.map(taskLabel), [names]);
  const seeds = useMemo(() => seedsWith({ seedStates }, 'model'), [seedStates]);
  const shown = shownSeeds(view.seeds, run, seeds.length);
  const all = useMemo(
    () => (shown === 'newest' ? null : metricOfSeeds(labels.length, seeds)),
    [shown, labels, seeds],
  );
  const newest = useMemo(() => metricCurve(labels.length, ours), [labels, ours]);
  const model = all?.mean ?? newest;
  const baselines = useMemo(
    () => seedsWith({ seedStates }, isTwin ? 'model:twin' : 'baseline'),
    [seedStates, isTwin],
  );
  const baseline = useMemo(() => {
    if (shown !== 'newest') return baselines.length > 0 ? metricOfSeeds(labels.length, baselines).mean : null;
    return theirs.length > 0 ? metricCurve(labels.length, theirs) : null;
  }, [shown, labels, theirs, baselines]);
  const marks = useFailureMarks(run);
  const [asTable, setAsTable] = useState(false);
  if (!seed || (ours.length === 0 && !baseline)) {
    return (
      <Card figure="metric" title="Metric per task">
        <EmptyState title="No metric yet" height={245}>
          The first point follows the first epoch, measured on the validation split.
        </EmptyState>
      </Card>
    );
  }
  const metrics = namesOfMetrics(run, ours.length > 0 ? ours : theirs, catalog);
  return (
    <Card
      figure="metric"
      title="Metric per task"
      subtitle={`validation, ${shown === 'newest' ? `seed ${seed.seed}` : seedsText(shown, seeds)}`}
      files={{
        what: 'Metric per task',
        fileName: 'metric-per-task',
        csv: () =>
          metricCsv(
            names,
            shown === 'newest'
              ? new Map([['model', model], ...(baseline ? [[baselineName, baseline] as const] : [])])
              : new Map([
                  ...curvesOfSeeds('model', labels.length, seeds),
                  ...curvesOfSeeds(baselineName, labels.length, baselines),
                ]),
          ),
      }}
      actions={
        <>
          <SeedChoice what="Metric per task" shown={shown} count={seeds.length} />
          <LegendItem mark="solid">model</LegendItem>
          {baseline && <LegendItem mark="dashed">{baselineName}</LegendItem>}
          <TableToggle shown={asTable} onChange={setAsTable} what="Metric per task" />
        </>
      }
    >
      {asTable ? (
        <DataTable
          maxHeight={240}
          data={metricTable(
            `${metrics} after each epoch, validation, ${shown === 'newest' ? `seed ${seed.seed}` : seedsText(shown, seeds)}`,
            labels,
            model,
            baseline,
            baselineName,
          )}
        />
      ) : (
        <MetricChart
          tasks={labels}
          model={model}
          band={shown === 'mean' ? all?.mean : undefined}
          each={shown === 'each' ? all?.each : undefined}
          baseline={baseline}
          baselineName={baselineName}
          marks={marks}
        />
      )}
      <p className={classes.caption}>
        Training step. {metrics}. {shown !== 'newest' && `${SEEDS_CAPTION[shown]} `}
        {baseline &&
          `Dashed: ${baselineName}${shown === 'newest' ? ' of the same seed' : ', mean over its seeds'}.`}
      </p>
    </Card>
  );
}, showsTheSame);

export const metricCard: ChartCard = { place: 'train', Component: MetricCard };
