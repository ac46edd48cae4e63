// Progress of the run, time left and pace, over a thin track.
import { useMemo } from 'react';
import { controlledRunId, firstEngine, isHeld } from '../../store/engines.ts';
import { useLive, useRun } from '../../store/hooks.ts';
import { nextRunSeconds } from '../../store/nextRun.ts';
import { NOTHING_LIVE, type RunLive } from '../../store/runLive.ts';
import type { RunRecord } from '../../store/runRecord.ts';
import { useStore } from '../../store/store.ts';
import { formatCount, plural } from '../charts/format.ts';
import { formatDuration, formatElapsed } from './durations.ts';
import classes from './progressLine.module.css';

export function ProgressLine() {
  const run = useRun();
  const engine = useStore((s) => firstEngine(s).status);
  const live = useLive(run?.runId ?? null) ?? NOTHING_LIVE;
  const share = run ? shareDone(run, live) : 0;
  const failed = run?.status === 'failed';
  const isInStep = useStore((s) => run?.status === 'paused' && !isHeld(s, run.runId));
  return (
    <div className={classes.progress}>
      <div className={classes.progressText}>
        <span>{left(run, live, engine)}</span>
        <span>
          {right(run, live, isInStep)}
          <NextRun run={run} />
        </span>
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

/** Estimated time of a run, while none is active. */
function NextRun({ run }: { run: RunRecord | null }) {
  const isIdle = useStore((s) => controlledRunId(s) === null);
  const experiment = useStore((s) => s.experiment);
  const summary = useStore((s) => s.summary);
  const kept = useStore((s) => s.kept);
  const catalog = useStore((s) => s.catalog);
  const backend = useStore((s) => firstEngine(s).backend?.active ?? null);
  const last = run?.seedStates.at(-1);
  // The run on screen says how many steps it took: repeating that number would say nothing.
  const shownSteps =
    run?.status === 'finished' && last ? last.stepsPerEpoch * last.epochs * run.seeds.length : null;
  const text = useMemo(() => {
    if (!isIdle || !experiment || !summary || !catalog || !backend) return null;
    const seconds = nextRunSeconds(experiment, summary.rows, kept ?? [], backend, catalog);
    if (seconds !== null) return `Run takes about ${formatDuration(Math.max(1, seconds))}`;
    const steps = summary.stepsPerEpoch * Number(experiment.training.epochs) * experiment.repeats;
    return steps === shownSteps ? null : `Run takes ${plural(steps, 'step')}`;
  }, [isIdle, experiment, summary, kept, catalog, backend, shownSteps]);
  if (text === null) return null;
  return (
    <span title="Estimated from your run of the same networks that is nearest in size, or else the steps of each network">
      {run ? ' · ' : ''}
      {text}
    </span>
  );
}

function shareDone(run: RunRecord, { preparing, progress }: RunLive): number {
  if (run.status === 'finished') return 1;
  if (preparing) return 0.02 * preparing.fraction;
  if (!progress) return 0;
  return (progress.seedIndex + progress.doneSteps / Math.max(1, progress.totalSteps)) / progress.seedCount;
}

const IDLE = { starting: 'Starting the engine', ready: 'Ready', failed: 'The engine is not running' };

function left(run: RunRecord | null, live: RunLive, engine: keyof typeof IDLE) {
  if (!run) return IDLE[engine];
  const { preparing, compiling, progress } = live;
  if (preparing && run.status === 'preparing') {
    return `${preparing.phase}, ${Math.round(100 * preparing.fraction)} %`;
  }
  if (compiling && run.status === 'running') {
    const { ready, total } = compiling;
    return `Preparing GPU kernels ${formatCount(ready)} of ${formatCount(total)}`;
  }
  const seed = run.seedStates.at(-1);
  if (!progress || !seed) return '';
  const part = seed.parts.find((p) => p.role === progress.roles.at(-1));
  const steps = part ? part.stepsPerEpoch * part.epochs : seed.stepsPerEpoch * seed.epochs;
  // A fault occurs in a step that did not finish; the progress event is from the step before.
  const step = run.error?.fault?.step ?? progress.step;
  const several = progress.stages > 1 && part !== undefined;
  if (progress.phase === 'searching-rate' && part)
    return (
      <span>
        Trying learning rates of <strong>{part.label}</strong> · epoch {progress.epoch} of {progress.epochs}
      </span>
    );
  if (run.status === 'finished' && run.weightsRead)
    return <span title={run.weightsRead.fileName}>Weights of {run.weightsRead.fileName} measured</span>;
  if (run.status === 'finished')
    return several ? plural(seed.parts.length, 'network') : plural(step, part?.boosted ? 'round' : 'step');
  return (
    <>
      {several && (
        <span>
          <strong>{part.label}</strong> ({seed.parts.indexOf(part) + 1} of {seed.parts.length}) ·{' '}
        </span>
      )}
      <span>
        <strong>
          {part?.boosted ? 'Round' : 'Step'} {formatCount(step)}
        </strong>{' '}
        of {formatCount(steps)}
      </span>
      {!several && !part?.boosted && (
        <span>
          {' '}
          · epoch {progress.epoch} of {progress.epochs}
        </span>
      )}
    </>
  );
}

function right(run: RunRecord | null, { progress }: RunLive, isInStep: boolean) {
  if (!run) return '';
  const pace = progress && progress.stages === 1 && (
    <span> · {formatCount(Math.round(progress.rowsPerSecond / 10) * 10)} rows/s</span>
  );
  switch (run.status) {
    case 'preparing':
      return '';
    case 'running': {
      if (!progress) return '';
      const several = progress.seedCount > 1;
      return (
        <>
          <span>
            <strong>{formatDuration(progress.secondsLeftSeed)}</strong> {several ? 'this seed' : 'left'}
          </span>
          {several && (
            <span>
              , <strong>{formatDuration(progress.secondsLeft)}</strong> in all
            </span>
          )}
          {pace}
        </>
      );
    }
    case 'paused':
      return (
        <>
          <span>{isInStep ? 'In lock-step' : 'Paused'}</span>
          {pace}
        </>
      );
    case 'stopped':
      return <span>Stopped · nothing is running</span>;
    case 'interrupted':
      return <span>Interrupted · nothing is running</span>;
    case 'failed':
      return (
        <>
          <span className={classes.failedWord}>Failed</span>
          {run.result && <span> after {formatElapsed(run.result.elapsedMs)}</span>}
          <span> · nothing is running</span>
        </>
      );
    case 'finished':
      return <span>{run.result ? `Finished in ${formatElapsed(run.result.elapsedMs)}` : 'Finished'}</span>;
    default:
      return run.status satisfies never;
  }
}
