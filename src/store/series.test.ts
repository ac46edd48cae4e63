import { describe, expect, it } from 'vitest';
import { appendSteps, forgetSeries, lossPoints, storedSeries } from './series.ts';

const steps = (runId: string, firstStep: number, losses: number[]) =>
  appendSteps({
    type: 'steps',
    runId,
    step: 0,
    role: 'model',
    seed: 1,
    epoch: 1,
    firstStep,
    taskLosses: Float32Array.from(losses.flatMap((l) => [l, 2 * l])),
    gradientNorms: Float32Array.from(losses.map((l) => 10 * l)),
  });

describe('series of steps', () => {
  it('keeps every step in order, per task', () => {
    steps('a', 1, [1, 2]);
    steps('a', 3, [3]);
    expect(lossPoints('a', 1, 'model')).toEqual({
      steps: [1, 2, 3],
      taskLosses: [
        [1, 2, 3],
        [2, 4, 6],
      ],
      gradientNorms: [10, 20, 30],
    });
  });

  it('replaces steps that a resumed run repeats', () => {
    steps('b', 1, [1, 2, 3, 4]);
    steps('b', 3, [30]);
    expect(lossPoints('b', 1, 'model')?.taskLosses[0]).toEqual([1, 2, 30]);
  });

  it('leaves steps without a label of a task out of the means', () => {
    steps('g', 1, [1, Number.NaN, 3, Number.NaN, Number.NaN, 6]);
    expect(lossPoints('g', 1, 'model', 3)?.taskLosses[0]).toEqual([1, 3, 6]);
    expect(lossPoints('g', 1, 'model', 6)?.taskLosses[0]?.slice(2, 5)).toEqual([3, Number.NaN, Number.NaN]);
  });

  it('thins by means and grows without bound', () => {
    for (let i = 0; i < 50; i++)
      steps(
        'c',
        1 + 100 * i,
        Array.from({ length: 100 }, () => i),
      );
    const points = lossPoints('c', 1, 'model', 50);
    expect(points?.steps).toHaveLength(50);
    expect(points?.taskLosses[0]?.[7]).toBe(7);
    expect(points?.steps.at(-1)).toBe(5000);
  });

  it('is the same read now and then as read once, also after steps that a resumed run repeats', () => {
    const losses = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => (7 * (from + i)) % 13);
    const parts: [from: number, count: number][] = [
      [1, 5],
      [6, 3],
      [9, 8],
      [17, 1],
      [12, 9],
    ];
    parts.forEach(([from, count], i) => {
      steps('read', from, losses(2 * from, count));
      forgetSeries('once');
      for (const [start, length] of parts.slice(0, i + 1)) steps('once', start, losses(2 * start, length));
      // Five steps make a point before the repeated ones and after them.
      expect(lossPoints('read', 1, 'model', 4)).toEqual(lossPoints('once', 1, 'model', 4));
    });
  });

  it('is stored by seed and network, also of a run of a sweep, whose id holds a slash', () => {
    for (const runId of ['h', 'sweep/cell-1']) {
      steps(runId, 1, [1, 2]);
      expect(storedSeries(runId), runId).toEqual([
        { seed: 1, role: 'model', points: lossPoints(runId, 1, 'model') },
      ]);
      expect(storedSeries(runId)[0]?.points.steps).toEqual([1, 2]);
    }
  });

  it('forgets a run', () => {
    steps('d', 1, [1]);
    forgetSeries('d');
    expect(lossPoints('d', 1, 'model')).toBeNull();
  });
});
