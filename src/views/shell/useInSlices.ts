// What takes long to draw is drawn in slices the first time: React then lets clicks and messages of the engine in between.
import { useDeferredValue, useEffect } from 'react';

const drawn = new Set<string>();

/**
 * False at first, and true in a drawing right behind that may be interrupted; true at once when `what` was drawn before, so that
 * a part that comes back is there immediately.
 */
export function useInSlices(what: string): boolean {
  const isDue = useDeferredValue(true, drawn.has(what));
  useEffect(() => {
    if (isDue) drawn.add(what);
  }, [isDue, what]);
  return isDue;
}
