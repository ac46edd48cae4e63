// The run on screen, its state and its settings; if these differ from those on the left, a banner offers both remedies: run
// those on the left, or restore those of the run.
import { IconInfoCircle } from '@tabler/icons-react';
import { useMemo } from 'react';
import { type Change, nearestPreset } from '../../engine/config/changes.ts';
import { canBegin, isHeld } from '../../store/engines.ts';
import { useDeviation, useRun } from '../../store/hooks.ts';
import type { RunRecord, RunStatus } from '../../store/runRecord.ts';
import { useStore } from '../../store/store.ts';
import { plural } from '../charts/format.ts';
import controls from './controls.module.css';
import { focusRun } from './focusRun.ts';
import { ResultSaid } from './ResultSaid.tsx';
import classes from './runBar.module.css';
import { titleOf } from './runNames.ts';
import { useSettingsPlace } from './settingsPlace.ts';

const STATUS: Record<RunStatus, { label: string; dot?: string }> = {
  preparing: { label: 'Preparing', dot: controls.good },
  running: { label: 'Running', dot: controls.good },
  paused: { label: 'Paused' },
  stopped: { label: 'Stopped', dot: controls.bad },
  failed: { label: 'Failed', dot: controls.bad },
  interrupted: { label: 'Interrupted', dot: controls.bad },
  finished: { label: 'Finished', dot: controls.good },
};
/** How many changes are named; more would not be read. */
const NAMED = 3;

/** "Cosine −0.1, Blocks 2 and 3 more" */
export function changesText(changes: readonly Change[]): string {
  const named = changes.slice(0, NAMED).map((c) => `${c.label} ${c.text}`);
  const rest = changes.length - named.length;
  return `${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

const listOf = (changes: readonly Change[]): string =>
  changes.map((c) => `${c.label}: ${c.text}, not ${c.other}`).join('\n');

export function RunBar() {
  const run = useRun();
  const runs = useStore((s) => s.runs);
  const catalog = useStore((s) => s.catalog);
  const showRun = useStore((s) => s.showRun);
  const isInStep = useStore((s) => run?.status === 'paused' && !isHeld(s, run.runId));
  if (!run) return null;
  const { label, dot } = STATUS[isInStep ? 'running' : run.status];
  const { length: seeds } = run.seeds;
  const bad = run.status === 'failed';
  return (
    <div className={classes.runBar}>
      <div className={classes.runTitle}>
        <span className={`${controls.pill} ${bad ? classes.pillFailed : ''}`} role="status">
          <span className={`${controls.stateDot} ${dot ?? ''}`} />
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
                {titleOf(r, catalog)}
              </option>
            ))}
          </select>
        ) : (
          <strong>{titleOf(run, catalog)}</strong>
        )}
        {run.isExample && (
          <span
            className={`${controls.pill} ${classes.examplePill}`}
            title="Recorded, and ships with the page"
          >
            Example
          </span>
        )}
        {seeds > 1 && (
          <span>
            seed {Math.min(seeds, Math.max(1, run.seedStates.length))} of {seeds}
          </span>
        )}
        <Settings run={run} />
      </div>
      <DeviationBanner run={run} />
      <ResultSaid run={run} />
    </div>
  );
}

/** The preset that the run is based on, and its differences. */
function Settings({ run: { experiment } }: { run: RunRecord }) {
  const catalog = useStore((s) => s.catalog);
  const near = useMemo(() => catalog && nearestPreset(experiment, catalog), [experiment, catalog]);
  if (!near) return null;
  const { label, changes } = near;
  // Far from every preset, the nearest one is not informative.
  const text =
    changes.length === 0
      ? label
      : changes.length > 8
        ? `${plural(changes.length, 'setting')} of its own`
        : `${label}, with ${changesText(changes)}`;
  return (
    <span className={classes.runSettings} title={listOf(changes) || undefined}>
      {text}
    </span>
  );
}

/** The run on screen has other settings than those on the left. */
function DeviationBanner({ run }: { run: RunRecord }) {
  const changes = useDeviation();
  const canRun = useStore((s) => canBegin(s) && s.issues.length === 0);
  const { start, setExperiment } = useStore.getState();
  const isLeft = useSettingsPlace() === 'left';
  if (changes.length === 0) return null;
  const what = run.isExample ? 'This example was recorded' : 'This run was made';
  return (
    <section className={classes.deviation} aria-label="Results of other settings">
      <IconInfoCircle size={16} stroke={1.75} aria-hidden="true" />
      <span title={listOf(changes)}>
        {what} with other settings. {isLeft ? 'On the left' : 'Now set'}: {changesText(changes)}.
      </span>
      <button
        type="button"
        className={controls.linkButton}
        disabled={!canRun}
        onClick={() => {
          start();
          focusRun();
        }}
      >
        {isLeft ? 'Run those on the left' : 'Run what is set'}
      </button>
      <button type="button" className={controls.linkButton} onClick={() => setExperiment(run.experiment)}>
        Back to its settings
      </button>
    </section>
  );
}
