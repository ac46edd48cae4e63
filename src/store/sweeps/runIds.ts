// Ids of runs of sweeps: they say which run of which sweep it is.
import type { AppState } from '../state.ts';

const SEPARATOR = '/';
export const runIdOf = (sweep: string, run: { id: string }): string => `${sweep}${SEPARATOR}${run.id}`;
/** The id of the run's sweep; null if it belongs to none. */
export const sweepOfRun = (runId: string): string | null =>
  runId.includes(SEPARATOR) ? runId.slice(0, runId.indexOf(SEPARATOR)) : null;

/** Whether this tab trains the queue, and no run of it has an engine because one of the user has. */
export const waitsForOwnRun = ({
  engines,
  sweepDriver,
}: Pick<AppState, 'engines' | 'sweepDriver'>): boolean =>
  sweepDriver === 'here' &&
  engines.some(({ runId }) => runId !== null) &&
  engines.every(({ runId }) => runId === null || sweepOfRun(runId) === null);
