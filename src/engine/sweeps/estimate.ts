// Estimates the time of a sweep from measured runs: seconds are proportional to a run's work, which follows from its settings.
import type { Experiment } from '../config/experiment.ts';

/**
 * Training rows that pass through a network, over all networks of the run: proportional to the time of runs with the same
 * architectures. Twins and single-task networks count once per task.
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

/** Training rows of an experiment on a generator; the rows of a table are known only after reading, and all of them count as 1. */
export function rowsOf({ data }: Experiment): number {
  const { rows, trainFraction } = data.params;
  const share = typeof trainFraction === 'number' ? trainFraction : 1;
  return share * (typeof rows === 'number' ? rows : 1);
}

/**
 * Seconds per unit of work before any run has been measured: on wasm with one core, 23 microseconds were measured for networks of a
 * thousand parameters (preset `sharing-helps`) and 43 for networks of up to a hundred thousand (docs/studies.md, synthetic study).
 */
const FIRST_SECONDS = 30e-6;

/**
 * A first estimate; larger networks or a slower machine can take ten times as long.
 * @returns null where the rows are not known
 */
export function guessedSeconds(
  experiments: readonly Experiment[],
  singleTask: ReadonlySet<string>,
  jobs: number,
): number | null {
  if (experiments.some(({ data }) => typeof data.params.rows !== 'number')) return null;
  const work = experiments.map((experiment) => workOf(experiment, singleTask, rowsOf(experiment)));
  return secondsLeft(work, [{ work: 1, seconds: FIRST_SECONDS }], jobs);
}

export interface Measured {
  work: number;
  seconds: number;
}

/**
 * Estimated seconds until the remaining runs have ended.
 * @param left - work of each remaining run
 * @param measured - of ended runs, of this sweep or of another with the same model
 * @param jobs - runs at a time
 * @returns null if nothing was measured
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
  // A single run cannot be divided among jobs.
  const longest = (Math.max(...left) * seconds) / work;
  return Math.max(total / Math.max(1, jobs), longest);
}
