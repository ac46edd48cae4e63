import { describe, expect, it } from 'vitest';
import type { Dataset } from '../data/table.ts';
import { lossesAtStart, loudest, noteOfLoudTask } from './lossScales.ts';
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

describe('a loss that rules the sum of the losses', () => {
  /** Labels of three training rows, and of one that is no training row. */
  const dataset = (big: number[], classes = 3): Pick<Dataset, 'tasks' | 'targets' | 'split'> => ({
    tasks: [
      { name: 'big', type: 'regression', outputs: 1, description: '' },
      { name: 'pair', type: 'binary', outputs: 1, description: '' },
      { name: 'kinds', type: 'multiclass', outputs: classes, description: '' },
    ],
    targets: [big, [0, 1, Number.NaN, 1], [0, 2, 1, 0]].map((t) => Float32Array.from(t)),
    split: { train: Uint32Array.of(0, 1, 2), validation: Uint32Array.of(3), test: Uint32Array.of(3) },
  });

  it('is that of predicting 0 and any class alike, over the labelled training rows', () => {
    const losses = lossesAtStart(dataset([1, Number.NaN, 3, 1000]));
    expect(losses[0]).toBe(5);
    expect(losses[1]).toBeCloseTo(Math.LN2, 12);
    expect(losses[2]).toBeCloseTo(Math.log(3), 12);
  });

  it('is named with its share where it is more than five times the mean of the others', () => {
    expect(loudest([5, 1, 1])).toBeNull();
    expect(loudest([1, 5.1, 1])).toEqual({ task: 1, share: 5.1 / 7.1 });
    // A task without labels is none of the others.
    expect(loudest([Number.NaN, 9, 1])).toEqual({ task: 1, share: 0.9 });
    expect(loudest([Number.NaN, 9])).toBeNull();
    expect(noteOfLoudTask(dataset([10, -10, 10, 0]))?.text).toMatch(
      /^big starts with 98 % of the sum of the losses \(big 100, pair 0\.69, kinds 1\.1\)/,
    );
    expect(noteOfLoudTask(dataset([1, -1, 1, 1000]))).toBeNull();
    // Of many, the first are listed.
    const { tasks, targets, split } = dataset([10, -10, 10, 0]);
    const nine = <T>([loud, quiet]: readonly T[]) => [loud as T, ...Array<T>(8).fill(quiet as T)];
    expect(noteOfLoudTask({ tasks: nine(tasks), targets: nine(targets), split })?.text).toContain(
      `(big 100${', pair 0.69'.repeat(7)}, and 1 more)`,
    );
  });
});
