import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskScore } from '../protocol/result.ts';
import { decompose, decompositionSummary } from './decomposition.ts';
import { gainReport } from './gain.ts';

const score = (task: string, value: number, primary = 'auroc'): TaskScore => ({
  task,
  primary,
  metrics: { [primary]: { value } },
});
const scores = (values: readonly number[], primary?: string) =>
  values.map((value, i) => score(`y${i + 1}`, value, primary));
const value = fc.double({ min: -2, max: 2, noNaN: true });

describe('what a gain consists of', () => {
  it('adds up in the unit of the metric and in percent, and is the gain', () => {
    fc.assert(
      fc.property(value, value, value, fc.constantFrom('auroc', 'mse'), (m, t, b, metric) => {
        fc.pre(b >= 0.01);
        const [model, twin, baseline] = [scores([m], metric), scores([t], metric), scores([b], metric)];
        const { perTask, mean } = decompose(model, twin, baseline);
        for (const parts of [perTask[0]?.difference, perTask[0]?.percent, mean]) {
          const { total, architecture, sharing } = parts ?? mean;
          const size = Math.abs(total) + Math.abs(architecture) + Math.abs(sharing);
          expect(Math.abs(architecture + sharing - total)).toBeLessThanOrEqual(1e-14 * size);
        }
        const gain = gainReport(model, baseline);
        expect(mean.total).toBe(gain.mean);
        expect(perTask[0]?.difference.total).toBe(gain.perTask[0]?.difference);
      }),
    );
  });

  it('says what each part compares, positive where it is better', () => {
    const up = decompose(scores([0.9]), scores([0.8]), scores([0.5]));
    expect(up).toMatchObject({ reference: 'baseline', leftOut: 0 });
    const [task] = up.perTask;
    expect(task).toMatchObject({ task: 'y1', metric: 'auroc', higherIsBetter: true, flag: null });
    expect([task?.model, task?.twin, task?.baseline]).toEqual([0.9, 0.8, 0.5]);
    expect(task?.difference.sharing).toBeCloseTo(0.1, 12);
    expect(task?.difference.architecture).toBeCloseTo(0.3, 12);
    expect(task?.percent.sharing).toBeCloseTo(20, 10);
    expect(task?.percent.architecture).toBeCloseTo(60, 10);
    // With a metric where lower is better, the same numbers are losses.
    const down = decompose(scores([0.9], 'mse'), scores([0.8], 'mse'), scores([0.5], 'mse'));
    expect(down.perTask[0]?.percent.sharing).toBeCloseTo(-20, 10);
    expect(down.perTask[0]?.higherIsBetter).toBe(false);
  });

  it('is sharing alone, of the twin, where no baseline was trained', () => {
    const { reference, perTask, mean } = decompose(scores([0.6]), scores([0.5]), null);
    expect(reference).toBe('twin');
    expect(perTask[0]?.baseline).toBeNaN();
    expect(perTask[0]?.flag).toBeNull();
    expect(mean.sharing).toBeCloseTo(20, 10);
    expect([mean.total, mean.architecture]).toEqual([Number.NaN, Number.NaN]);
  });

  it('leaves tasks without a percentage out of the mean, and keeps their differences', () => {
    const model = scores([0.6, 0.3, 0.7]);
    const twin = scores([0.5, 0.2, Number.NaN]);
    const { perTask, mean, leftOut } = decompose(model, twin, scores([0.5, 0.009, 0.5]));
    expect(perTask.map((t) => t.flag)).toEqual([null, 'baseline-near-zero', 'undefined-metric']);
    expect(perTask[1]?.percent).toEqual({
      total: Number.NaN,
      architecture: Number.NaN,
      sharing: Number.NaN,
    });
    expect(perTask[1]?.difference.sharing).toBeCloseTo(0.1, 12);
    expect(mean.sharing).toBeCloseTo(20, 10);
    expect(leftOut).toBe(2);
    // A model without a value, and a reference without one.
    expect(decompose(scores([Number.NaN]), scores([1]), scores([1])).perTask[0]?.flag).toBe(
      'undefined-metric',
    );
    expect(decompose(scores([1]), scores([1]), scores([Number.NaN])).perTask[0]?.flag).toBe(
      'undefined-metric',
    );
    expect(decompose(scores([1]), scores([0.009]), null).perTask[0]?.flag).toBe('baseline-near-zero');
    expect(decompose(scores([1]), scores([1]), scores([0.01])).perTask[0]?.flag).toBeNull();
    expect(decompose(scores([1]), scores([1]), scores([-0.009])).perTask[0]?.flag).toBe('baseline-near-zero');
    expect(decompose(scores([1]), scores([1]), scores([-0.05])).perTask[0]?.flag).toBe('baseline-below-zero');
  });
});

describe('over seeds', () => {
  const seeds = [
    decompose(scores([0.6, 0.7]), scores([0.5, 0.6]), scores([0.5, 0.5])),
    decompose(scores([0.7, 0.7]), scores([0.5, 0.5]), scores([0.5, 0.009])),
  ];

  it('has mean and interval of every part', () => {
    const summary = decompositionSummary(seeds);
    expect(summary?.reference).toBe('baseline');
    const [first, second] = summary?.perTask ?? [];
    expect(first).toMatchObject({ task: 'y1', metric: 'auroc', higherIsBetter: true, flag: null });
    expect(first?.percent.sharing.mean).toBeCloseTo(30, 10);
    // t(1) = 12.7062, sd / sqrt(2) = 10.
    expect(first?.percent.sharing.low).toBeCloseTo(30 - 127.062, 2);
    expect(first?.difference.sharing.perSeed.map((v) => Math.round(100 * v))).toEqual([10, 20]);
    expect(first?.difference.total.mean).toBeCloseTo(0.15, 12);
    // In the second seed the second task's baseline is near zero.
    expect(second?.flag).toBe('baseline-near-zero');
    expect(second?.percent.sharing.mean).toBeCloseTo(20, 10);
    expect(second?.percent.sharing.low).toBeNaN();
    expect(second?.difference.sharing.mean).toBeCloseTo(0.15, 12);
    expect(summary?.mean.architecture.perSeed.map((v) => Math.round(v))).toEqual([10, 0]);
  });

  it('is nothing without seeds', () => {
    expect(decompositionSummary([])).toBeNull();
  });
});
