import { describe, expect, it } from 'vitest';
import { worseThanMean } from './worseThanMean.ts';

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
    expect(worseThanMean(tested(0, 0.5, Number.NaN))).toBeNull();
    const test = [{ task: 'y', primary: 'auroc', metrics: { auroc: { value: -1 } } }];
    expect(worseThanMean({ label: 'MMoE', test })).toBeNull();
  });
});
