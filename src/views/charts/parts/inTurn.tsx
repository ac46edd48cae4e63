// Renders charts in turn (turns.ts): a chart is mounted and takes new props when its turn comes, and does not render in
// between.
import { type ComponentType, memo, useCallback, useEffect, useRef, useState } from 'react';
import { TurnQueue } from './turns.ts';

/** Milliseconds between two charts: seven of them are then redrawn about three times a second. */
const PAUSE_MS = 40;

const queue = new TurnQueue(
  (run) => requestAnimationFrame(run),
  (run) => setTimeout(() => requestAnimationFrame(run), PAUSE_MS),
);

/** A function that has a job done in a frame of its own; a newer job replaces one that waits. */
export function useRequestTurn(): (job: () => void) => void {
  const key = useRef({}).current;
  useEffect(() => () => queue.cancel(key), [key]);
  return useCallback((job) => queue.request(key, job), [key]);
}

/** `value`, a few frames late, so that no two charts update in the same frame; null before the first turn. */
function useTurn<T>(value: T): T | null {
  const [shown, setShown] = useState<T | null>(null);
  const requestTurn = useRequestTurn();
  useEffect(() => {
    requestTurn(() => setShown(() => value));
  }, [requestTurn, value]);
  return shown;
}

/**
 * `Chart`, rendered in its own frame when it appears and whenever its props have changed.
 * @param height - space reserved until the chart appears, CSS pixels
 */
export function inTurn<P extends object>(Chart: ComponentType<P>, height: number) {
  const Inner: ComponentType<P> = memo(Chart);
  return memo(function InTurn(props: P) {
    const shown = useTurn(props);
    return shown ? <Inner {...shown} /> : <div style={{ height }} />;
  });
}
