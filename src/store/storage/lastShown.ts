// Remembers the run on screen in the storage of the browser's tab, which a reload keeps and a new tab does not have.
import type { Environment } from '../context.ts';

const KEY = 'multitab-shown-run';

/** The page is reloaded, or gone back to; a link that is followed shows what the link says. */
const isAgain = (): boolean => {
  const [entry] = performance.getEntriesByType('navigation');
  const { type } = (entry ?? {}) as Partial<PerformanceNavigationTiming>;
  return type === 'reload' || type === 'back_forward';
};

// Browsers that store nothing for the page refuse each access.
export const lastShown: Environment['lastShown'] = {
  read() {
    try {
      return isAgain() ? sessionStorage.getItem(KEY) : null;
    } catch {
      return null;
    }
  },
  write(runId) {
    try {
      if (runId === null) sessionStorage.removeItem(KEY);
      else sessionStorage.setItem(KEY, runId);
    } catch {
      // The next page then shows the example.
    }
  },
};
