// The weights of the tasks over the steps of a run, and the angle of the update to each task's gradient, for methods with weights.
// Watched on request, because looking costs the run time.
import { useMemo, useState } from 'react';
import type { MethodListing } from '../../../engine/config/catalog.ts';
import type { RelationsMeasure } from '../../../engine/protocol/relations.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import { useStore } from '../../../store/store.ts';
import { useProbe } from '../../../store/useProbe.ts';
import { extent, mergeSeries } from '../../charts/curves.ts';
import { formatCompact, formatCount, formatTick, taskLabel } from '../../charts/format.ts';
import { LineFrame } from '../../charts/LineFrame.tsx';
import { Card, EmptyState } from '../../charts/parts/Card.tsx';
import { DataTable } from '../../charts/parts/DataTable.tsx';
import { Segmented } from '../../charts/parts/Segmented.tsx';
import { SmallButton, TableToggle } from '../../charts/parts/SmallButton.tsx';
import { useWidth } from '../../charts/parts/useWidth.ts';
import { linearTicks, stepTicks } from '../../charts/scale.ts';
import { taskDash, taskLine } from '../../theme/palette.ts';
import { ProbeStatus } from '../ProbeStatus.tsx';
import classes from './relations.module.css';
import { historyTable, QUANTITIES, type Quantity, risingAt, valuesAt, weightsCsv } from './weights.ts';

const HEIGHT = 190;

const OPTIONS = (Object.keys(QUANTITIES) as Quantity[]).map((value) => ({
  value,
  label: QUANTITIES[value].label,
}));

interface History {
  history: readonly RelationsMeasure[];
  names: readonly string[];
}

function Chart({ history, names, quantity }: History & { quantity: Quantity }) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const looks = useMemo(
    () =>
      history.flatMap((m) => {
        const values = valuesAt(m, quantity);
        return values ? [{ step: m.step, values: Array.from(values) }] : [];
      }),
    [history, quantity],
  );
  const rows = useMemo(
    () =>
      mergeSeries(
        names.map((_name, t) => ({
          key: `w${t}`,
          steps: looks.map((m) => m.step),
          values: looks.map((m) => m.values[t] ?? Number.NaN),
        })),
      ),
    [looks, names],
  );
  const [low, high] = extent(looks.flatMap((m) => m.values)) ?? [0, 1];
  const y = linearTicks(Math.min(0, low), quantity === 'angles' ? 1 : high, 4);
  return (
    <div ref={ref} style={{ height: HEIGHT }}>
      {width > 0 && (
        <LineFrame
          label={`${quantity === 'weights' ? `Weights of ${names.length} tasks` : `Cosines of the update to the gradients of ${names.length} tasks`} over training steps, from ${formatCompact(low)} to ${formatCompact(high)}`}
          width={width}
          height={HEIGHT}
          rows={rows}
          x={{ ...stepTicks(looks.at(-1)?.step ?? 1, width / 90), format: formatCount }}
          y={{ ...y, format: (value) => formatTick(value, (y.ticks[1] ?? 1) - (y.ticks[0] ?? 0)) }}
          yWidth={44}
          lines={names.map((name, t) => ({
            key: `w${t}`,
            name: taskLabel(name),
            stroke: taskLine(t),
            width: 1.75,
            dash: taskDash(t),
          }))}
        />
      )}
    </div>
  );
}

function Legend({ names }: { names: readonly string[] }) {
  return (
    <p className={classes.legend}>
      {names.map((name, t) => (
        <span key={name}>
          <svg width="26" height="8" aria-hidden="true">
            <path d="M1 4H25" stroke={taskLine(t)} strokeWidth="2" strokeDasharray={taskDash(t)} />
          </svg>
          {taskLabel(name)}
        </span>
      ))}
    </p>
  );
}

/** Which tasks got worse in the step of the newest look. */
function Rising({ history, names }: History) {
  const rising = risingAt(history);
  if (!rising) return null;
  const listed = rising.tasks.map((t) => taskLabel(names[t] as string)).join(', ');
  return (
    <p className={classes.note}>
      Step {formatCount(rising.step)}:{' '}
      {listed ? `the update raises the loss of ${listed}` : 'the update raises the loss of no task'}, as a
      step of plain gradient descent, to first order.
    </p>
  );
}

function whyNone(isLookedAt: boolean, method: MethodListing | undefined): string {
  if (!isLookedAt)
    return 'Press Watch: weights are taken down from then on while the model trains, and a look takes a backward pass per task.';
  return method?.makesWeights
    ? `${method.label} makes weights step by step, and none are stored with a network: they can be watched in the visit in which it trains, where steps are not replayed from a recording.`
    : 'This method makes no weights: it combines the gradients themselves, value by value.';
}

export function WeightsCard({ run }: { run: RunRecord }) {
  const { weighting } = run.experiment.training;
  const method = useStore((s) => s.catalog?.methods.find((m) => m.id === weighting));
  const [isWatched, setWatched] = useState(false);
  const [asTable, setAsTable] = useState(false);
  const [quantity, setQuantity] = useState<Quantity>('weights');
  const probe = useProbe('relations', isWatched ? { lookAhead: false } : null, { role: 'model' });
  const names = useMemo(() => run.dataset?.tasks.map((t) => t.name) ?? [], [run.dataset]);
  if (weighting === 'equal' || weighting === 'fixed' || names.length < 2) return null;
  const history = probe.answer?.history ?? [];
  const hasWeights = history.some((m) => m.weights !== null);
  return (
    <Card
      figure="shares"
      title="Weights of the tasks"
      subtitle={`${String(weighting)}, in the step before each look`}
      files={
        hasWeights && {
          what: 'Weights of the tasks',
          fileName: 'task-weights',
          csv: () => weightsCsv(history, names),
        }
      }
      actions={
        <>
          <SmallButton pressed={isWatched} onClick={() => setWatched(!isWatched)}>
            Watch
          </SmallButton>
          {hasWeights && (
            <>
              <Segmented<Quantity> label="Drawn" value={quantity} options={OPTIONS} onChange={setQuantity} />
              <TableToggle shown={asTable} onChange={setAsTable} what={QUANTITIES[quantity].caption} />
            </>
          )}
        </>
      }
    >
      <ProbeStatus probe={probe} what="Looking at the gradients" />
      {!hasWeights && (
        <EmptyState title={history.length > 0 ? 'No weights to show' : 'Not watched'} height={HEIGHT}>
          {whyNone(history.length > 0, method)}
        </EmptyState>
      )}
      {hasWeights &&
        (asTable ? (
          <DataTable data={historyTable(history, names, quantity)} maxHeight={HEIGHT} />
        ) : (
          <>
            <Legend names={names} />
            <Chart history={history} names={names} quantity={quantity} />
          </>
        ))}
      {hasWeights && (
        <>
          <Rising history={history} names={names} />
          <p className={classes.note}>
            {quantity === 'weights'
              ? 'As the method makes them: their scale is part of it.'
              : 'Cosine of the update to the gradient of each task: below 0, a step of plain gradient descent raises its loss.'}{' '}
            The Gradients view of the Tasks tab shows more.
          </p>
        </>
      )}
    </Card>
  );
}
