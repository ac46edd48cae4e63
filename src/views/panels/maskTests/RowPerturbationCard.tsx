// Changes one value of one row in a batch by hand: which predictions of the batch change, in evaluation mode and with the batch
// statistics that batch norm uses in training?
import { useId, useMemo, useState } from 'react';
import type { Role } from '../../../engine/core/roles.ts';
import { ATTENTION_ROWS } from '../../../engine/protocol/attention.ts';
import type { BatchMode, RowPerturbationReport } from '../../../engine/protocol/rowPerturbation.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { useProbe } from '../../../store/useProbe.ts';
import {
  formatCompact,
  formatFixed,
  formatSigned,
  plural,
  shortTaskLabel,
  taskLabel,
} from '../../charts/format.ts';
import { divergingScale } from '../../charts/heatmap/colorScale.ts';
import { HeatmapCard } from '../../charts/heatmap/HeatmapCard.tsx';
import type { HeatmapMark } from '../../charts/heatmap/mark.ts';
import { Segmented } from '../../charts/parts/Segmented.tsx';
import { largestChange } from '../attention/against.ts';
import { ProbeStatus } from '../ProbeStatus.tsx';
import classes from './maskTests.module.css';
import { type Moved, movedBy, movedCsv } from './moved.ts';

const MODES = [
  {
    value: 'evaluation',
    label: 'Evaluation',
    title: 'As predictions are made: batch norm uses its running statistics',
  },
  {
    value: 'batch-statistics',
    label: 'Batch statistics',
    title: 'As in training, dropout off: batch norm uses mean and variance of the rows of this batch',
  },
] as const satisfies readonly { value: BatchMode; label: string; title: string }[];
/** Milliseconds without a slider movement before the engine is asked. */
const ASK_MS = 120;
const REACH = 3;
const CELL = { smallest: 11, largest: 20 };

/** @param change - "x1 −0.93 sd → 2.00 sd" */
function movesMap(
  { tasks, rows, request }: RowPerturbationReport,
  changes: Float32Array,
  mode: BatchMode,
  change: string,
): HeatmapMark {
  // The changed row changes most; the other rows are of interest, so they set the scale.
  const others = changes.map((value, at) => (at % rows === request.row ? 0 : value));
  const limit = largestChange(others);
  const labels = Array.from({ length: rows }, (_, row) => String(row));
  return {
    label: `Change of the outputs of every row when a value of row ${request.row} is changed. Rows are outputs, columns are rows of the batch.`,
    caption: `Change of the outputs of every row of the batch when row ${request.row} is changed: ${change}. ${MODES.find((m) => m.value === mode)?.label}.`,
    rows: {
      title: 'task',
      id: 'task',
      labels: tasks.map((task) => shortTaskLabel(task.name)),
      names: tasks.map((task) => task.name),
      groups: [{ name: '', size: tasks.length }],
    },
    columns: {
      title: 'row of the batch',
      id: 'row',
      labels,
      groups: [{ name: '', size: rows }],
      strong: labels.map((_, row) => row === request.row),
    },
    values: changes,
    colored: others,
    scale: divergingScale(limit, 'change of the other rows'),
    legendText: limit > 0 ? undefined : 'no change to colour',
    show: (value) => formatSigned(value, 5),
    explain: ({ row, column }) => ({
      title: `${taskLabel(tasks[row]?.name ?? '')}, row ${column}${column === request.row ? ' (the changed row)' : ''}`,
      pairs: [
        {
          label: 'Change of the output',
          value: formatSigned(changes[row * rows + column] ?? Number.NaN, 5),
        },
      ],
    }),
  };
}

function movedText({ tasks, rows }: RowPerturbationReport, { otherRows, largest }: Moved): string {
  if (!largest) return 'No other row moved: every change is exactly 0.';
  return `${plural(otherRows, 'other row')} of ${rows - 1} moved, most ${taskLabel(tasks[largest.task]?.name ?? '')} of row ${largest.row}, by ${formatSigned(largest.change, 4)}.`;
}

export interface RowPerturbationCardProps {
  run: RunRecord;
  role: Role | null;
  /** Why its networks cannot be probed; null if they can. */
  gone: string | null;
}

/** What was chosen belongs to one run. */
export const RowPerturbationCard = (props: RowPerturbationCardProps) => (
  <RowPerturbation key={props.run.runId} {...props} />
);

function RowPerturbation({ run, role, gone }: RowPerturbationCardProps) {
  const ids = [useId(), useId(), useId()];
  const [row, setRow] = useState(0);
  const [featureAt, setFeature] = useState(0);
  const [wanted, setWanted] = useState<number | null>(null);
  const [mode, setMode] = useState<BatchMode>('evaluation');
  const features = run.dataset?.features ?? [];
  const feature = features[Math.min(featureAt, features.length - 1)];
  const at = feature ? features.indexOf(feature) : 0;
  const value = wanted ?? (feature?.kind === 'categorical' ? 0 : 2);
  const canAsk = gone === null && run.dataset !== null && run.status !== 'preparing';
  const probe = useProbe('row-perturbation', canAsk ? { row, feature: at, value } : null, {
    role,
    delayMs: ASK_MS,
    again: run.status,
  });
  const { answer } = probe;
  const asked = answer?.report ?? null;
  // The answer to an earlier question does not apply to this one.
  const report = asked?.request.row === row && asked.request.feature === at ? asked : null;
  const rows = Math.min(ATTENTION_ROWS, run.dataset?.split.validation ?? ATTENTION_ROWS);
  const shown = (v: number) =>
    feature?.kind === 'categorical' ? (feature.categories?.[v] ?? String(v)) : `${formatFixed(v, 2)} sd`;
  const change =
    report && feature && report.from !== report.request.value
      ? `${feature.name} ${shown(report.from)} → ${shown(report.request.value)}`
      : null;
  const moved = useMemo(() => (report ? movedBy(report, mode) : null), [report, mode]);
  const maps = useMemo(
    () => (report && moved && change !== null ? [movesMap(report, moved.changes, mode, change)] : []),
    [report, moved, mode, change],
  );
  const controls = (
    <>
      {!canAsk || !feature ? (
        <p className={classes.muted}>
          {gone ?? 'Run this experiment first: then a value can be changed on the live model.'}
        </p>
      ) : (
        <>
          <div className={classes.change}>
            <label htmlFor={ids[0]}>Row</label>
            <input
              id={ids[0]}
              type="number"
              min={0}
              max={rows - 1}
              value={row}
              onChange={(event) => {
                const next = Math.round(Number(event.currentTarget.value));
                setRow(Math.min(rows - 1, Math.max(0, next)));
              }}
            />
            <label htmlFor={ids[1]}>Feature</label>
            <select
              id={ids[1]}
              value={at}
              onChange={(event) => {
                setFeature(Number(event.currentTarget.value));
                setWanted(null);
              }}
            >
              {features.map((f, i) => (
                <option key={f.name} value={i}>
                  {f.name}
                </option>
              ))}
            </select>
            <label htmlFor={ids[2]}>New value</label>
            {feature.kind === 'categorical' ? (
              <select
                id={ids[2]}
                value={value}
                onChange={(event) => setWanted(Number(event.currentTarget.value))}
              >
                {Array.from({ length: feature.cardinality }, (_, code) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a code is its position
                  <option key={code} value={code}>
                    {feature.categories?.[code] ?? code}
                  </option>
                ))}
              </select>
            ) : (
              <input
                id={ids[2]}
                type="range"
                min={-REACH}
                max={REACH}
                step={0.1}
                value={value}
                aria-valuetext={`${formatFixed(value, 1)} standard deviations from the mean of the training rows`}
                onChange={(event) => setWanted(Number(event.currentTarget.value))}
              />
            )}
            <output>
              {report && `${shown(report.from)} → `}
              {shown(value)}
            </output>
            <Segmented<BatchMode>
              label="How the batch passes"
              value={mode}
              options={MODES}
              onChange={setMode}
            />
          </div>
          <ProbeStatus probe={probe} what="Predicting the batch" />
          {answer?.issue && (
            <p role="alert" className={classes.muted}>
              Expected {answer.issue.expected}, got {answer.issue.got}. {answer.issue.remedy}
            </p>
          )}
          {answer && !answer.issue && !asked && (
            <p className={classes.muted}>Trees predict each row by itself: no other row can move.</p>
          )}
          {report && report.from === report.request.value && (
            <p role="status" className={classes.told}>
              Row {row} has this value already: nothing was changed. Choose another.
            </p>
          )}
          {report && moved && change !== null && (
            <p role="status" className={classes.told}>
              {movedText(report, moved)}
            </p>
          )}
        </>
      )}
    </>
  );
  return (
    <HeatmapCard
      figure="changed-row"
      title="Change a value of another row"
      subtitle="attention between rows and batch statistics let rows meet"
      what="Changes of the outputs"
      fileName="changed-row"
      caption="Change of the output of every task and row of the batch"
      maps={maps}
      cell={CELL}
      {...(report ? { csv: () => movedCsv(report, mode) } : {})}
      lead={controls}
    >
      {report && change !== null && (
        <>
          {report.companions && (
            <p className={classes.told}>
              Other companions: over {report.companions[mode].batches} batches of random rows the output of
              row 0 varies by{' '}
              {report.tasks
                .map(
                  ({ name }, t) =>
                    `${formatCompact(report.companions?.[mode].spread[t] ?? Number.NaN)} (${taskLabel(name)})`,
                )
                .join(', ')}
              , standard deviation.
            </p>
          )}
          <p className={classes.muted}>
            Outputs (standardised value or logit) of the first {report.rows} validation rows, seed{' '}
            {answer?.seed}, epoch {answer?.epoch}. Dropout is off and running statistics are not touched.
          </p>
        </>
      )}
    </HeatmapCard>
  );
}
