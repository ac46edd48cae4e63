// Ids of runs of sweeps: they say which run of which sweep it is.

const SEPARATOR = '/';
export const runIdOf = (sweep: string, run: { id: string }): string => `${sweep}${SEPARATOR}${run.id}`;
/** The id of the run's sweep; null if it belongs to none. */
export const sweepOfRun = (runId: string): string | null =>
  runId.includes(SEPARATOR) ? runId.slice(0, runId.indexOf(SEPARATOR)) : null;
