import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaskScore } from '../protocol/result.ts';
import { BestEpoch, type EpochMeasure, isBetter, measureEpoch } from './bestEpoch.ts';

/** @param epochs - [score, loss] of each epoch */
const follow = (patience: number, epochs: [number, number][]) => {
  const choice = new BestEpoch(patience);
  const best = epochs.map(([score, loss], i) => choice.update({ score, loss }, i + 1, 10 * (i + 1)));
  return { best, state: choice.state, rule: choice.rule };
};

const NONE = Number.NaN;

describe('the best epoch', () => {
  it('is the one with the highest score, whatever its loss', () => {
    const { best, state, rule } = follow(0, [
      [0.1, 1],
      [0.5, 9],
      [0.4, 0.1],
    ]);
    expect(best).toEqual([true, true, false]);
    expect(state).toEqual({
      best: { score: 0.5, loss: 9 },
      bestEpoch: 2,
      bestStep: 20,
      waited: 1,
      stopped: false,
    });
    expect(rule).toBe('metric-then-loss');
  });

  it('is of equal scores the one with the lower loss, and of equal losses the first', () => {
    const tied = follow(0, [
      [1, 0.8],
      [1, 0.3],
      [1, 0.3],
      [1, 0.5],
    ]);
    expect(tied.best).toEqual([true, true, false, false]);
    expect(tied.state).toMatchObject({ bestEpoch: 2, bestStep: 20, waited: 2 });
  });

  it('is the one with the lowest loss where the score is undefined', () => {
    const { best, rule } = follow(0, [
      [NONE, 0.8],
      [NONE, 0.9],
      [NONE, 0.2],
      [NONE, 0.3],
    ]);
    expect(best).toEqual([true, false, true, false]);
    expect(rule).toBe('loss');
  });

  it('is the first of all, even without a score', () => {
    expect(follow(0, [[NONE, 5]]).state.bestEpoch).toBe(1);
    expect(follow(0, [[-3, 5]]).state.bestEpoch).toBe(1);
    expect(new BestEpoch(0).state).toMatchObject({ bestEpoch: 0, waited: 0, stopped: false });
  });

  it('is never worse than another one, in any order of the epochs', () => {
    const measure = fc.record({
      score: fc.constantFrom(0, 0.5, 1),
      loss: fc.constantFrom(0.1, 0.2, 0.3),
    });
    fc.assert(
      fc.property(fc.array(measure, { minLength: 1, maxLength: 12 }), fc.boolean(), (epochs, isUndefined) => {
        const given = epochs.map((e) => ({ ...e, score: isUndefined ? NONE : e.score }));
        const { bestEpoch } = follow(
          0,
          given.map(({ score, loss }) => [score, loss]),
        ).state;
        const chosen = given[bestEpoch - 1] as EpochMeasure;
        for (const [i, other] of given.entries()) {
          expect(isBetter(other, chosen)).toBe(false);
          if (i < bestEpoch - 1) expect(isBetter(chosen, other)).toBe(true);
        }
      }),
    );
  });
});

describe('patience', () => {
  const falling: [number, number][] = [
    [0.5, 1],
    [0.4, 1],
    [0.3, 1],
  ];

  it('ends training after as many epochs without a better one', () => {
    expect(follow(2, falling).state).toMatchObject({ waited: 2, stopped: true });
    expect(follow(3, falling).state).toMatchObject({ waited: 2, stopped: false });
  });

  it('of 0 never ends it', () => {
    expect(follow(0, falling).state.stopped).toBe(false);
  });

  it('begins anew with an epoch that is better by its loss alone', () => {
    const { state } = follow(2, [
      [1, 0.9],
      [1, 0.95],
      [1, 0.8],
      [1, 0.85],
    ]);
    expect(state).toMatchObject({ bestEpoch: 3, waited: 1, stopped: false });
  });
});

describe('an epoch is judged by', () => {
  const score = (task: string, primary: string, value: number, reason?: string): TaskScore => ({
    task,
    primary,
    metrics: { [primary]: { value, reason }, other: { value: 99 } },
  });

  it('the mean of the primary metrics of its group, higher being better, and the sum of its losses', () => {
    const validation = [
      score('a', 'auroc', 0.9),
      score('b', 'explained-variance', 0.5),
      score('c', 'auroc', 7),
    ];
    const epoch = { validation, validationLosses: [0.2, 0.3, 50] };
    const group = measureEpoch([0, 1], epoch);
    expect(group).toEqual({ score: 0.7, loss: 0.5, undefinedMetrics: [] });
    expect(measureEpoch([2], epoch)).toMatchObject({ score: 7, loss: 50 });
    // For an error, lower is better.
    expect(measureEpoch([0], { validation: [score('a', 'mse', 3)], validationLosses: [1] }).score).toBe(-3);
  });

  it('its loss where a primary metric of the group is undefined, with task and reason', () => {
    const validation = [score('a', 'auroc', 0.9), score('b', 'auroc', NONE, 'one class')];
    const group = measureEpoch([0, 1], { validation, validationLosses: [1, 2] });
    expect(group.score).toBeNaN();
    expect(group.loss).toBe(3);
    expect(group.undefinedMetrics).toEqual([{ task: 'b', metric: 'auroc', reason: 'one class' }]);
  });
});
