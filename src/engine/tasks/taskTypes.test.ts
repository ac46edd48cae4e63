// What the engine relies on in a task type: its metrics, their directions, and their units.
import '../../platform/nodeGradients.ts';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { higherIsBetter, taskTypes } from './registry.ts';

const f32 = (...values: number[]) => Float32Array.from(values);

describe('task types', () => {
  it('say which metric leads and which way is better', () => {
    const facts = Object.values(taskTypes).map((t) => [
      t.id,
      t.primary,
      t.lossKind,
      Object.fromEntries(t.metrics.map((m) => [m.id, m.higherIsBetter])),
    ]);
    const classification = { auroc: true, accuracy: true, f1: true, 'log-loss': false };
    expect(facts).toEqual([
      [
        'regression',
        'explained-variance',
        'squared-error',
        { 'explained-variance': true, r2: true, mse: false, rmse: false, mae: false },
      ],
      ['binary', 'auroc', 'binary', classification],
      ['multiclass', 'auroc', 'multiclass', classification],
    ]);
    for (const t of Object.values(taskTypes))
      for (const m of t.metrics) expect(higherIsBetter(m.id)).toBe(m.higherIsBetter);
    expect(() => higherIsBetter('lift')).toThrow('unknown metric lift');
  });

  it('are registered under their id, with words for every metric', () => {
    for (const [id, type] of Object.entries(taskTypes)) {
      expect(type.id).toBe(id);
      expect([type.label, type.lossLabel, ...type.metrics.map((m) => m.label)]).not.toContain('');
    }
  });

  it('measure exactly the metrics they name', () => {
    const logits = { regression: f32(1, 2), binary: f32(1, -2), multiclass: f32(1, 0, 0, 1) };
    for (const type of Object.values(taskTypes)) {
      const values = type.evaluate(logits[type.id], f32(1, 0), type.id === 'multiclass' ? 2 : 1, null);
      expect(Object.keys(values)).toEqual(type.metrics.map((m) => m.id));
    }
  });

  it('measure regression in the units of the label', () => {
    const targets = f32(-1, 0, 1);
    const values = taskTypes.regression.evaluate(f32(-1, 0, 2), targets, 1, { mean: 50, scale: 10 });
    expect(values.mae?.value).toBeCloseTo(10 / 3, 12);
    expect(values.mse?.value).toBeCloseTo(100 / 3, 12);
    expect(values.rmse?.value).toBeCloseTo(Math.sqrt(100 / 3), 12);
    // Errors 0, 0, -10 against labels 40, 50, 60.
    expect(values.r2?.value).toBeCloseTo(1 - 100 / 200, 12);
    expect(values['explained-variance']?.value).toBeCloseTo(1 - (100 - 100 / 3) / 200, 12);
    expect(taskTypes.regression.evaluate(f32(0), f32(3), 1, null).mae?.value).toBe(3);
  });

  it('keep the digits of labels that lie far from zero for their spread', () => {
    // Seconds since 1970 with a spread of 1: with the mean added, float64 would keep 7 digits of an error of 1e-7.
    const targets = f32(-1, 0, 1);
    const predicted = f32(-1, 0, 1 + 2 ** -23);
    const near = taskTypes.regression.evaluate(predicted, targets, 1, { mean: 50, scale: 1 });
    const far = taskTypes.regression.evaluate(predicted, targets, 1, { mean: 1.7e9, scale: 1 });
    const error = 2 ** -23 / 3;
    expect(far.mae?.value).toBeCloseTo(error, 20);
    expect(near.mae?.value).toBeCloseTo(error, 15);
    // The limit is relative to the spread: a value 1e5 spreads away stays exact in float64.
    const wide = taskTypes.regression.evaluate(predicted, targets, 1, { mean: 1.7e9, scale: 1.7e4 });
    expect(wide.mae?.value).toBeCloseTo(1.7e4 * error, 6);
    expect(wide.mae?.value).not.toBe(1.7e4 * (far.mae?.value as number));
  });

  it('train on the mean loss of their rows', () => {
    const lossOf = (type: keyof typeof taskTypes, logits: number[][], targets: number[]) =>
      taskTypes[type].loss(tensor2d(logits), tensor1d(targets)).dataSync()[0];
    expect(lossOf('regression', [[1], [3]], [0, 1])).toBeCloseTo((1 + 4) / 2, 6);
    expect(lossOf('binary', [[2], [-1]], [1, 1])).toBeCloseTo(
      (Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(1))) / 2,
      6,
    );
    const softmax = (z: number[], c: number) =>
      Math.log(z.reduce((sum, v) => sum + Math.exp(v), 0)) - (z[c] as number);
    expect(
      lossOf(
        'multiclass',
        [
          [1, 0, 2],
          [0, 3, 0],
        ],
        [2, 0],
      ),
    ).toBeCloseTo((softmax([1, 0, 2], 2) + softmax([0, 3, 0], 0)) / 2, 6);
  });

  it('rank by logits', () => {
    expect(taskTypes.binary.evaluate(f32(50, 60), f32(0, 1), 1, null)).toEqual({
      auroc: { value: 1 },
      accuracy: { value: 0.5 },
      f1: { value: 2 / 3 },
      'log-loss': { value: 25 },
    });
    const { auroc, accuracy, f1 } = taskTypes.multiclass.evaluate(f32(50, 0, 60, 0), f32(1, 0), 2, null);
    expect([auroc, accuracy]).toEqual([{ value: 1 }, { value: 0.5 }]);
    expect(f1?.value).toBeCloseTo(1 / 3, 14);
  });
});
