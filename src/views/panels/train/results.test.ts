import { describe, expect, it } from 'vitest';
import type { Decomposition } from '../../../engine/protocol/gain.ts';
import type { SeedResult } from '../../../engine/protocol/result.ts';
import {
  describeBasis,
  gainPartsOf,
  gainView,
  partMeans,
  resultsView,
  runningGain,
  tasksInMeanText,
} from './results.ts';
import { finished, gain, part, record, run, score, seed } from './testing.ts';

describe('gainView', () => {
  it('is null before the first epoch', () => {
    expect(gainView(run([]))).toBeNull();
    expect(gainView(run([seed(0, null, null)]))).toBeNull();
  });
  it('is on validation, of the newest epoch, until a seed has finished', () => {
    const view = gainView(run([seed(4, null, gain([3, 2]))]));
    expect(view?.basis).toEqual({ split: 'validation', seed: 4, epoch: 2 });
    expect(view?.rows.map((row) => row.gain)).toEqual([3, 2]);
    expect(view?.low).toBeNaN();
  });
  it('is on the test split once model and baseline are tested, while further networks train', () => {
    const { model, baseline, gain: tested } = finished(0, 0.8);
    const half = {
      ...seed(0, null, gain([3, 2])),
      tested: { model: { result: model, gain: tested, decomposition: null } },
    };
    expect(gainView(run([half]))?.basis.split).toBe('validation');
    const both = baseline && {
      ...half.tested,
      baseline: { result: baseline, gain: null, decomposition: null },
    };
    const view = gainView(run([{ ...half, tested: both ?? {} }]));
    expect(view?.basis).toEqual({ split: 'test', seeds: 1 });
    expect(view?.mean).toBe(tested?.mean);
  });
  it('is on the test split from the first finished seed on, whatever runs', () => {
    const view = gainView(
      run([seed(0, finished(0, 1), null), seed(1, finished(1, 3), null), seed(2, null, gain([99, 99]))]),
    );
    expect(view?.basis).toEqual({ split: 'test', seeds: 2 });
    expect(view?.rows[0]).toMatchObject({ gain: 2, perSeed: [1, 3] });
    // t(1) = 12.706, sd of the mean 1.
    expect(view?.rows[0]?.low).toBeCloseTo(2 - 12.7062, 3);
    expect(view?.rows[0]?.high).toBeCloseTo(2 + 12.7062, 3);
  });
  it('says why a metric is undefined', () => {
    const view = gainView(run([seed(0, finished(0, Number.NaN, 'undefined-metric'), null)]));
    expect(view?.rows[0]).toMatchObject({ flag: 'undefined-metric', reason: 'one class only' });
    expect(view?.tasksInMean).toEqual([1, 1]);
  });
  it('says in how many seeds a task is left out of the mean, and how many tasks the means are of', () => {
    const states = [
      seed(0, finished(0, Number.NaN, 'baseline-near-zero'), null),
      seed(1, finished(1, 3), null),
    ];
    const view = gainView(run(states));
    expect(view?.rows.map((row) => row.leftOutSeeds)).toEqual([1, 0]);
    expect(view && tasksInMeanText(view)).toBe('1 to 2 tasks');
    const other = gainView(run(states.slice(1)));
    expect(other && tasksInMeanText(other)).toBe('2 tasks');
  });
});

describe('the parts of a gain', () => {
  const parts = (total: number, architecture: number) => ({
    total,
    architecture,
    sharing: total - architecture,
  });
  /** @param reference - the baseline, or the twin if there is none */
  const decomposition = (
    total: number,
    reference: Decomposition['reference'] = 'baseline',
  ): Decomposition => {
    const known = (p: ReturnType<typeof parts>) =>
      reference === 'baseline' ? p : { ...p, total: Number.NaN, architecture: Number.NaN };
    const task = { metric: 'auroc', higherIsBetter: true, model: 0.8, twin: 0.7, baseline: 0.6, flag: null };
    return {
      reference,
      perTask: ['task1', 'task2'].map((name) => ({
        ...task,
        task: name,
        difference: known(parts(total / 100, 0.02)),
        percent: known(parts(total, 2)),
      })),
      mean: known(parts(total, 2)),
      leftOut: 0,
    };
  };
  const withTwin = (number: number, total: number, reference?: Decomposition['reference']): SeedResult => ({
    ...finished(number, 0.8),
    ...(reference === 'twin' ? { baseline: null, gain: null } : {}),
    decomposition: decomposition(total, reference),
    others: [
      {
        result: part('model:twin', [score('task1', 0.7), score('task2', 0.7)]),
        gain: null,
        decomposition: null,
      },
    ],
  });

  it('are the total alone without a twin', () => {
    expect(gainPartsOf(run([seed(0, finished(0, 1), null)]))).toEqual(['total']);
    expect(gainView(run([seed(0, finished(0, 1), null)]), 'sharing')).toBeNull();
  });
  it('are total, architecture and sharing with one, each with its interval', () => {
    const state = run([seed(0, withTwin(0, 6), null), seed(1, withTwin(1, 10), null)]);
    expect(gainPartsOf(state)).toEqual(['total', 'architecture', 'sharing']);
    const sharing = gainView(state, 'sharing');
    expect(sharing).toMatchObject({ part: 'sharing', reference: 'baseline', mean: 6, perSeed: [4, 8] });
    expect(sharing?.low).toBeCloseTo(6 - 2 * 12.7062, 3);
    expect(sharing?.rows[0]?.difference).toBeCloseTo(0.06, 12);
    expect(partMeans(state).map((p) => [p.part, p.mean])).toEqual([
      ['total', 1],
      ['architecture', 2],
      ['sharing', 6],
    ]);
    expect(resultsView(state)).toMatchObject({ hasBaseline: true, hasTwin: true });
    expect(resultsView(state)?.rows[0]?.twin).toBeCloseTo(0.7, 12);
  });
  it('is sharing alone without a baseline', () => {
    const state = run([seed(0, withTwin(0, 6, 'twin'), null)]);
    expect(gainPartsOf(state)).toEqual(['sharing']);
    expect(gainView(state)).toMatchObject({ part: 'sharing', reference: 'twin', mean: 4 });
    expect(resultsView(state)).toMatchObject({ hasBaseline: false, hasTwin: true });
  });
  it('are live on the validation split while a seed runs', () => {
    const live = { ...seed(4, null, gain([3, 2])), liveDecomposition: decomposition(3) };
    expect(gainView(run([live]), 'sharing')).toMatchObject({ basis: { split: 'validation' }, mean: 1 });
    expect(runningGain(run([live]))?.mean).toBe(1);
    const alone = { ...seed(4, null, null), liveDecomposition: decomposition(3, 'twin') };
    expect(runningGain(run([alone]))).toEqual({ perTask: [1, 1], mean: 1 });
  });
});

describe('runningGain', () => {
  it('is there only while a seed runs', () => {
    expect(runningGain(run([seed(0, null, gain([3, 2]))]))?.perTask).toEqual([3, 2]);
    expect(runningGain(run([seed(0, finished(0, 1), gain([3, 2]))]))).toBeNull();
  });
});

describe('resultsView', () => {
  it('averages every metric over finished seeds', () => {
    const view = resultsView(run([seed(0, finished(0, 0.8), null), seed(1, finished(1, 0.9), null)]));
    expect(view?.basis).toEqual({ split: 'test', seeds: 2 });
    expect(view?.rows[0]?.model).toBeCloseTo(0.85, 12);
    expect(view?.rows[1]?.bestStep).toBe(30);
    expect(view?.rows[0]?.metrics.map((m) => m.metric)).toEqual(['auroc', 'accuracy']);
  });
  it('is the best validation so far before that, which its gain is of, with the step of it', () => {
    const view = resultsView(run([seed(3, null, null)]));
    expect(view?.basis).toEqual({ split: 'validation', seed: 3, epoch: 2 });
    expect(view?.rows[0]).toMatchObject({ model: 0.7, baseline: 0.65, bestStep: 10 });
    // In single-task networks each task is at its own best epoch.
    const state = seed(3, null, null);
    state.records.baseline = [
      { ...record(1, 0.5), isBest: [true, true] },
      { ...record(2, 0.8), isBest: [true, false] },
    ];
    expect(resultsView(run([state]))?.rows.map((row) => row.baseline)).toEqual([0.8, 0.5]);
  });
});

it('names what was measured', () => {
  expect(describeBasis({ split: 'test', seeds: 3 })).toBe('test split, mean of 3 finished seeds');
  expect(describeBasis({ split: 'test', seeds: 1 })).toBe('test split, one finished seed, no interval');
  expect(describeBasis({ split: 'validation', seed: 0, epoch: 4 })).toBe(
    'validation, best epochs of 4, seed 0',
  );
});
