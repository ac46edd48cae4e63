// The weights of the tasks as a table, newest look first.
import type { RelationsMeasure } from '../../../engine/protocol/relations.ts';
import { formatCount, formatFixed, taskLabel } from '../../charts/format.ts';
import type { TableData } from '../../charts/parts/DataTable.tsx';

export const weightTable = (history: readonly RelationsMeasure[], names: readonly string[]): TableData => ({
  caption: 'Weights of the tasks by step',
  header: ['Step', ...names.map(taskLabel)],
  rows: history
    .filter((m) => m.weights !== null)
    .toReversed()
    .map((m) => [formatCount(m.step), ...Array.from(m.weights ?? [], (w) => formatFixed(w, 4))]),
});
