// Run, Pause, Step, Stop, Reset; progress; the backend; sharing and the theme.
import { useMantineColorScheme } from '@mantine/core';
import {
  IconMenu2,
  IconMoon,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconPlayerStop,
  IconRestore,
  IconShare2,
  IconSun,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useRun } from '../../store/hooks.ts';
import { shareLink, useStore } from '../../store/store.ts';
import { useScheme } from '../charts/parts/useScheme.ts';
import { BackendBadge } from './BackendBadge.tsx';
import { Logo } from './Logo.tsx';
import { ProgressLine } from './ProgressLine.tsx';
import classes from './shell.module.css';

const ICON = { size: 16, stroke: 1.75, 'aria-hidden': true } as const;

export function TopBar() {
  const setDrawer = useStore((s) => s.setDrawer);
  return (
    <header className={classes.topBar}>
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
      <RunButtons />
      <ProgressLine />
      <BackendBadge />
      <ShareButton />
      <ThemeButton />
    </header>
  );
}

function RunButtons() {
  const run = useRun();
  const activeRunId = useStore((s) => s.activeRunId);
  const ready = useStore((s) => s.engine === 'ready' && s.experiment !== null);
  const blocked = useStore((s) => s.issues.length > 0);
  const { start, pause, resume, step, stop, reset } = useStore.getState();
  const active = activeRunId !== null;
  const paused = active && run?.runId === activeRunId && run.status === 'paused';
  const canStart = ready && !blocked;
  return (
    <>
      {active && !paused ? (
        <button
          type="button"
          className={`${classes.button} ${classes.primary} ${classes.editing}`}
          onClick={pause}
        >
          <IconPlayerPause {...ICON} />
          Pause
        </button>
      ) : (
        <button
          type="button"
          className={`${classes.button} ${classes.primary} ${classes.editing}`}
          disabled={!active && !canStart}
          title={
            blocked ? 'The experiment has settings that cannot run; they are marked on the left' : undefined
          }
          onClick={() => (active ? resume() : start())}
        >
          <IconPlayerPlay {...ICON} />
          {active ? 'Resume' : 'Run'}
        </button>
      )}
      <button
        type="button"
        className={`${classes.button} ${classes.editing}`}
        disabled={active ? !paused : !canStart}
        title="One optimizer step, then pause"
        onClick={step}
      >
        <IconPlayerSkipForward {...ICON} />
        Step
      </button>
      <button
        type="button"
        className={`${classes.button} ${classes.editing}`}
        disabled={!active}
        onClick={stop}
      >
        <IconPlayerStop {...ICON} />
        Stop
      </button>
      <button
        type="button"
        className={`${classes.button} ${classes.editing} ${classes.iconButton}`}
        disabled={!run || run.isExample}
        aria-label="Reset"
        title="Remove this run and its curves"
        onClick={reset}
      >
        <IconRestore {...ICON} />
      </button>
    </>
  );
}

function ShareButton() {
  const [said, setSaid] = useState<string | null>(null);
  const share = async () => {
    const link = shareLink();
    history.replaceState(null, '', link);
    try {
      await navigator.clipboard.writeText(link);
      setSaid('Link copied');
    } catch {
      setSaid('Link is in the address bar');
    }
    setTimeout(() => setSaid(null), 3000);
  };
  return (
    <button
      type="button"
      className={classes.button}
      title="Copy a link to this experiment and view"
      onClick={share}
    >
      <IconShare2 {...ICON} />
      <span aria-live="polite">{said ?? 'Share'}</span>
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
      className={`${classes.button} ${classes.iconButton}`}
      aria-label={`Use the ${next} theme`}
      onClick={() => setColorScheme(next)}
    >
      {scheme === 'dark' ? <IconSun {...ICON} /> : <IconMoon {...ICON} />}
    </button>
  );
}
