// Says before the first step whose loss decides the sum: with equal weights the shared parameters follow the largest loss first.
import type { Note } from '../core/notes.ts';
import type { Dataset } from '../data/table.ts';

/** A loss this many times the mean of the others rules their sum. */
const LOUD = 5;
/** How many losses the note lists. */
const LISTED = 8;

/**
 * The loss of every task before anything is learned: of a network that predicts 0 and holds all classes for equally likely, over the
 * labelled training rows. NaN for a task without any.
 */
export function lossesAtStart({
  tasks,
  targets,
  split,
}: Pick<Dataset, 'tasks' | 'targets' | 'split'>): number[] {
  return tasks.map(({ type, outputs }, t) => {
    let sum = 0;
    let rows = 0;
    for (const row of split.train) {
      const label = targets[t]?.[row] as number;
      if (Number.isNaN(label)) continue;
      rows++;
      sum += type === 'regression' ? label * label : Math.log(type === 'binary' ? 2 : outputs);
    }
    return rows === 0 ? Number.NaN : sum / rows;
  });
}

/** @returns the task whose loss is more than five times the mean of the others, and its share of the sum; null if none is */
export function loudest(losses: readonly number[]): { task: number; share: number } | null {
  const known = losses.map((loss) => (Number.isFinite(loss) ? loss : 0));
  const largest = Math.max(...known);
  const others = known.reduce((a, b) => a + b, 0) - largest;
  const count = losses.filter(Number.isFinite).length - 1;
  if (count < 1 || !(largest > (LOUD * others) / count)) return null;
  return { task: known.indexOf(largest), share: largest / (largest + others) };
}

/** A note on the task that rules the sum of the losses from the first step on, or null. */
export function noteOfLoudTask(dataset: Pick<Dataset, 'tasks' | 'targets' | 'split'>): Note | null {
  const losses = lossesAtStart(dataset);
  const loud = loudest(losses);
  if (!loud) return null;
  const { name } = dataset.tasks[loud.task] as Dataset['tasks'][number];
  const all = dataset.tasks.map((task, t) => `${task.name} ${Number(losses[t]?.toPrecision(2))}`);
  const more = all.length > LISTED ? `, and ${all.length - LISTED} more` : '';
  const listed = `${all.slice(0, LISTED).join(', ')}${more}`;
  return {
    code: 'one-loss-rules',
    text:
      `${name} starts with ${(100 * loud.share).toFixed(0)} % of the sum of the losses (${listed}), so that what tasks share learns it first. ` +
      'Standardise targets, or choose a weighting that makes up for the scale of losses.',
  };
}
