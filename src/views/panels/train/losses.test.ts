import { describe, expect, it } from 'vitest';
import type { EpochRecord } from '../../../engine/protocol/result.ts';
import { failureMarks, lossMultiples, metricCurve, partsOfSum, stepsPerPoint } from './losses.ts';

const record = (epoch: number): EpochRecord => ({
  epoch,
  step: epoch * 10,
  trainLosses: [1 / epoch, 2 / epoch],
  validationLosses: [1.5 / epoch, 2.5 / epoch],
  validation: [
    { task: 'task1', primary: 'auroc', metrics: { auroc: { value: 0.5 + epoch / 10 } } },
    { task: 'task2', primary: 'auroc', metrics: { auroc: { value: Number.NaN, reason: 'one class only' } } },
  ],
  score: 0,
  isBest: [false, false],
});

it('parts of the sum are those of the last losses, largest first', () => {
  expect(partsOfSum(lossMultiples(['task1', 'task2'], [record(1), record(2)], 10, null))).toBe(
    'Newest parts of the sum: Task 2 67 %, Task 1 33 %.',
  );
  const five = Array.from({ length: 5 }, (_, t) => `task${t + 1}`);
  const losses = { trainLosses: [1, 1, 6, 1, 1], validationLosses: [1, 1, 1, 1, 1] };
  expect(partsOfSum(lossMultiples(five, [{ ...record(1), ...losses }], 10, null))).toBe(
    'Newest parts of the sum: Task 3 60 %, Task 1 10 %, Task 2 10 %, Task 4 10 % and 1 more.',
  );
  expect(partsOfSum(lossMultiples(['task1'], [record(1)], 10, null))).toBe('');
  const diverged = { ...record(1), trainLosses: [Number.NaN, 1] };
  expect(partsOfSum(lossMultiples(['task1', 'task2'], [diverged], 10, null))).toBe('');
});

describe('lossMultiples', () => {
  const names = ['task1', 'task2'];
  it('goes through the epochs when there are no steps', () => {
    const [first, second, sum] = lossMultiples(names, [record(1), record(2)], 10, null);
    expect(first).toMatchObject({
      label: 'Task 1',
      task: 0,
      training: { steps: [10, 20], values: [1, 0.5] },
    });
    expect(first?.raw.values).toEqual([]);
    expect(second?.validation.values).toEqual([2.5, 1.25]);
    expect(sum).toMatchObject({ task: null, training: { values: [3, 1.5] }, validation: { values: [4, 2] } });
  });
  it('goes through the epochs before the first step that is known', () => {
    const points = {
      steps: [21, 22],
      taskLosses: [
        [4, 4],
        [1, 1],
      ],
      gradientNorms: [1, 1],
    };
    const [first] = lossMultiples(names, [record(1), record(2), record(3)], 10, points);
    expect(first?.training).toEqual({ steps: [10, 20, 21, 22], values: [1, 0.5, 4, 4] });
  });
  it('smooths the steps when there are some, and sums them', () => {
    const points = {
      steps: [1, 2],
      taskLosses: [
        [4, 2],
        [1, 1],
      ],
      gradientNorms: [1, 1],
    };
    const [first, , sum] = lossMultiples(names, [], 10, points);
    expect(first?.raw.values).toEqual([4, 2]);
    expect(first?.training.values[0]).toBeCloseTo(4, 12);
    expect(first?.training.values[1]).toBeGreaterThan(2);
    expect(sum?.raw.values).toEqual([5, 3]);
  });
  it('leaves a step without a label of a task out of its curve, and adds nothing for it', () => {
    const points = {
      steps: [1, 2, 3],
      taskLosses: [
        [4, Number.NaN, 2],
        [1, 1, 1],
      ],
      gradientNorms: [1, 1, 1],
    };
    const [first, second, sum] = lossMultiples(names, [], 10, points);
    expect(first?.raw).toEqual({ steps: [1, 3], values: [4, 2] });
    expect(first?.training.steps).toEqual([1, 3]);
    expect(second?.raw.steps).toEqual([1, 2, 3]);
    expect(sum?.raw.values).toEqual([5, 1, 3]);
  });
  it('has no sum for a single task', () => {
    expect(lossMultiples(['y'], [record(1)], 10, null)).toHaveLength(1);
  });
});

it('keeps undefined metrics as gaps', () => {
  const curve = metricCurve(2, [record(1), record(2)]);
  expect(curve.steps).toEqual([10, 20]);
  expect(curve.values[0]).toEqual([0.6, 0.7]);
  expect(curve.values[1]).toEqual([Number.NaN, Number.NaN]);
});

it('marks the failing step and the checkpoint before it', () => {
  expect(failureMarks(null, 400)).toEqual([]);
  expect(failureMarks(412, null)).toEqual([{ step: 412, label: '412', kind: 'failure' }]);
  expect(failureMarks(412, 400).map((mark) => mark.step)).toEqual([400, 412]);
  expect(failureMarks(412, 500).map((mark) => mark.step)).toEqual([412]);
});

it('says how many steps a point stands for', () => {
  expect(stepsPerPoint({ steps: [4, 8, 10], taskLosses: [], gradientNorms: [] })).toBe(4);
  expect(stepsPerPoint({ steps: [1], taskLosses: [], gradientNorms: [] })).toBe(1);
});
