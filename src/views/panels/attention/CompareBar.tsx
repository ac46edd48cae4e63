// Chooses the captured snapshot, what it is compared with, and the order of the rows of a batch.
import { type ReactNode, useId } from 'react';
import { headName, placeKey, samePlace } from '../../../engine/core/attentionPlace.ts';
import { ATTENTION_BATCHES, type AttentionMap, type RowFact } from '../../../engine/protocol/attention.ts';
import type { AttentionState } from '../../../store/answers.ts';
import type { AttentionView, CompareView } from '../../../store/view.ts';
import { formatCount, plural, taskLabel } from '../../charts/format.ts';
import { snapshotLabel } from './against.ts';
import classes from './attention.module.css';
import { factKey, MAX_CLUSTERED } from './order.ts';
import { RowPicker } from './RowPicker.tsx';

const COMPARISONS: readonly { kind: CompareView['kind']; label: string }[] = [
  { kind: 'none', label: 'Nothing' },
  { kind: 'head', label: 'Another head' },
  { kind: 'step', label: 'Another step of the run' },
  { kind: 'run', label: 'Another run' },
  { kind: 'no-mask', label: 'The same without a mask' },
  { kind: 'rows', label: 'Other rows' },
];

interface SelectProps {
  label: string;
  value: string;
  title?: string;
  onChange(value: string): void;
  children: ReactNode;
}

function Select({ label, value, title, onChange, children }: SelectProps) {
  const id = useId();
  return (
    <span className={classes.field}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className={classes.control}
        value={value}
        title={title}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {children}
      </select>
    </span>
  );
}

/** A slider over the run's snapshots; the last one is the newest. */
function SnapshotSlider(props: {
  label: string;
  snapshots: readonly AttentionState[];
  index: number;
  onChange(index: number): void;
}) {
  const { label, snapshots, index, onChange } = props;
  const id = useId();
  const snapshot = snapshots[index];
  const last = snapshots.length - 1;
  const text = snapshot ? snapshotLabel(snapshot) : '';
  return (
    <span className={classes.field}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={last}
        value={index}
        aria-valuetext={text}
        title="Snapshots of this run at which attention was captured"
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      />
      <output htmlFor={id} title={text}>
        {snapshot && formatCount(snapshot.step)}
        {index === last && ', newest'}
      </output>
    </span>
  );
}

export interface CompareBarProps {
  map: AttentionMap;
  maps: readonly AttentionMap[];
  view: AttentionView;
  onView(patch: Partial<AttentionView>): void;
  snapshots: readonly AttentionState[];
  /** Positions among the snapshots: the one on screen, and the one it is compared with. */
  shown: number;
  onShown(index: number): void;
  other: number;
  onOther(index: number): void;
  runs: readonly { runId: string; label: string }[];
  otherRun: string;
  onOtherRun(runId: string): void;
  facts: readonly RowFact[];
  /** Number of rows to choose from. */
  count: number;
  /** Number of rows in the recorded batch, which may be fewer than requested. */
  recorded: number;
}

export function CompareBar(props: CompareBarProps) {
  const { map, maps, view, onView, snapshots, shown, other, runs, facts, count, recorded } = props;
  const { compare } = view;
  const heads = maps.filter((m) => m.kind === map.kind && !samePlace(m, map));
  const start = (kind: string): CompareView => {
    const [head] = heads;
    if (kind === 'head' && head) return { kind, block: head.block, head: head.head };
    if (kind === 'rows') return { kind, rows: { kind: 'rows', rows: [0] } };
    if (kind === 'step' || kind === 'run' || kind === 'no-mask') return { kind };
    return { kind: 'none' };
  };
  const isPossible = (kind: CompareView['kind']) =>
    (kind !== 'head' || heads.length > 0) &&
    (kind !== 'step' || snapshots.length > 1) &&
    (kind !== 'run' || runs.length > 0);
  const isRow = map.kind === 'row';
  return (
    <>
      {snapshots.length > 1 && (
        <SnapshotSlider label="Step" snapshots={snapshots} index={shown} onChange={props.onShown} />
      )}
      <Select
        label="Difference to"
        value={compare.kind}
        onChange={(kind) => onView({ compare: start(kind) })}
      >
        {COMPARISONS.map(({ kind, label }) => (
          <option key={kind} value={kind} disabled={!isPossible(kind)}>
            {label}
          </option>
        ))}
      </Select>
      {compare.kind === 'head' && (
        <Select
          label="Head"
          value={placeKey({ ...map, block: compare.block, head: compare.head })}
          onChange={(value) => {
            const chosen = heads.find((m) => placeKey(m) === value);
            if (chosen) onView({ compare: { kind: 'head', block: chosen.block, head: chosen.head } });
          }}
        >
          {heads.map((m) => (
            <option key={placeKey(m)} value={placeKey(m)}>
              {headName(m)}
            </option>
          ))}
        </Select>
      )}
      {compare.kind === 'step' && snapshots.length > 1 && (
        <SnapshotSlider label="minus" snapshots={snapshots} index={other} onChange={props.onOther} />
      )}
      {compare.kind === 'run' && runs.length > 0 && (
        <Select label="Run" value={props.otherRun} onChange={props.onOtherRun}>
          {runs.map(({ runId, label }) => (
            <option key={runId} value={runId}>
              {label}
            </option>
          ))}
        </Select>
      )}
      {compare.kind === 'rows' && (
        <RowPicker
          label="Rows compared with"
          rows={compare.rows}
          count={count}
          facts={facts}
          onChange={(rows) => onView({ compare: { kind: 'rows', rows } })}
        />
      )}
      {isRow && (
        <>
          <Select label="Rows by" value={view.order} onChange={(order) => onView({ order })}>
            <option value="index">position</option>
            <option
              value="cluster"
              disabled={map.queries.length > MAX_CLUSTERED}
              title={`Up to ${MAX_CLUSTERED} rows`}
            >
              what they read (clustered)
            </option>
            {facts.map((fact) => (
              <option key={factKey(fact)} value={factKey(fact)}>
                {fact.kind} {taskLabel(fact.column)}
              </option>
            ))}
          </Select>
          <Select
            label="Batch"
            value={String(view.batch)}
            title="Rows that pass the network together; fewer when the maps would be too large"
            onChange={(batch) => onView({ batch: Number(batch) })}
          >
            {ATTENTION_BATCHES.map((batch) => (
              <option key={batch} value={batch}>
                {formatCount(batch)} rows
              </option>
            ))}
          </Select>
          {recorded < view.batch && (
            <span className={classes.muted} role="status">
              {formatCount(recorded)} rows are shown: there are no more, or {plural(maps.length, 'map')} of{' '}
              {formatCount(view.batch)} rows would take more memory than a capture may.
            </span>
          )}
        </>
      )}
    </>
  );
}
