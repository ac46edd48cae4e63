// Says the result of the run on screen when it ends, to those who do not see the charts change.
import { useEffect, useRef, useState } from 'react';
import type { RunRecord } from '../../store/runRecord.ts';
import { isOver } from '../../store/runRecord.ts';
import { useStore } from '../../store/store.ts';
import { runBefore, spokenResult } from '../panels/train/spoken.ts';
import classes from './shell.module.css';

export function ResultSaid({ run }: { run: RunRecord }) {
  const [said, setSaid] = useState('');
  const seen = useRef<{ runId: string; wasActive: boolean } | null>(null);
  useEffect(() => {
    const active = !isOver(run.status);
    const ends = seen.current?.runId === run.runId && seen.current.wasActive && !active;
    if (seen.current?.runId !== run.runId || active) setSaid('');
    seen.current = { runId: run.runId, wasActive: active };
    if (!ends) return;
    const { runs, catalog } = useStore.getState();
    setSaid(spokenResult(run, runBefore(run, runs), catalog));
  }, [run]);
  return (
    <p className={classes.hidden} role="status">
      {said}
    </p>
  );
}
