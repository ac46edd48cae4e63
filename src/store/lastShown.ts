// The run on screen, over a reload of the page: the tab of the browser remembers which it was, and the reloaded page shows it
// again, where the recorded example would stand otherwise.
import type { StoreApi } from 'zustand';
import type { Environment } from './context.ts';
import { EXAMPLE_ID } from './runsSlice.ts';
import type { AppState } from './state.ts';

const isOwn = (runId: string | null): runId is string => runId !== null && runId !== EXAMPLE_ID;

/**
 * Shows the run that was on screen before the reload, unless it has been deleted or the user has begun or chosen another one
 * meanwhile; then remembers what is on screen. To be called when the list of kept runs has been read.
 */
export async function keepOnScreen(
  store: StoreApi<AppState>,
  { lastShown }: Pick<Environment, 'lastShown'>,
): Promise<void> {
  const get = store.getState;
  const runId = lastShown.read();
  const isWanted = () => isOwn(runId) && !isOwn(get().shownRunId);
  if (runId !== null && isWanted() && get().kept?.some((entry) => entry.runId === runId)) {
    try {
      if ((await get().bringBack(runId)) && isWanted()) get().showRun(runId);
    } catch {
      // It stands in the list of runs, where opening it says what is wrong.
    }
  }
  const remember = () => {
    const { shownRunId } = get();
    lastShown.write(isOwn(shownRunId) ? shownRunId : null);
  };
  remember();
  store.subscribe(({ shownRunId }, before) => {
    if (shownRunId !== before.shownRunId) remember();
  });
}
