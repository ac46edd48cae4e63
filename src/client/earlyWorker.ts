// Starts the worker of the first engine when it is loaded. The build makes it a script of its own in front of the page's
// (scripts/earlyWorker.mjs): the engine is fetched and compiled beside the page, not behind it.
import { startEarly } from './firstWorker.ts';

/** A worker for an engine. */
export const takeWorker = startEarly(
  () => new Worker(new URL('../worker/trainWorker.ts', import.meta.url), { type: 'module', name: 'trainer' }),
);
