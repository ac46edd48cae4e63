// Run, Pause, Step, Stop, Reset; progress; the backend; sharing and the theme.
import { useMantineColorScheme } from '@mantine/core';
import {
  IconMenu2,
  IconMoon,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconPlayerStop,
  IconRotate,
  IconSun,
} from '@tabler/icons-react';
import { canBegin, controlledRunId } from '../../store/engines.ts';
import { useRun } from '../../store/hooks.ts';
import { useStore } from '../../store/store.ts';
import { useScheme } from '../charts/parts/useScheme.ts';
import { BackendBadge } from './BackendBadge.tsx';
import { Logo } from './Logo.tsx';
import { ProgressLine } from './ProgressLine.tsx';
import { RunTitle } from './RunTitle.tsx';
import { ShareButton } from './ShareButton.tsx';
import classes from './shell.module.css';
import { PHONE, useMedia } from './useMedia.ts';

const ICON = { size: 16, stroke: 1.75, 'aria-hidden': true } as const;

/** @param inert - out of reach, because a drawer covers it */
export function TopBar({ inert }: { inert: boolean }) {
  const setDrawer = useStore((s) => s.setDrawer);
  const phone = useMedia(PHONE);
  return (
    <header className={classes.topBar} inert={inert}>
      <button
        type="button"
        className={`${classes.button} ${classes.iconButton} ${classes.menuButton}`}
        aria-label="Experiment"
        onClick={() => setDrawer(true)}
      >
        <IconMenu2 {...ICON} />
      </button>
      <h1 className={classes.brand}>
        <Logo />
        <span className={classes.brandName}>MultiTab Workbench</span>
      </h1>
      {phone ? <RunTitle /> : <RunButtons />}
      <ProgressLine />
      <BackendBadge />
      <ShareButton />
      <ThemeButton />
    </header>
  );
}

function RunButtons() {
  const run = useRun();
  const controlled = useStore(controlledRunId);
  const ready = useStore((s) => canBegin(s) && s.experiment !== null);
  const blocked = useStore((s) => s.issues.length > 0);
  const { start, pause, resume, step, stop, reset } = useStore.getState();
  const active = controlled !== null;
  const paused = useStore((s) => s.runs.find((r) => r.runId === controlled)?.status === 'paused');
  const canStart = ready && !blocked;
  return (
    <div className={classes.runButtons}>
      {active && !paused ? (
        <button
          type="button"
          className={`${classes.button} ${classes.primary} ${classes.runButton}`}
          title="Pause after the step in hand"
          onClick={pause}
        >
          <IconPlayerPause {...ICON} />
          Pause
        </button>
      ) : (
        <button
          type="button"
          className={`${classes.button} ${classes.primary} ${classes.runButton}`}
          disabled={!active && !canStart}
          title={blocked ? 'Some settings cannot run; they are marked on the left' : undefined}
          onClick={() => (active ? resume() : start())}
        >
          <IconPlayerPlay {...ICON} />
          {active ? 'Resume' : 'Run'}
        </button>
      )}
      <button
        type="button"
        className={classes.button}
        disabled={active ? !paused : !canStart}
        title="One optimizer step, then pause"
        onClick={step}
      >
        <IconPlayerSkipForward {...ICON} />
        Step
      </button>
      <button
        type="button"
        className={classes.button}
        disabled={!active}
        title="End the run and keep what there is"
        onClick={stop}
      >
        <IconPlayerStop {...ICON} />
        Stop
      </button>
      <button
        type="button"
        className={`${classes.button} ${classes.iconButton}`}
        disabled={!run || run.isExample}
        aria-label="Reset"
        title="Reset: end this run and remove it with its curves"
        onClick={reset}
      >
        <IconRotate {...ICON} className={classes.mirrored} />
      </button>
    </div>
  );
}

function ThemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useScheme();
  const next = scheme === 'dark' ? 'light' : 'dark';
  return (
    <button
      type="button"
      className={`${classes.button} ${classes.iconButton}`}
      aria-label={`Use the ${next} theme`}
      title={`Use the ${next} theme`}
      onClick={() => setColorScheme(next)}
    >
      {scheme === 'dark' ? <IconSun {...ICON} /> : <IconMoon {...ICON} />}
    </button>
  );
}
