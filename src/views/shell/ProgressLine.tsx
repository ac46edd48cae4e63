// How far the run is, how long it will take, and at what pace, over a thin track.

import { useRun } from '../../store/hooks.ts';
import type { RunState } from '../../store/runState.ts';
import { useStore } from '../../store/store.ts';
import { formatCount } from '../charts/format.ts';
import { formatDuration } from './durations.ts';
import classes from './shell.module.css';

export function ProgressLine() {
  const run = useRun();
  const engine = useStore((s) => s.engine);
  const share = run ? shareDone(run) : 0;
  const failed = run?.status === 'failed';
  return (
    <div className={classes.progress}>
      <div className={classes.progressText}>
        <span>{left(run, engine)}</span>
        <span>{right(run)}</span>
      </div>
      <div
        className={classes.track}
        role="progressbar"
        aria-label="Progress of the run"
        aria-valuenow={Math.round(100 * share)}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <div
          className={`${classes.fill} ${failed ? classes.fillFailed : ''}`}
          style={{ width: `${100 * share}%` }}
        />
      </div>
    </div>
  );
}

function shareDone(run: RunState): number {
  if (run.status === 'finished') return 1;
  if (run.preparing) return 0.02 * run.preparing.fraction;
  const { progress } = run;
  if (!progress) return 0;
  return (progress.seedIndex + progress.doneSteps / Math.max(1, progress.totalSteps)) / progress.seedCount;
}

function left(run: RunState | null, engine: string) {
  if (!run)
    return engine === 'starting'
      ? 'Starting the engine'
      : engine === 'ready'
        ? 'Ready'
        : 'The engine is not running';
  if (run.preparing && run.status === 'preparing') {
    return `${run.preparing.phase}, ${Math.round(100 * run.preparing.fraction)} %`;
  }
  const seed = run.seedStates.at(-1);
  const total = (seed?.stepsPerEpoch ?? 0) * (seed?.epochs ?? 0);
  const { progress } = run;
  if (!progress || !seed) return run.status;
  return (
    <>
      <strong>Step {formatCount(progress.step)}</strong> of {formatCount(total)} · epoch {progress.epoch} of{' '}
      {progress.epochs}
      {progress.seedCount > 1 ? ` · seed ${progress.seedIndex + 1} of ${progress.seedCount}` : ''}
    </>
  );
}

function right(run: RunState | null) {
  if (!run) return '';
  const { progress } = run;
  const pace = progress ? `${formatCount(Math.round(progress.rowsPerSecond / 10) * 10)} rows/s` : '';
  switch (run.status) {
    case 'preparing':
      return '';
    case 'running': {
      if (!progress) return '';
      const several = progress.seedCount > 1;
      return (
        <>
          <strong>{formatDuration(progress.secondsLeftSeed)}</strong> {several ? 'this seed' : 'left'}
          {several && (
            <>
              , <strong>{formatDuration(progress.secondsLeft)}</strong> in all
            </>
          )}{' '}
          · {pace}
        </>
      );
    }
    case 'paused':
      return `Paused · ${pace}`;
    case 'stopped':
      return 'Stopped · nothing is running';
    case 'failed':
      return 'Failed · nothing is running';
    case 'finished':
      return run.result ? `Finished in ${formatDuration(run.result.elapsedMs / 1000)}` : 'Finished';
    default:
      return run.status satisfies never;
  }
}
