import { describe, expect, it } from 'vitest';
import { EarlyStopping } from './earlyStopping.ts';

const follow = (patience: number, scores: number[]) => {
  const stopping = new EarlyStopping(patience);
  const best = scores.map((score, i) => stopping.update(score, i + 1, 10 * (i + 1)));
  return { best, state: stopping.state };
};

describe('EarlyStopping', () => {
  it('keeps the first of equal scores and counts the epochs since', () => {
    const { best, state } = follow(0, [0.1, 0.5, 0.5, 0.4]);
    expect(best).toEqual([true, true, false, false]);
    expect(state).toEqual({ best: 0.5, bestEpoch: 2, bestStep: 20, waited: 2, stopped: false });
  });

  it('stops after `patience` epochs without a better score', () => {
    expect(follow(2, [0.5, 0.4, 0.3]).state.stopped).toBe(true);
    expect(follow(3, [0.5, 0.4, 0.3]).state.stopped).toBe(false);
  });

  it('never prefers an undefined score, and has a best epoch even when all are undefined', () => {
    expect(follow(0, [Number.NaN, 0.2, Number.NaN]).state.bestEpoch).toBe(2);
    expect(follow(0, [Number.NaN, Number.NaN]).state.bestEpoch).toBe(1);
  });
});
