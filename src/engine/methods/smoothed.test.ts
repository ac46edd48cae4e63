// Weights that change slowly, over a method whose weights are given.
import { describe, expect, it } from 'vitest';
import { mgda } from './gram/mgda.ts';
import type { GramMethod } from './method.ts';
import { smoothed } from './smoothed.ts';

const expectClose = (got: ArrayLike<number>, expected: readonly number[]) => {
  expect(got.length).toBe(expected.length);
  expected.forEach((v, i) => {
    expect(got[i] as number, `entry ${i}`).toBeCloseTo(v, 9);
  });
};

describe('smoothed weights', () => {
  const unseen = new Float64Array(4);
  const given: number[][] = [
    [1, 3],
    [2, 0],
    [0, 4],
  ];
  const inner: GramMethod = {
    ...mgda,
    id: 'given',
    start: () => ({ weights: (_gram, _losses, step) => Float64Array.from(given[step - 1] ?? []) }),
  };

  const start = () =>
    smoothed(inner, 0.75).start({
      numTasks: 2,
      kinds: ['squared-error', 'squared-error'],
      sharedSize: 1,
      settings: {},
      seed: 0,
      note: () => {},
    });

  it('start with those of the first step and follow with the momentum', () => {
    const learner = start();
    expectClose(learner.weights(unseen, [], 1), [1, 3]);
    expectClose(learner.weights(unseen, [], 2), [1.25, 2.25]);
    expectClose(learner.weights(unseen, [], 3), [0.9375, 2.6875]);
  });

  it('go on where they were kept', async () => {
    const first = start();
    first.weights(unseen, [], 1);
    const kept = (await first.save?.()) ?? {};
    const second = start();
    second.restore?.(kept);
    // What was kept is a copy.
    first.weights(unseen, [], 2);
    expectClose(second.weights(unseen, [], 2), [1.25, 2.25]);
  });

  it('are the method itself without momentum', () => {
    expect(smoothed(inner, 0)).toBe(inner);
    expect(smoothed(inner, 0.5).label).toContain('smoothed');
  });
});
