import { expect, it } from 'vitest';
import type { Note } from '../../../engine/core/notes.ts';
import type { RelationsReport } from '../../../engine/protocol/relations.ts';
import { weightsNow } from './handWeights.ts';
import { agreementCsv, agreementTable, mapOf, measuresAt, taskCsv, taskTable } from './maps.ts';
import { historyTable, risingAt, weightsCsv } from './weights.ts';

/** Two tasks, two places: gradients (2, 0) and (-1, 1), then (1, 0) and (1, 1) in all. */
const report: RelationsReport = {
  rows: 8,
  absence: null,
  places: [
    { kind: 'all', label: 'all shared parameters' },
    { kind: 'layer', label: 'a' },
  ],
  history: [
    {
      step: 1,
      epoch: 1,
      losses: Float32Array.of(1, 2),
      weights: null,
      grams: Float32Array.of(4, -2, -2, 2, 4, 0, 0, 1),
    },
    {
      step: 9,
      epoch: 2,
      losses: Float32Array.of(0.5, 1),
      weights: Float32Array.of(1, 3),
      grams: Float32Array.of(1, 1, 1, 2, 1, 0, 0, 1),
    },
  ],
  ahead: { step: 9, rate: 0.1, losses: Float32Array.of(0.5, 1), ahead: Float32Array.of(0.4, 0.9, 0.4, 0.8) },
  price: null,
};
const names = ['task1', 'task2'];

it('has the measures of a place at a look, look-ahead where it was made', () => {
  const now = measuresAt(report, 1, 0);
  expect(now.map((m) => m.id)).toEqual([
    'cosine',
    'magnitude',
    'etap',
    'tawt',
    'look-ahead',
    'conflict-rate',
  ]);
  expect(now[0]?.matrix[1]).toBeCloseTo(Math.SQRT1_2, 6);
  // They opposed each other in one of two looks.
  expect(now[5]?.matrix[1]).toBe(0.5);
  expect(measuresAt(report, 0, 0).map((m) => m.id)).not.toContain('look-ahead');
  expect(measuresAt(report, 1, 1)[0]?.matrix[1]).toBe(0);
  expect(measuresAt(report, 2, 0)).toEqual([]);
});

it('has likeness of activations beside them, of the network and of no place', () => {
  const [first, second] = report.history as [RelationsReport['history'][0], RelationsReport['history'][0]];
  const similarities = [
    { id: 'cka-input', label: 'A' },
    { id: 'cka-tower', label: 'B' },
  ];
  const looked = { ...second, similarities: Float32Array.of(1, 0.5, 0.5, 1, 1, 0.25, 0.25, 1) };
  // The first look is one of an earlier version, which had none.
  const now: RelationsReport = { ...report, similarities, history: [first, looked] };
  const measure = measuresAt(now, 1, 0).at(-1);
  expect(measure).toMatchObject({ id: 'cka-tower', of: 'activations' });
  expect(Array.from(measure?.matrix ?? [])).toEqual([1, 0.25, 0.25, 1]);
  expect(measure && mapOf(measure, names, 'all')).toMatchObject({ scale: { high: 1 }, isSymmetric: true });
  expect(measure && mapOf(measure, names, 'all')?.label).not.toMatch(/gradients/);
  for (const [look, place] of [
    [1, 1],
    [0, 0],
  ] as const)
    expect(measuresAt(now, look, place).map((m) => m.id)).not.toContain('cka-tower');
});

it('draws affinities from source to target, on their own scale', () => {
  const [cosine, , etap] = measuresAt(report, 0, 0).map((m) => mapOf(m, names, 'all'));
  expect(cosine).toMatchObject({ isSymmetric: true, scale: { high: 1 } });
  // G_12 / L_2 = -1 and G_21 / L_1 = -2.
  expect(etap).toMatchObject({ isSymmetric: false, scale: { low: -2, high: 2 } });
  expect(etap?.rows.title).toMatch(/source/);
});

it('says who pulls, and whose loss rises', () => {
  const { rows } = taskTable(report.history[1] as RelationsReport['history'][number], 0, names);
  // d = (1, 0) + 3 (1, 1): products 4 and 3 * 7 of 25.
  expect(rows.map((r) => r[4])).toEqual(['16.0 %', '84.0 %']);
  expect(rows.map((r) => r[3])).toEqual(['1.000', '3.000']);
  const first = taskTable(report.history[0] as RelationsReport['history'][number], 0, names);
  expect(first.rows[1]?.slice(-1)).toEqual(['its loss falls']);
  // The file has numbers: shares of 1, and no weight where there is none.
  const lines = (look: number) =>
    taskCsv(report.history[look] as RelationsReport['history'][number], 0, names).split('\r\n');
  expect(lines(1)[1]).toMatch(/^9,task1,[^,]+,1,1,0\.16\d*,0\.8\d*$/);
  expect(lines(0)[1]?.split(',')[4]).toBe('');
  expect(first.rows[0]?.[3]).toMatch(/none/);
});

it('lists weights, newest first, where there are any', () => {
  expect(historyTable(report.history, names, 'weights')).toMatchObject({
    header: ['Step', 'Task 1', 'Task 2'],
    rows: [['9', '1.0000', '3.0000']],
  });
  const [head, line, ...more] = weightsCsv(report.history, names).split('\r\n');
  expect(head).toBe('Step,Weight Task 1,Weight Task 2,Cosine Task 1,Cosine Task 2');
  expect(line).toMatch(/^9,1,3,0\.8\d*,0\.9899\d*$/);
  expect(more).toEqual(['']);
});

it('has the angle of the update to each gradient, and the tasks whose loss it raises', () => {
  // d = g_1 + 3 g_2 has the length 5, and the products 4 and 7 with gradients of the lengths 1 and sqrt 2.
  expect(historyTable(report.history, names, 'angles').rows).toEqual([['9', '0.8000', '0.9899']]);
  expect(risingAt(report.history)).toEqual({ step: 9, tasks: [] });
  const opposed = report.history.map((m) => ({ ...m, weights: Float32Array.of(1, 3) }));
  expect(risingAt(opposed.slice(0, 1))).toEqual({ step: 1, tasks: [0] });
  expect(risingAt(report.history.slice(0, 1))).toBeNull();
});

it('shows agreements, and where there are too few values', () => {
  const measures = measuresAt(report, 1, 0);
  const relatedness = {
    requestedCosine: null,
    smallestEigenvalue: null,
    closedForm: null,
    realised: Float64Array.of(1, 0.5, 0.5, 1),
  };
  const task = (name: string) => ({ name, type: 'regression' as const, outputs: 1, description: '' });
  const predicted = { measures, dataset: { relatedness, tasks: names.map(task) }, gains: [1, null] };
  const { header, rows } = agreementTable(predicted);
  expect(header).toEqual(['Measure', 'Correlation of the labels', 'Gain per task']);
  expect(rows[0]).toEqual(['Cosine', 'undefined', 'undefined']);
  expect(agreementCsv(predicted)).toContain('\r\nCosine,Gain per task,,1\r\n');
});

it('weights of a run in progress are those asked for, until it has paused a task, refused them, or begun the next seed', () => {
  const told = (code: string, weights?: number[], seed = 0): Note => ({
    code,
    text: '',
    ...(weights && { taskWeights: { role: 'model' as const, seed, weights } }),
  });
  const now = (notes: Note[], seeds = [0], asked: number | null = 0) =>
    weightsNow(
      { runId: 'r', notes, seedStates: seeds.map((seed) => ({ seed })) },
      'model',
      [1, 1],
      asked === null ? null : { runId: 'r', seed: 0, notes: asked, weights: [2, 0.5] },
    );
  expect(now([])).toEqual([2, 0.5]);
  // An answer to an earlier place of a slider that is dragged.
  expect(now([told('task-weights', [1.9, 0.5])])).toEqual([2, 0.5]);
  expect(now([told('task-paused', [0, 0.5])])).toEqual([0, 0.5]);
  expect(now([told('task-paused', [0, 1])], [0], 1)).toEqual([2, 0.5]);
  expect(now([told('task-weights', [3, 3]), told('task-weights')])).toEqual([3, 3]);
  expect(now([told('task-weights', [2, 0.5])], [0, 1])).toEqual([1, 1]);
  expect(now([], [0], null)).toEqual([1, 1]);
  // Another page, or the same after a reload, knows them from the notes.
  expect(now([told('task-weights', [2, 0.5])], [0], null)).toEqual([2, 0.5]);
});
