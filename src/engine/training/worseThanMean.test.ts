import { describe, expect, it } from 'vitest';
import { worseThanChance, worseThanMean } from './worseThanMean.ts';

const tested = (...values: number[]) => ({
  label: 'MMoE',
  test: values.map((value, i) => ({
    task: `y${i + 1}`,
    primary: 'explained-variance',
    metrics: { 'explained-variance': { value } },
  })),
});

describe('a network that predicts worse than the mean', () => {
  it('is said to, with the tasks and their values', () => {
    const note = worseThanMean(tested(0.9, -87_904_831, -0.05));
    expect(note?.code).toBe('worse-than-mean');
    expect(note?.text).toMatch(
      /^MMoE predicts worse .*: y2 \(-8\.79e\+7\), y3 \(-0\.0500\)\. Lower the learning rate/,
    );
  });

  it('is not one that predicts the mean, or has no such metric', () => {
    expect(worseThanMean(tested(0, -2.3e-16, 0.5, Number.NaN))).toBeNull();
    const test = [{ task: 'y', primary: 'auroc', metrics: { auroc: { value: -1 } } }];
    expect(worseThanMean({ label: 'MMoE', test })).toBeNull();
  });
});

describe('a network that ranks worse than chance', () => {
  const ranked = (...values: (number | null)[]) => ({
    label: 'ST-MLP',
    test: values.map((value, i) => ({
      task: `y${i + 1}`,
      primary: 'auroc',
      metrics: { [value === null ? 'explained-variance' : 'auroc']: { value: value ?? -1 } },
    })),
  });

  it('is said to, with the tasks and their values', () => {
    const note = worseThanChance(ranked(0.5, 0.0926, 0.7, 0.4999, Number.NaN, null));
    expect(note?.code).toBe('worse-than-chance');
    expect(note?.text).toMatch(/^ST-MLP ranks .* below 0\.5: y2 \(0\.0926\), y4 \(0\.500\)\. A gain in %/);
  });

  it('is not one that ranks as chance does, or better', () => {
    expect(worseThanChance(ranked(0.5, 0.51, Number.NaN, null))).toBeNull();
  });
});
