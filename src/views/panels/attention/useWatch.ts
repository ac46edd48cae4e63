// Asks the run to record attention while the panel is on screen, and to stop when it is not: recording costs a
// forward pass with every epoch or step.
import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { RowSelection } from '../../../engine/protocol.ts';

function watchVisibility(onChange: () => void): () => void {
  document.addEventListener('visibilitychange', onChange);
  return () => document.removeEventListener('visibilitychange', onChange);
}

export function useWatch(
  runId: string | null,
  rows: RowSelection,
  watch: (rows: RowSelection | null) => void,
): void {
  const isVisible = useSyncExternalStore(watchVisibility, () => document.visibilityState !== 'hidden');
  const latest = useRef(watch);
  useEffect(() => {
    latest.current = watch;
  });
  const key = JSON.stringify(rows);
  const isWatching = isVisible && runId !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new run must be asked again
  useEffect(() => {
    if (isWatching) latest.current(JSON.parse(key) as RowSelection);
  }, [isWatching, key, runId]);
  useEffect(() => {
    if (!isWatching) return;
    return () => latest.current(null);
  }, [isWatching]);
}
