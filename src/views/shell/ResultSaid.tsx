// Says the result of the run on screen when it ends, to those who do not see the charts change.
import { useEffect, useRef, useState } from 'react';
import { begunSince } from '../../store/engines.ts';
import type { RunRecord } from '../../store/runRecord.ts';
import { isOver } from '../../store/runRecord.ts';
import { useStore } from '../../store/store.ts';
import { runBefore, spokenResult } from '../panels/train/spoken.ts';

/** Runs that trained in this visit and have not been said. The store is asked, because a quick run ends before the page has drawn it. */
const begun = new Set<string>();
useStore.subscribe((state, before) => {
  for (const runId of begunSince(state, before)) begun.add(runId);
});

export function ResultSaid({ run }: { run: RunRecord }) {
  const [said, setSaid] = useState('');
  const shown = useRef<string | null>(null);
  useEffect(() => {
    const active = !isOver(run.status);
    if (shown.current !== run.runId || active) setSaid('');
    shown.current = run.runId;
    if (active || !begun.delete(run.runId)) return;
    const { runs, catalog } = useStore.getState();
    setSaid(spokenResult(run, runBefore(run, runs), catalog));
  }, [run]);
  return (
    <p className="visually-hidden" role="status">
      {said}
    </p>
  );
}
