// Which run is on screen and how it is doing; with several, a choice.
import { useRun } from '../../store/hooks.ts';
import type { RunStatus } from '../../store/runRecord.ts';
import { useStore } from '../../store/store.ts';
import { titleOf } from './runNames.ts';
import classes from './shell.module.css';

const STATUS: Record<RunStatus, { label: string; dot?: string }> = {
  preparing: { label: 'Preparing', dot: classes.good },
  running: { label: 'Running', dot: classes.good },
  paused: { label: 'Paused' },
  stopped: { label: 'Stopped', dot: classes.bad },
  failed: { label: 'Failed', dot: classes.bad },
  interrupted: { label: 'Interrupted', dot: classes.bad },
  finished: { label: 'Finished', dot: classes.good },
};

export function RunTitle() {
  const run = useRun();
  const runs = useStore((s) => s.runs);
  const showRun = useStore((s) => s.showRun);
  if (!run) return <div className={classes.runTitle} role="status" />;
  const { label, dot } = STATUS[run.status];
  const { length: seeds } = run.seeds;
  const bad = run.status === 'failed';
  return (
    <div className={classes.runTitle}>
      <span className={`${classes.pill} ${bad ? classes.pillFailed : ''}`} role="status">
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
        <strong>{titleOf(run)}</strong>
      )}
      {seeds > 1 && (
        <span>
          seed {Math.min(seeds, Math.max(1, run.seedStates.length))} of {seeds}
        </span>
      )}
    </div>
  );
}
