// The tabs of the centre and, at the right, which run is on screen and how it is doing.
import { type KeyboardEvent, useRef } from 'react';
import { useRun } from '../../store/hooks.ts';
import type { RunState, RunStatus } from '../../store/runState.ts';
import { useStore } from '../../store/store.ts';
import { panels } from '../panels/index.ts';
import classes from './shell.module.css';

const STATUS: Record<RunStatus, { label: string; dot: string | undefined }> = {
  preparing: { label: 'Preparing', dot: classes.good },
  running: { label: 'Running', dot: classes.good },
  paused: { label: 'Paused', dot: undefined },
  stopped: { label: 'Stopped', dot: classes.bad },
  failed: { label: 'Failed', dot: classes.bad },
  finished: { label: 'Finished', dot: classes.good },
};

const titleOf = (run: RunState): string => {
  const model = run.seedStates[0]?.parts.find((p) => p.role === 'model')?.label ?? run.experiment.model.id;
  return `${run.isExample ? 'Example run' : `Run ${run.number}`} · ${model}`;
};

export function TabBar() {
  const tab = useStore((s) => s.tab);
  const setTab = useStore((s) => s.setTab);
  const list = useRef<HTMLDivElement>(null);
  const ids = Object.keys(panels);
  const move = (event: KeyboardEvent) => {
    const direction = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!direction) return;
    event.preventDefault();
    const next = ids[(ids.indexOf(tab) + direction + ids.length) % ids.length] as string;
    setTab(next);
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <nav className={classes.tabBar} aria-label="Views">
      <div ref={list} role="tablist" className={classes.tabs} onKeyDown={move}>
        {Object.entries(panels).map(([id, { label }]) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            aria-selected={id === tab}
            aria-controls="panel"
            tabIndex={id === tab ? 0 : -1}
            onClick={() => setTab(id)}
          >
            {label}
          </button>
        ))}
      </div>
      <RunTitle />
    </nav>
  );
}

function RunTitle() {
  const run = useRun();
  const runs = useStore((s) => s.runs);
  const showRun = useStore((s) => s.showRun);
  if (!run) return <div className={classes.runTitle} role="status" />;
  const { label, dot } = STATUS[run.status];
  return (
    <div className={classes.runTitle}>
      <span className={`${classes.pill} ${run.status === 'failed' ? classes.pillFailed : ''}`} role="status">
        <span className={`${classes.stateDot} ${dot ?? ''}`} />
        {label}
      </span>
      {runs.length > 1 ? (
        <select
          aria-label="Run on screen"
          value={run.runId}
          onChange={(event) => showRun(event.currentTarget.value)}
        >
          {runs.map((r) => (
            <option key={r.runId} value={r.runId}>
              {titleOf(r)}
            </option>
          ))}
        </select>
      ) : (
        <span>{titleOf(run)}</span>
      )}
    </div>
  );
}
