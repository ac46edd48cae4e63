import { describe, expect, it } from 'vitest';
import { learningRateAt } from './optimizer.ts';

const settings = { learningRate: 0.1, warmupSteps: 10, decay: 'cosine' as const };

describe('learningRateAt', () => {
  it('rises linearly over the warm-up and reaches the full rate at its end', () => {
    expect(learningRateAt(settings, 1, 110)).toBeCloseTo(0.01, 12);
    expect(learningRateAt(settings, 10, 110)).toBeCloseTo(0.1, 12);
  });

  it('falls to half at the middle of the decay and to zero at its end', () => {
    expect(learningRateAt(settings, 60, 110)).toBeCloseTo(0.05, 12);
    expect(learningRateAt(settings, 110, 110)).toBeCloseTo(0, 12);
  });

  it('stays constant without decay and without warm-up', () => {
    const constant = { learningRate: 0.1, warmupSteps: 0, decay: 'constant' as const };
    expect([1, 50, 100].map((step) => learningRateAt(constant, step, 100))).toEqual([0.1, 0.1, 0.1]);
  });
});
