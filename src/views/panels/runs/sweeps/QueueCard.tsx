// The queue of sweeps: progress, time left, and controls.
import { useMemo } from 'react';
import type { Catalog } from '../../../../engine/config/catalog.ts';
import { waitsForOwnRun } from '../../../../store/engines.ts';
import type { RunEntry } from '../../../../store/runEntry.ts';
import { useStore } from '../../../../store/store.ts';
import {
  countsOf,
  expanded,
  type KnownRuns,
  knownRuns,
  type SweepCounts,
  type SweepItem,
} from '../../../../store/sweeps/sweepItem.ts';
import { formatCount, plural } from '../../../charts/format.ts';
import { Card } from '../../../charts/parts/Card.tsx';
import { SmallButton } from '../../../charts/parts/SmallButton.tsx';
import { formatDuration } from '../../../shell/durations.ts';
import { secondsOfItem } from './plan.ts';
import classes from './sweeps.module.css';

export interface QueueCardProps {
  /** The sweep whose results are shown. */
  shown: string | null;
  onShow(id: string): void;
}

const NO_RUNS: readonly RunEntry[] = [];

export function QueueCard({ shown, onShow }: QueueCardProps) {
  const sweeps = useStore((s) => s.sweeps);
  const runs = useStore((s) => s.runs);
  const kept = useStore((s) => s.kept) ?? NO_RUNS;
  const catalog = useStore((s) => s.catalog);
  const driver = useStore((s) => s.sweepDriver);
  const isWaiting = useStore(waitsForOwnRun);
  const note = useStore((s) => s.sweepNote);
  const { dismissSweepNote } = useStore.getState();
  const known = useMemo(() => knownRuns(runs, kept), [runs, kept]);
  if (!catalog || (sweeps.length === 0 && note === null)) return null;
  return (
    <Card title="Queue" subtitle={plural(sweeps.length, 'sweep')} actions={<Jobs />}>
      {note !== null && (
        <p role="status" className={classes.note}>
          {note} <SmallButton onClick={dismissSweepNote}>Dismiss</SmallButton>
        </p>
      )}
      {driver === 'elsewhere' && (
        <p role="status" className={classes.note}>
          Another tab of the workbench trains the queue; this one goes on when that is closed.
        </p>
      )}
      {isWaiting && (
        <p role="status" className={classes.note}>
          The queue waits for your own run, which has the engine, and goes on when that has ended or been
          stopped.
        </p>
      )}
      <ol className={classes.queue}>
        {sweeps.map((item, at) => (
          <Item
            key={item.id}
            item={item}
            at={at}
            last={sweeps.length - 1}
            catalog={catalog}
            kept={kept}
            known={known}
            isShown={item.id === shown}
            onShow={() => onShow(item.id)}
          />
        ))}
      </ol>
    </Card>
  );
}

/** Shown only if several runs can train at a time. */
function Jobs() {
  const jobs = useStore((s) => s.sweepJobs);
  const isGpu = useStore((s) => s.engines[0]?.backend?.active === 'webgpu');
  const most = useStore((s) => s.sweepLimit);
  const { setSweepJobs } = useStore.getState();
  if (isGpu || most < 2) return null;
  return (
    <label className={classes.jobs}>
      Runs at a time
      <select value={jobs} onChange={(event) => setSweepJobs(Number(event.currentTarget.value))}>
        {Array.from({ length: most }, (_, i) => i + 1).map((count) => (
          <option key={count} value={count}>
            {count}
          </option>
        ))}
      </select>
    </label>
  );
}

function said(item: SweepItem, counts: SweepCounts, seconds: number | null): string {
  const bad = [
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...(counts.stopped > 0 ? [`${counts.stopped} stopped`] : []),
  ];
  const done = `${formatCount(counts.finished)} of ${plural(counts.total, 'run')}`;
  const open = counts.waiting + counts.running;
  const state =
    item.state === 'cancelled'
      ? ['cancelled']
      : open === 0
        ? ['done']
        : item.state === 'paused'
          ? ['paused']
          : seconds === null
            ? []
            : [`about ${formatDuration(Math.max(1, seconds))} left`];
  return [done, ...bad, ...state].join(', ');
}

interface ItemProps {
  item: SweepItem;
  at: number;
  last: number;
  catalog: Catalog;
  kept: readonly RunEntry[];
  known: KnownRuns;
  isShown: boolean;
  onShow(): void;
}

function Item({ item, at, last, catalog, kept, known, isShown, onShow }: ItemProps) {
  const jobs = useStore((s) => (s.engines[0]?.backend?.active === 'webgpu' ? 1 : s.sweepJobs));
  const own = expanded(item, catalog, known);
  const counts = countsOf(item, own, known);
  const seconds = secondsOfItem(item, own, known, kept, jobs, catalog);
  const { setSweepState, moveSweep, retrySweep, removeSweep } = useStore.getState();
  const { id, state, sweep } = item;
  const { label } = sweep;
  const open = counts.waiting + counts.running > 0;
  const isOver = !open || state === 'cancelled';
  return (
    <li>
      <div className={classes.itemHead}>
        <strong>{label}</strong>
        <span role="status">{said(item, counts, seconds)}</span>
      </div>
      {item.tableNote !== undefined && (
        <p role="status" className={classes.note}>
          {item.tableNote}
        </p>
      )}
      <progress max={counts.total} value={counts.finished} aria-label={`Progress of ${label}`} />
      <div className={classes.itemActions}>
        <SmallButton pressed={isShown} label={`Results of ${label}`} onClick={onShow}>
          Results
        </SmallButton>
        {!isOver && state === 'queued' && (
          <SmallButton label={`Pause ${label}`} onClick={() => void setSweepState(id, 'paused')}>
            Pause
          </SmallButton>
        )}
        {open && state !== 'queued' && (
          <SmallButton
            label={`Go on with ${label}`}
            onClick={() => void (state === 'cancelled' ? retrySweep(id) : setSweepState(id, 'queued'))}
          >
            Go on
          </SmallButton>
        )}
        {counts.failed + counts.stopped > 0 && state !== 'cancelled' && (
          <SmallButton label={`Train the failed runs of ${label} again`} onClick={() => void retrySweep(id)}>
            Try again
          </SmallButton>
        )}
        {at > 0 && (
          <SmallButton label={`Move ${label} up`} onClick={() => void moveSweep(id, -1)}>
            Up
          </SmallButton>
        )}
        {at < last && (
          <SmallButton label={`Move ${label} down`} onClick={() => void moveSweep(id, 1)}>
            Down
          </SmallButton>
        )}
        {isOver ? (
          <SmallButton
            label={`Remove ${label} from the queue; its runs stay`}
            onClick={() => void removeSweep(id)}
          >
            Remove
          </SmallButton>
        ) : (
          <SmallButton label={`Cancel ${label}`} onClick={() => void setSweepState(id, 'cancelled')}>
            Cancel
          </SmallButton>
        )}
      </div>
    </li>
  );
}
