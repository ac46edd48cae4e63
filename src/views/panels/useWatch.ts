// Asks the run to measure something while the panel that shows it is on screen, and to stop when it is not: recording
// attention or expert use costs a forward pass with every epoch or step.
import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { RunState } from '../../store/runState.ts';

function watchVisibility(onChange: () => void): () => void {
  document.addEventListener('visibilitychange', onChange);
  return () => document.removeEventListener('visibilitychange', onChange);
}

/** Changes when the run begins, and again when it is taken up from a checkpoint: both times it must be asked anew. */
export const watchKey = ({ runId, starts }: RunState): string => `${runId} ${starts}`;

/**
 * @param runKey - see `watchKey`; null without a run
 * @param wanted - what to measure, plain JSON; asked again when it changes
 * @param watch - told what is wanted, and null when nothing is any more
 */
export function useWatch<T>(runKey: string | null, wanted: T, watch: (wanted: T | null) => void): void {
  const isVisible = useSyncExternalStore(watchVisibility, () => document.visibilityState !== 'hidden');
  const latest = useRef(watch);
  useEffect(() => {
    latest.current = watch;
  });
  const key = JSON.stringify(wanted);
  const isWatching = isVisible && runKey !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new run must be asked again
  useEffect(() => {
    if (isWatching) latest.current(JSON.parse(key) as T);
  }, [isWatching, key, runKey]);
  useEffect(() => {
    if (!isWatching) return;
    return () => latest.current(null);
  }, [isWatching]);
}
