// Run, Pause, Step, Stop, Reset; progress; the backend; sharing and the theme.
import { useMantineColorScheme } from '@mantine/core';
import {
  IconAdjustmentsHorizontal,
  IconMoon,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconPlayerStop,
  IconPresentation,
  IconRotate,
  IconSun,
} from '@tabler/icons-react';
import { canBegin, controlledRunId, isHeld } from '../../store/engines.ts';
import { useRun } from '../../store/hooks.ts';
import { useStore } from '../../store/store.ts';
import { useScheme } from '../charts/parts/useScheme.ts';
import { BackendBadge } from './BackendBadge.tsx';
import controls from './controls.module.css';
import { RUN_BUTTON } from './focusRun.ts';
import { Logo } from './Logo.tsx';
import { ProgressLine } from './ProgressLine.tsx';
import { ShareButton } from './ShareButton.tsx';
import { useSettingsPlace } from './settingsPlace.ts';
import classes from './topBar.module.css';
import { PHONE, useMedia } from './useMedia.ts';

const ICON = { size: 16, stroke: 1.75, 'aria-hidden': true } as const;

/** Always in reach: the sheet of narrow windows opens below it. */
export function TopBar() {
  const setDrawer = useStore((s) => s.setDrawer);
  const open = useStore((s) => s.drawerOpen);
  const phone = useMedia(PHONE);
  return (
    <header className={classes.topBar}>
      <button
        type="button"
        className={`${controls.button} ${controls.iconButton} ${classes.menuButton}`}
        aria-label="Experiment"
        title="The settings of the experiment"
        aria-expanded={open}
        onClick={() => setDrawer(!open)}
      >
        <IconAdjustmentsHorizontal {...ICON} />
      </button>
      {!phone && <Brand />}
      <RunButtons />
      <ProgressLine />
      {!phone && <PageButtons />}
    </header>
  );
}

/** On phones: controls that need not stay in sight, above the tabs. */
export function PageBar() {
  return (
    <div className={classes.pageBar}>
      <Brand />
      <PageButtons />
    </div>
  );
}

const Brand = () => (
  <h1 className={classes.brand}>
    <Logo />
    <span className={classes.brandName}>MultiTab Workbench</span>
  </h1>
);

const PageButtons = () => (
  <>
    <BackendBadge />
    <ShareButton />
    <StageButton />
    <ThemeButton />
  </>
);

export function RunButtons() {
  const run = useRun();
  const controlled = useStore(controlledRunId);
  const ready = useStore((s) => canBegin(s) && s.experiment !== null);
  const blocked = useStore((s) => s.issues.length > 0);
  const isLeft = useSettingsPlace() === 'left';
  const { start, pause, resume, step, stop, reset } = useStore.getState();
  const active = controlled !== null;
  const paused = useStore((s) => isHeld(s, controlled));
  const canStart = ready && !blocked;
  return (
    <div className={classes.runButtons}>
      {active && !paused ? (
        <button
          id={RUN_BUTTON}
          type="button"
          className={`${controls.button} ${controls.primary} ${classes.runButton}`}
          title="Pause after the current step"
          onClick={pause}
        >
          <IconPlayerPause {...ICON} />
          Pause
        </button>
      ) : (
        <button
          id={RUN_BUTTON}
          type="button"
          className={`${controls.button} ${controls.primary} ${classes.runButton}`}
          disabled={!active && !canStart}
          title={
            blocked ? `Some settings cannot run${isLeft ? '; they are marked on the left' : ''}` : undefined
          }
          onClick={() => (active ? resume() : start())}
        >
          <IconPlayerPlay {...ICON} />
          {active ? 'Resume' : 'Run'}
        </button>
      )}
      <button
        type="button"
        className={controls.button}
        disabled={active ? !paused : !canStart}
        title="One optimizer step, then pause"
        onClick={step}
      >
        <IconPlayerSkipForward {...ICON} />
        <span className={classes.word}>Step</span>
      </button>
      <button
        type="button"
        className={controls.button}
        disabled={!active}
        title="End the run and keep what there is"
        onClick={stop}
      >
        <IconPlayerStop {...ICON} />
        <span className={classes.word}>Stop</span>
      </button>
      <button
        type="button"
        className={`${controls.button} ${controls.iconButton}`}
        disabled={!run || run.isExample}
        aria-label="Reset"
        title="Reset: end this run and take it off the screen. What is kept of it stays under Runs."
        onClick={reset}
      >
        <IconRotate {...ICON} className={classes.mirrored} />
      </button>
    </div>
  );
}

/** The id of the button, which takes the focus when the stage is left. */
export const STAGE_BUTTON = 'open-stage';

function StageButton() {
  return (
    <button
      id={STAGE_BUTTON}
      type="button"
      className={`${controls.button} ${controls.iconButton}`}
      aria-label="Stage"
      title="Stage: large, one panel, for a projector"
      onClick={() => useStore.getState().setView({ stage: true })}
    >
      <IconPresentation {...ICON} />
    </button>
  );
}

function ThemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useScheme();
  const next = scheme === 'dark' ? 'light' : 'dark';
  return (
    <button
      type="button"
      className={`${controls.button} ${controls.iconButton}`}
      aria-label={`Use the ${next} theme`}
      title={`Use the ${next} theme`}
      onClick={() => setColorScheme(next)}
    >
      {scheme === 'dark' ? <IconSun {...ICON} /> : <IconMoon {...ICON} />}
    </button>
  );
}
