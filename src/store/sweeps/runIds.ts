// Names of runs of sweeps: which run of which sweep it is.

const SEPARATOR = '/';
export const runIdOf = (sweep: string, run: { id: string }): string => `${sweep}${SEPARATOR}${run.id}`;
/** Of a run of a sweep; null of any other. */
export const sweepOfRun = (runId: string): string | null =>
  runId.includes(SEPARATOR) ? runId.slice(0, runId.indexOf(SEPARATOR)) : null;
