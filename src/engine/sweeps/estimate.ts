// How long a sweep will take, from runs that were measured: seconds follow the work of a run, which its settings tell.
import type { Experiment } from '../config/experiment.ts';

/**
 * Rows that pass through a network in training, all networks of the run together: what the time of runs with the same
 * architectures follows. Twins and single-task networks count once per task.
 * @param singleTask - ids of models that train one network per task
 */
export function workOf(experiment: Experiment, singleTask: ReadonlySet<string>, rows: number): number {
  const { training, tasks, model, compare, baseline } = experiment;
  const count = typeof tasks.count === 'number' ? tasks.count : Math.max(1, listLength(tasks.targets));
  const weight = (id: string) => (singleTask.has(id) ? count : 1);
  const models = [model, ...compare].reduce((sum, { id }) => sum + weight(id), 0);
  const twins = training.twin === 'off' ? 0 : count * (1 + compare.length);
  const own = baseline && training.twin !== 'only' ? weight(baseline.id) : 0;
  return rows * Number(training.epochs) * (models + twins + own);
}

const listLength = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

/** Rows of an experiment on a generator; of a table they are known when it is read, and 1 stands for them. */
export const rowsOf = ({ data }: Experiment): number =>
  typeof data.params.rows === 'number' ? data.params.rows : 1;

export interface Measured {
  work: number;
  seconds: number;
}

/**
 * Seconds until some runs have ended.
 * @param left - work of each run that is left
 * @param measured - of runs that have ended, of this sweep or of another with the same model
 * @param jobs - runs at a time
 * @returns null where nothing was measured
 */
export function secondsLeft(
  left: readonly number[],
  measured: readonly Measured[],
  jobs: number,
): number | null {
  const work = measured.reduce((sum, run) => sum + run.work, 0);
  const seconds = measured.reduce((sum, run) => sum + run.seconds, 0);
  if (!(work > 0) || left.length === 0) return left.length === 0 ? 0 : null;
  const total = (left.reduce((sum, own) => sum + own, 0) * seconds) / work;
  // The last run cannot be shared out.
  const longest = (Math.max(...left) * seconds) / work;
  return Math.max(total / Math.max(1, jobs), longest);
}
