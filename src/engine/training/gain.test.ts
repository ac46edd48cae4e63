import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskScore } from '../protocol/result.ts';
import { gainPercent, gainReport, gainSummary } from './gain.ts';

const score = (task: string, primary: string, value: number): TaskScore => ({
  task,
  primary,
  metrics: { [primary]: { value } },
});
const finite = fc.double({ min: -10, max: 10, noNaN: true });

describe('gain', () => {
  it('is positive exactly when the model is better, also over a negative baseline', () => {
    fc.assert(
      fc.property(finite, finite, fc.boolean(), (model, baseline, higher) => {
        fc.pre(baseline !== 0 && model !== baseline);
        const better = higher ? model > baseline : model < baseline;
        expect(gainPercent(model, baseline, higher) >= 0).toBe(better);
      }),
    );
  });

  it('leaves out of the mean what has no ratio, and keeps the difference', () => {
    const model = [
      score('a', 'auroc', 0.8),
      score('b', 'mse', 0.3),
      score('c', 'explained-variance', 0.2),
      score('d', 'auroc', Number.NaN),
    ];
    const baseline = [
      score('a', 'auroc', 0.5),
      score('b', 'mse', 0.6),
      score('c', 'explained-variance', 0.001),
      score('d', 'auroc', 0.5),
    ];
    const report = gainReport(model, baseline);
    expect(report.perTask.map((t) => t.flag)).toEqual([null, null, 'baseline-near-zero', 'undefined-metric']);
    expect(report.perTask[1]?.gain).toBeCloseTo(50, 12);
    expect(report.perTask[2]?.difference).toBeCloseTo(0.199, 12);
    expect(report.mean).toBeCloseTo((60 + 50) / 2, 12);
    expect(report.leftOut).toBe(2);
  });

  it('has mean and sample deviation over seeds, and no deviation for one', () => {
    const of = (m: number) => gainReport([score('a', 'auroc', m)], [score('a', 'auroc', 0.5)]);
    const three = gainSummary([of(0.5), of(0.55), of(0.6)]);
    expect(three.mean).toBeCloseTo(10, 9);
    expect(three.sd).toBeCloseTo(10, 9);
    expect(gainSummary([of(0.6)]).sd).toBeNaN();
  });

  it('is undefined over 0, and in percent of what it is told to be of', () => {
    expect(gainPercent(1, 0, true)).toBeNaN();
    expect(gainPercent(0.6, 0.5, true)).toBeCloseTo(20, 10);
    expect(gainPercent(0.6, 0.5, false)).toBeCloseTo(-20, 10);
    expect(gainPercent(0.6, -0.5, true)).toBeCloseTo(220, 10);
    expect(gainPercent(0.6, 0.5, true, 0.25)).toBeCloseTo(40, 10);
    expect(gainPercent(0.6, 0.5, true, 0)).toBeNaN();
  });

  it('is a difference, out of the mean, where the baseline predicts worse than the mean does', () => {
    const of = (values: number[]) => values.map((v, i) => score(`t${i}`, 'explained-variance', v));
    const { perTask, mean, leftOut } = gainReport(of([0.01, 0.6]), of([-0.05, 0.5]));
    expect(perTask[0]).toMatchObject({ gain: Number.NaN, flag: 'baseline-below-zero' });
    expect(perTask[0]?.difference).toBeCloseTo(0.06, 12);
    expect(mean).toBeCloseTo(20, 10);
    expect(leftOut).toBe(1);
  });

  it('flags a baseline below 0.01', () => {
    const flag = (model: number, baseline: number) =>
      gainReport([score('a', 'auroc', model)], [score('a', 'auroc', baseline)]).perTask[0]?.flag;
    expect([flag(0.5, 0.01), flag(0.5, 0.0099), flag(0.5, -0.0099), flag(0.5, -0.01)]).toEqual([
      null,
      'baseline-near-zero',
      'baseline-near-zero',
      'baseline-below-zero',
    ]);
    expect(flag(0.5, Number.NaN)).toBe('undefined-metric');
  });

  it('names the metric, its direction and both values', () => {
    const [task] = gainReport([score('a', 'mse', 0.3)], [score('a', 'mse', 0.6)]).perTask;
    expect(task).toMatchObject({
      task: 'a',
      metric: 'mse',
      higherIsBetter: false,
      model: 0.3,
      baseline: 0.6,
    });
    expect(task?.difference).toBeCloseTo(0.3, 12);
    // A baseline without this task or metric.
    expect(gainReport([score('a', 'auroc', 1)], []).perTask[0]?.flag).toBe('undefined-metric');
    expect(gainReport([score('a', 'auroc', 1)], [score('a', 'mse', 1)]).mean).toBeNaN();
  });

  it('sums seeds up task by task, without those where it is undefined', () => {
    const seed = (a: number, b: number) =>
      gainReport(
        [score('a', 'auroc', a), score('b', 'mse', b)],
        [score('a', 'auroc', 0.5), score('b', 'mse', 0.5)],
      );
    const { perTask, mean, perSeed } = gainSummary([seed(0.6, 0.4), seed(0.7, Number.NaN)]);
    expect(perTask.map((t) => [t.task, t.metric, t.higherIsBetter, t.flag])).toEqual([
      ['a', 'auroc', true, null],
      ['b', 'mse', false, 'undefined-metric'],
    ]);
    expect(perTask[0]?.perSeed.map(Math.round)).toEqual([20, 40]);
    expect(perTask[0]?.mean).toBeCloseTo(30, 10);
    expect(perTask[1]?.mean).toBeCloseTo(20, 10);
    expect(perSeed.map(Math.round)).toEqual([20, 40]);
    expect(mean).toBeCloseTo(30, 10);
    expect(gainSummary([]).perTask).toEqual([]);
  });
});
