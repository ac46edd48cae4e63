// Renders charts, cards and rows in turn (turns.ts): each is mounted in a frame of its own, so that the page is not held up by
// all of them together, and what comes first is on screen first.
import { type ComponentType, memo, useCallback, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { TurnQueue } from './turns.ts';

/** Milliseconds between two charts: seven of them are then redrawn about three times a second. */
const PAUSE_MS = 40;

const queue = new TurnQueue(
  (run) => requestAnimationFrame(run),
  (run) => setTimeout(() => requestAnimationFrame(run), PAUSE_MS),
);
// On paper nothing comes later.
globalThis.addEventListener?.('beforeprint', () => flushSync(() => queue.flush()));

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

/** Reserves the space of a chart, CSS pixels. */
export const space = (height: number, className?: string) => () => (
  <div className={className} style={{ height }} aria-busy="true" />
);

/**
 * `Chart`, rendered in its own frame when it appears and whenever its props have changed; it does not render in between.
 * @param before - what stands in its place until it appears: the space that it will take, CSS pixels, or an element
 */
export function inTurn<P extends object>(Chart: ComponentType<P>, before: number | ComponentType<P>) {
  const Inner: ComponentType<P> = memo(Chart);
  const Before: ComponentType<P> = typeof before === 'number' ? space(before) : before;
  return memo(function InTurn(props: P) {
    const shown = useTurn(props);
    return shown ? <Inner {...shown} /> : <Before {...props} />;
  });
}
