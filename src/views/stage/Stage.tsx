// Stage mode for a projector: one large panel with the few controls of a talk; by keyboard or clicker. It shows the workbench
// itself, and leaving it returns to the same state.
import { useEffect, useState } from 'react';
import { changesBetween } from '../../engine/config/changes.ts';
import type { Experiment } from '../../engine/config/experiment.ts';
import { canBegin, controlledRunId, hasActiveRun, isHeld } from '../../store/engines.ts';
import { RunBeside, RunOfColumn, useRun } from '../../store/hooks.ts';
import { useStore } from '../../store/store.ts';
import { LessonDock } from '../lessons/LessonDock.tsx';
import { type Lesson, stepAt } from '../lessons/lesson.ts';
import { isLesson, lessons } from '../lessons/registry.ts';
import { setUp } from '../lessons/setUp.ts';
import { Panel, panelOf } from '../Panel.tsx';
import { panels } from '../panels/index.ts';
import controls from '../shell/controls.module.css';
import { focusViews } from '../shell/focusViews.ts';
import { Notices } from '../shell/notices/Notices.tsx';
import { ProgressLine } from '../shell/ProgressLine.tsx';
import { changesText, RunBar } from '../shell/RunBar.tsx';
import { titleOf } from '../shell/runNames.ts';
import { RunButtons } from '../shell/TopBar.tsx';
import { actionOf, PACES, paceAfter, type StageAction } from './keys.ts';
import { QrButton } from './QrCode.tsx';
import classes from './stage.module.css';

/** What a mask is best seen beside: none, and of none that of the paper. */
const otherMask = ({ model }: Experiment): string => (model.params.mask === 'none' ? 'TxT' : 'none');

const withMask = (experiment: Experiment, mask: string): Experiment => ({
  ...experiment,
  model: { ...experiment.model, params: { ...experiment.model.params, mask } },
});

const CONTROLS = 'input, select, textarea, button, a, summary, [tabindex="0"]';

/** Moves to the next step of the open lesson, or else to the next tab. */
function turn(by: 1 | -1): void {
  const { view, tab, setTab, openLesson } = useStore.getState();
  if (isLesson(view.lesson)) {
    const lesson: Lesson = lessons[view.lesson];
    const to = stepAt(lesson, view.step).index + by;
    const step = lesson.steps[to];
    if (!step) return;
    openLesson(view.lesson, to);
    setUp(step);
    return;
  }
  const ids = Object.keys(panels);
  setTab(ids[(ids.indexOf(panelOf(tab)) + by + ids.length) % ids.length] as string);
}

function toggle(): void {
  const state = useStore.getState();
  const runId = controlledRunId(state);
  if (runId !== null) isHeld(state, runId) ? state.resume() : state.pause();
  else if (canBegin(state) && state.issues.length === 0) state.start();
}

function act(action: StageAction): void {
  const { pace, setPace, setView } = useStore.getState();
  if (action === 'next' || action === 'back') turn(action === 'next' ? 1 : -1);
  else if (action === 'toggle') toggle();
  else if (action === 'leave') setView({ stage: false });
  else setPace(paceAfter(pace, action));
}

export function Stage() {
  const tab = useStore((s) => panelOf(s.tab));
  const inLesson = useStore((s) => s.view.lesson !== null && s.catalog !== null);
  const run = useRun();
  const runs = useStore((s) => s.runs);
  const [beside, setBeside] = useState('');
  const other = runs.find((r) => r.runId === beside && r.runId !== run?.runId);
  // What each of two has that the other has not: "Mask None".
  const catalog = useStore((s) => s.catalog);
  const own =
    run && other && catalog
      ? [
          changesBetween(run.experiment, other.experiment, catalog),
          changesBetween(other.experiment, run.experiment, catalog),
        ].map(changesText)
      : [];
  // The button that opened the stage is gone.
  useEffect(() => {
    if (document.activeElement === document.body) focusViews();
  }, []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const isControl = event.target instanceof Element && event.target.matches(CONTROLS);
      const action = actionOf(event.key, isControl);
      if (!action) return;
      event.preventDefault();
      act(action);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  return (
    <div className={classes.stage}>
      <header className={classes.bar}>
        <h1 className={classes.title} aria-live="polite">
          {panels[tab].label}
        </h1>
        <RunButtons />
        <ProgressLine />
        <Pace />
        <InStep onBegin={setBeside} />
        {runs.length > 1 && (
          <label>
            Beside
            <select value={other?.runId ?? ''} onChange={(event) => setBeside(event.currentTarget.value)}>
              <option value="">nothing</option>
              {runs
                .filter((r) => r.runId !== run?.runId)
                .map((r) => (
                  <option key={r.runId} value={r.runId}>
                    {titleOf(r, catalog)}
                  </option>
                ))}
            </select>
          </label>
        )}
        <div className={classes.turns}>
          <QrButton />
          <button
            type="button"
            className={controls.button}
            aria-keyshortcuts="PageUp"
            onClick={() => turn(-1)}
          >
            Back
          </button>
          <button
            type="button"
            className={controls.button}
            aria-keyshortcuts="PageDown"
            onClick={() => turn(1)}
          >
            Next
          </button>
          <button
            type="button"
            className={controls.button}
            aria-keyshortcuts="Escape"
            onClick={() => act('leave')}
          >
            Leave the stage
          </button>
        </div>
      </header>
      <main className={classes.main}>
        <RunBar />
        <div className={classes.content} id="panel" data-enlarged="" tabIndex={-1}>
          {inLesson && <LessonDock />}
          <Notices />
          {other ? (
            <div className={classes.columns}>
              {[run, other].map((shown, i) => (
                <RunOfColumn key={shown?.runId} value={shown?.runId ?? null}>
                  <RunBeside value={(i === 0 ? other : run)?.runId ?? null}>
                    <section aria-label={shown ? titleOf(shown, catalog) : ''}>
                      <h2>
                        {shown && titleOf(shown, catalog)}
                        {own[i] && ` · ${own[i]}`}
                      </h2>
                      <Panel tab={tab} />
                    </section>
                  </RunBeside>
                </RunOfColumn>
              ))}
            </div>
          ) : (
            <Panel tab={tab} />
          )}
        </div>
      </main>
    </div>
  );
}

/** Two runs, with and without the mask, step by step together. */
function InStep({ onBegin }: { onBegin(besideRunId: string): void }) {
  const experiment = useStore((s) => s.experiment);
  const label = useStore((s) => {
    const other = s.experiment && otherMask(s.experiment);
    return s.summary?.masking?.grids.find((g) => g.id === other)?.label ?? null;
  });
  const isFree = useStore((s) => canBegin(s) && !hasActiveRun(s) && s.issues.length === 0);
  // Architectures without masks have nothing to compare.
  if (!experiment || label === null) return null;
  const begin = () => {
    const { startLockstep } = useStore.getState();
    const ids = startLockstep(withMask(experiment, otherMask(experiment)));
    if (ids) onBegin(ids[1]);
  };
  return (
    <button
      type="button"
      className={controls.button}
      disabled={!isFree}
      title={`Trains these settings and the same with “${label}”, step by step together, side by side`}
      onClick={begin}
    >
      With and without mask
    </button>
  );
}

function Pace() {
  const pace = useStore((s) => s.pace);
  const { setPace } = useStore.getState();
  return (
    <label title="Slow motion: keys − and +">
      Pace
      <select
        value={String(pace)}
        onChange={({ currentTarget }) =>
          setPace(PACES.find((p) => String(p) === currentTarget.value) ?? null)
        }
      >
        {PACES.map((p) => (
          <option key={String(p)} value={String(p)}>
            {p === null ? 'full' : `${p} steps a second`}
          </option>
        ))}
      </select>
    </label>
  );
}
