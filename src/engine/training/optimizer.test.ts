import { describe, expect, it } from 'vitest';
import { optimizers } from '../optimizers/registry.ts';
import { learningRateAt, updateRule } from './optimizer.ts';

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

  it('is that of the end of the decay where more steps are taken than were planned', () => {
    expect(learningRateAt(settings, 130, 110)).toBeCloseTo(0, 12);
  });

  it('decays from the first step on without a warm-up, and within one step after a warm-up of all steps', () => {
    expect(learningRateAt({ ...settings, warmupSteps: 0 }, 25, 100)).toBeCloseTo(
      0.05 * (1 + Math.SQRT1_2),
      12,
    );
    // No steps are left for the decay: must not be 0 / 0.
    expect(learningRateAt(settings, 11, 10)).toBeCloseTo(0, 12);
    expect(learningRateAt(settings, 10, 10)).toBe(0.1);
  });
});

describe('updateRule', () => {
  it('has the optimizer that was chosen, its decay and its limit, and the constants of PyTorch', () => {
    expect(updateRule({ optimizer: 'adamw', weightDecay: 0.3, clipNorm: 2 })).toEqual({
      optimizer: optimizers.adamw,
      weightDecay: 0.3,
      clipNorm: 2,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
    });
    expect(updateRule({ optimizer: 'sgd', weightDecay: 0, clipNorm: 0 }).optimizer).toBe(optimizers.sgd);
  });
});
