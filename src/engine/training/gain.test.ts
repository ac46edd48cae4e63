import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskScore } from '../protocol.ts';
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
});
