// The loss of every task in small multiples, and their sum: of the newest seed, or of all with their mean.
import { useMemo, useState } from 'react';
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
import { lossCaption, lossMultiples, partsOfSum, stepsPerPoint } from './losses.ts';
import { currentSeed } from './results.ts';
import { SeedChoice } from './SeedChoice.tsx';
import { lossesOfSeeds, SEEDS_CAPTION, seedsText, seedsWith, shownSeeds } from './seeds.ts';
import classes from './train.module.css';
import { useFailureMarks, useTaskNames } from './useRunParts.ts';

const SCALES = [
  { value: 'linear', label: 'Linear' },
  { value: 'log', label: 'Log' },
] as const;

/** @param multiples - means over epochs */
function lossTable(multiples: readonly LossMultipleData[]): TableData {
  const [first] = multiples;
  return {
    caption: 'Loss after each epoch: mean over the training rows of the epoch, and on the validation split',
    header: ['Step', ...multiples.flatMap((m) => [`${m.label} training`, `${m.label} validation`])],
    rows: (first?.validation.steps ?? []).map((step, i) => [
      formatCount(step),
      ...multiples.flatMap(({ training, validation }) =>
        [training, validation].map((curve) => formatCompact(curve.values[i] ?? Number.NaN)),
      ),
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
  const { seedStates } = run;
  const seeds = useMemo(() => seedsWith({ seedStates }, 'model'), [seedStates]);
  const shown = shownSeeds(view.seeds, run, seeds.length);
  const isNewest = shown === 'newest';
  const multiples = useMemo(() => {
    if (!isNewest) return lossesOfSeeds(names, seeds);
    return records ? lossMultiples(names, records, stepsPerEpoch, modelPoints) : [];
  }, [isNewest, seeds, names, records, stepsPerEpoch, modelPoints]);
  const marks = useFailureMarks(run);
  // A diverged loss is only readable on a logarithmic axis, so a failed run starts with one.
  const [chosen, setChosen] = useState<boolean | null>(null);
  const [asTable, setAsTable] = useState(false);
  const log = chosen ?? (view.logScale || marks.length > 0);
  const hasSteps = isNewest && (modelPoints?.steps.length ?? 0) > 0;
  const isEmpty = multiples.every((m) => m.training.values.length === 0);
  const perPoint = modelPoints ? stepsPerPoint(modelPoints) : 1;
  const faint = perPoint > 1 ? `mean of ${perPoint} steps` : 'every step';
  const solid = hasSteps
    ? `Faint: ${faint}; solid: averaged over about a quarter of an epoch.`
    : isNewest
      ? 'Solid: mean over an epoch.'
      : `Of the means over an epoch. ${SEEDS_CAPTION[shown]}`;
  return (
    <Card
      figure="loss"
      title="Loss per task"
      subtitle={[lossCaption(run), ...(seeds.length > 1 ? [seedsText(shown, seeds)] : [])].join('; ')}
      className={classes.wide}
      files={!isEmpty && { what: 'Loss per task', fileName: 'loss-per-task', csv: () => lossCsv(multiples) }}
      actions={
        <>
          <SeedChoice what="Loss per task" shown={shown} count={seeds.length} />
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
        <DataTable
          maxHeight={260}
          data={lossTable(isNewest ? lossMultiples(names, records ?? [], 1, null) : multiples)}
        />
      ) : (
        <LossMultiples multiples={multiples} log={log} marks={marks} drawEach={shown === 'each'} />
      )}
      {run.notes
        .filter(({ code }) => code === 'one-loss-rules')
        .map(({ text }) => (
          <p key={text} className={classes.caption}>
            {text}
          </p>
        ))}
      {!isEmpty && (
        <p className={classes.caption}>
          Training step. {solid} {multiples.length > 1 && 'All tasks share one axis.'} {partsOfSum(multiples)}
        </p>
      )}
    </Card>
  );
}

export const lossCard: ChartCard = {
  place: 'train',
  // Keyed by run, because the choice of the axis belongs to one run.
  Component: ({ run }: RunCardProps) => <LossCard key={run.runId} run={run} />,
  explainsFault: true,
};
