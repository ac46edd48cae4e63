// The weights of the tasks, and the angle of the update to their gradients, look by look; as tables newest look first.
import { updateShares } from '../../../engine/core/relations.ts';
import type { RelationsMeasure } from '../../../engine/protocol/relations.ts';
import { toCsv } from '../../charts/csv.ts';
import { formatCount, formatFixed, taskLabel } from '../../charts/format.ts';
import type { TableData } from '../../charts/parts/DataTable.tsx';
import { gramAt } from './maps.ts';

/** What is drawn over the steps, one value per task and look. */
export const QUANTITIES = {
  weights: { label: 'Weights', caption: 'Weights of the tasks' },
  angles: { label: 'Angles', caption: 'Cosine of the update to the gradient of each task' },
} as const;

export type Quantity = keyof typeof QUANTITIES;

/** @returns [T]; null at a look without weights, as those of methods that combine whole gradients */
export function valuesAt(measure: RelationsMeasure, quantity: Quantity): ArrayLike<number> | null {
  const { weights } = measure;
  if (!weights) return null;
  return quantity === 'weights' ? weights : updateShares(gramAt(measure, 0), weights).cosine;
}

/** The tasks whose loss the update of the newest look with weights raises, to first order; and the step of that look. */
export function risingAt(history: readonly RelationsMeasure[]): { step: number; tasks: number[] } | null {
  const newest = history.findLast((m) => m.weights !== null);
  if (!newest) return null;
  const cosines = Array.from(valuesAt(newest, 'angles') ?? []);
  return { step: newest.step, tasks: cosines.flatMap((v, t) => (v < 0 ? [t] : [])) };
}

export const historyTable = (
  history: readonly RelationsMeasure[],
  names: readonly string[],
  quantity: Quantity,
): TableData => ({
  caption: `${QUANTITIES[quantity].caption} by step`,
  header: ['Step', ...names.map(taskLabel)],
  rows: history.toReversed().flatMap((m) => {
    const values = valuesAt(m, quantity);
    return values ? [[formatCount(m.step), ...Array.from(values, (v) => formatFixed(v, 4))]] : [];
  }),
});

/** A line per look with weights, oldest first: the weight of each task, and the cosine of the update to its gradient. */
export const weightsCsv = (history: readonly RelationsMeasure[], names: readonly string[]): string =>
  toCsv(
    [
      'Step',
      ...names.map((name) => `Weight ${taskLabel(name)}`),
      ...names.map((name) => `Cosine ${taskLabel(name)}`),
    ],
    history.flatMap((m) => {
      const [weights, angles] = [valuesAt(m, 'weights'), valuesAt(m, 'angles')];
      return weights && angles ? [[m.step, ...Array.from(weights), ...Array.from(angles)]] : [];
    }),
  );
