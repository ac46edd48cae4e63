// What changed in a batch when one value of one row was changed: per task and row, and in words.
import type { BatchMode, RowPerturbationReport } from '../../../engine/protocol/rowPerturbation.ts';
import { toCsv } from '../../charts/csv.ts';

export interface Moved {
  /** After minus before, [tasks * rows]; for several outputs the one that changes most. */
  changes: Float32Array;
  /** Number of other rows with some changed prediction. */
  otherRows: number;
  /** Largest absolute change among the other rows, and its position; null if none changed. */
  largest: { task: number; row: number; change: number } | null;
}

/** Each output of each task, by row. */
function eachOutput(
  { tasks, rows, outputs }: RowPerturbationReport,
  mode: BatchMode,
  visit: (task: number, row: number, before: number, after: number) => void,
): void {
  const { before, after } = outputs[mode];
  const width = tasks.reduce((sum, t) => sum + t.outputs, 0);
  let first = 0;
  tasks.forEach(({ outputs: own }, task) => {
    for (let row = 0; row < rows; row++)
      for (let at = row * width + first; at < row * width + first + own; at++)
        visit(task, row, before[at] as number, after[at] as number);
    first += own;
  });
}

export function movedBy(report: RowPerturbationReport, mode: BatchMode): Moved {
  const { tasks, rows, request } = report;
  const changes = new Float32Array(tasks.length * rows);
  const moved = new Set<number>();
  let largest: Moved['largest'] = null;
  eachOutput(report, mode, (task, row, before, after) => {
    const change = after - before;
    const at = task * rows + row;
    if (Math.abs(change) > Math.abs(changes[at] as number)) changes[at] = change;
    if (row === request.row || change === 0) return;
    moved.add(row);
    if (!largest || Math.abs(change) > Math.abs(largest.change)) largest = { task, row, change };
  });
  return { changes, otherRows: moved.size, largest };
}

export function movedCsv(report: RowPerturbationReport, mode: BatchMode): string {
  const rows: (string | number)[][] = [];
  eachOutput(report, mode, (task, row, before, after) => {
    rows.push([report.tasks[task]?.name ?? '', row, before, after, after - before]);
  });
  return toCsv(['task', 'row', 'output_before', 'output_after', 'change'], rows);
}
