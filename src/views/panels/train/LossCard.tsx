// The loss of every task in small multiples, and their sum, of the newest seed.
import { useMemo, useState } from 'react';
import type { EpochRecord } from '../../../engine/protocol/result.ts';
import { useLossPoints, useView } from '../../../store/hooks.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import type { ChartCard, RunCardProps } from '../../cards/card.ts';
import { formatCompact, formatCount } from '../../charts/format.ts';
import { type LossMultipleData, LossMultiples } from '../../charts/LossMultiples.tsx';
import { Card, EmptyState, LegendItem } from '../../charts/parts/Card.tsx';
import { DataTable, type TableData } from '../../charts/parts/DataTable.tsx';
import { Segmented } from '../../charts/parts/Segmented.tsx';
import { TableToggle } from '../../charts/parts/SmallButton.tsx';
import { lossCsv } from './curvesCsv.ts';
import { lossCaption, lossMultiples, stepsPerPoint } from './losses.ts';
import { currentSeed } from './results.ts';
import classes from './train.module.css';
import { useFailureMarks, useTaskNames } from './useRunParts.ts';

const SCALES = [
  { value: 'linear', label: 'Linear' },
  { value: 'log', label: 'Log' },
] as const;

function lossTable(multiples: readonly LossMultipleData[], records: readonly EpochRecord[]): TableData {
  return {
    caption: 'Loss after each epoch: mean over the training rows of the epoch, and on the validation split',
    header: ['Step', ...multiples.flatMap((m) => [`${m.label} training`, `${m.label} validation`])],
    rows: records.map((record, i) => [
      formatCount(record.step),
      ...multiples.flatMap((m) => {
        const training =
          m.task === null
            ? record.trainLosses.reduce((a, b) => a + b, 0)
            : (record.trainLosses[m.task] ?? Number.NaN);
        return [formatCompact(training), formatCompact(m.validation.values[i] ?? Number.NaN)];
      }),
    ]),
  };
}

function LossCard({ run }: { run: RunRecord }) {
  const modelPoints = useLossPoints('model');
  const [view, setView] = useView();
  const seed = currentSeed(run);
  const names = useTaskNames(run);
  const stepsPerEpoch = seed?.stepsPerEpoch ?? 1;
  const records = seed?.records.model;
  const multiples = useMemo(
    () => (records ? lossMultiples(names, records, stepsPerEpoch, modelPoints) : []),
    [names, records, stepsPerEpoch, modelPoints],
  );
  const marks = useFailureMarks(run);
  // A loss that ran away is only readable on a logarithmic axis, so a failed run starts with one.
  const [chosen, setChosen] = useState<boolean | null>(null);
  const [asTable, setAsTable] = useState(false);
  const log = chosen ?? (view.logScale || marks.length > 0);
  const hasSteps = (modelPoints?.steps.length ?? 0) > 0;
  const isEmpty = multiples.every((m) => m.training.values.length === 0);
  const perPoint = modelPoints ? stepsPerPoint(modelPoints) : 1;
  const faint = perPoint > 1 ? `mean of ${perPoint} steps` : 'every step';
  const solid = hasSteps
    ? `Faint: ${faint}; solid: averaged over about a quarter of an epoch.`
    : 'Solid: mean over an epoch.';
  return (
    <Card
      title="Loss per task"
      subtitle={lossCaption(run)}
      className={classes.wide}
      files={!isEmpty && { what: 'Loss per task', fileName: 'loss-per-task', csv: () => lossCsv(multiples) }}
      actions={
        <>
          <LegendItem mark="solid">training</LegendItem>
          <LegendItem mark="dashed">validation</LegendItem>
          <Segmented
            label="Loss axis"
            value={log ? 'log' : 'linear'}
            options={SCALES}
            onChange={(scale) => {
              setChosen(scale === 'log');
              setView({ logScale: scale === 'log' });
            }}
          />
          <TableToggle shown={asTable} onChange={setAsTable} what="Loss per task" />
        </>
      }
    >
      {isEmpty ? (
        <EmptyState title="No loss yet" height={180}>
          Losses show from the first steps on.
        </EmptyState>
      ) : asTable ? (
        <DataTable maxHeight={260} data={lossTable(multiples, records ?? [])} />
      ) : (
        <LossMultiples multiples={multiples} log={log} marks={marks} />
      )}
      {!isEmpty && (
        <p className={classes.caption}>
          Training step. {solid} {multiples.length > 1 && 'All tasks share one axis.'}
        </p>
      )}
    </Card>
  );
}

export const lossCard: ChartCard = {
  place: 'train',
  // What was chosen on its axis is of one run.
  Component: ({ run }: RunCardProps) => <LossCard key={run.runId} run={run} />,
  explainsFault: true,
};
