import { expect, it } from 'vitest';
import type { RowPerturbationReport } from '../../../engine/protocol/rowPerturbation.ts';
import { movedBy, movedCsv } from './moved.ts';

const task = (name: string, outputs: number) => ({
  name,
  type: outputs > 1 ? ('multiclass' as const) : ('regression' as const),
  outputs,
  description: '',
});
/** Three rows, the second one changed; one task with one output, one with two. */
const report: RowPerturbationReport = {
  request: { row: 1, feature: 0, value: 2 },
  rows: 3,
  from: 0.5,
  tasks: [task('a', 1), task('b', 2)],
  companions: null,
  outputs: {
    evaluation: {
      before: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8),
      after: Float32Array.of(0, 1, 2, 9, 4, 5, 6, 7, 8),
    },
    'batch-statistics': {
      before: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8),
      after: Float32Array.of(0.5, 1, 1.75, 9, 4, 5, 6, 5, 8.5),
    },
  },
};

it('tells the changed row from the others', () => {
  expect(movedBy(report, 'evaluation')).toEqual({
    changes: Float32Array.of(0, 6, 0, 0, 0, 0),
    otherRows: 0,
    largest: null,
  });
});

it('counts the other rows that moved, and finds the one that moved most', () => {
  const moved = movedBy(report, 'batch-statistics');
  expect([...moved.changes]).toEqual([0.5, 6, 0, -0.25, 0, -2]);
  expect(moved.otherRows).toBe(2);
  expect(moved.largest).toEqual({ task: 1, row: 2, change: -2 });
});

it('writes every output', () => {
  const lines = movedCsv(report, 'batch-statistics').trim().split('\r\n');
  expect(lines[0]).toBe('task,row,output_before,output_after,change');
  expect(lines).toHaveLength(1 + 9);
  expect(lines).toContain('b,2,7,5,-2');
});
