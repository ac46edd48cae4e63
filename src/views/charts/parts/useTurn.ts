// The React side of turns.ts: a value that arrives in this chart's turn.
import { useEffect, useRef, useState } from 'react';
import { TurnQueue } from './turns.ts';

const queue = new TurnQueue((run) => requestAnimationFrame(run));

/** `value`, at most a few frames late, so that no two charts render in the same frame on live data. */
export function useTurn<T>(value: T): T {
  const [shown, setShown] = useState(value);
  const key = useRef({}).current;
  useEffect(() => {
    queue.request(key, () => setShown(() => value));
  }, [key, value]);
  useEffect(() => () => queue.cancel(key), [key]);
  return shown;
}
