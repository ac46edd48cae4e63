import { expect, it } from 'vitest';
import type { DatasetSummary } from '../../../engine/protocol/data.ts';
import { splitRows, splitsCsv, splitWarnings } from './splits.ts';

const summary: DatasetSummary = {
  name: 't',
  rows: 20,
  split: { train: 10, validation: 5, test: 5 },
  features: [],
  tasks: [
    { name: 'y', type: 'regression', outputs: 1, description: '' },
    { name: 'c', type: 'binary', outputs: 1, classes: ['no', 'yes'], positive: 'yes', description: '' },
  ],
  targetScaling: [null, null],
  labelled: [
    { train: 10, validation: 5, test: 5 },
    { train: 8, validation: 4, test: 0 },
  ],
  classCounts: [null, { train: [6, 2], validation: [4, 0], test: [0, 0] }],
  relatedness: {
    requestedCosine: null,
    smallestEigenvalue: null,
    closedForm: null,
    realised: new Float64Array(4),
  },
  notes: [
    { code: 'no-label-in-test', text: 'The test split has no label of c.' },
    { code: 'constant-column-left-out', text: 'Column k is constant.' },
  ],
};

it('counts labels of all rows, and classes of the labelled ones, per split', () => {
  const lines = splitRows(summary).map(({ task, what, cells }) => [task, what, ...cells.map((c) => c.text)]);
  expect(lines).toEqual([
    [0, 'a label', '10 (100.0 %)', '5 (100.0 %)', '5 (100.0 %)'],
    [1, 'a label', '8 (80.0 %)', '4 (80.0 %)', '0 (0.0 %)'],
    [1, 'no', '6 (75.0 %)', '4 (100.0 %)', '0 (–)'],
    [1, 'yes', '2 (25.0 %)', '0 (0.0 %)', '0 (–)'],
  ]);
  expect(splitRows(summary)[3]?.cells.map((c) => c.isEmpty)).toEqual([false, true, true]);
  expect(splitsCsv(summary)).toContain('\r\nc,a label,8,4,0\r\nc,no,6,4,0\r\nc,yes,2,0,0\r\n');
});

it('takes runs of before labels could be missing as complete', () => {
  const { labelled: _, ...before } = summary;
  expect(splitRows(before)[1]?.cells[2]?.text).toBe('5 (100.0 %)');
});

it('warns of what a split lacks, and of nothing else', () => {
  expect(splitWarnings(summary)).toEqual(['The test split has no label of c.']);
});
