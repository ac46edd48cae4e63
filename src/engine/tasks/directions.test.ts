// The direction of every metric, stated again here, and checked against the metric's values.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rng } from '../core/rng.ts';
import { higherIsBetter, taskTypes } from './registry.ts';
import type { TaskType } from './task.ts';

const DIRECTIONS: Record<string, boolean> = {
  auroc: true,
  accuracy: true,
  f1: true,
  'log-loss': false,
  'explained-variance': true,
  r2: true,
  mse: false,
  rmse: false,
  mae: false,
};

const types: readonly TaskType[] = Object.values(taskTypes);

it('covers every metric of every task type', () => {
  const ids = new Set(types.flatMap((type) => type.metrics.map((m) => m.id)));
  expect([...ids].sort()).toEqual(Object.keys(DIRECTIONS).sort());
});

describe.each(types.map((type) => [type.id, type] as const))('%s', (id, type) => {
  it.each(type.metrics.map((m) => [m.id, m] as const))('says which way %s is better', (metric, entry) => {
    expect(entry.higherIsBetter).toBe(DIRECTIONS[metric]);
    expect(higherIsBetter(metric)).toBe(DIRECTIONS[metric]);
  });

  it('has a primary metric among its own', () => {
    expect(type.metrics.map((m) => m.id)).toContain(type.primary);
    expect(higherIsBetter(type.primary)).toBe(true);
  });

  it('measures good predictions as better than bad ones, by every metric', () => {
    const outputs = id === 'multiclass' ? 3 : 1;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const random = rng(seed, 'predictions');
        const rows = 40;
        const targets = Float32Array.from({ length: rows }, (_, i) =>
          id === 'regression' ? random.normal() : i % (outputs === 1 ? 2 : 3),
        );
        // Good predictions follow the target and bad ones its opposite, with the same noise.
        const noise = Float32Array.from({ length: rows * outputs }, () => 0.3 * random.normal());
        const predict = (sign: number) =>
          noise.map((e, k) => {
            const target = targets[Math.floor(k / outputs)] as number;
            if (id === 'regression') return e + sign * target;
            const isClass = outputs === 1 ? target === 1 : k % outputs === target;
            return e + sign * (isClass ? 2 : -2);
          });
        const [good, bad] = [1, -1].map((sign) => type.evaluate(predict(sign), targets, outputs, null));
        for (const { id: metric } of type.metrics) {
          const difference = (good?.[metric]?.value ?? 0) - (bad?.[metric]?.value ?? 0);
          expect(DIRECTIONS[metric] ? difference : -difference, metric).toBeGreaterThan(0.1);
        }
      }),
      { numRuns: 20 },
    );
  });
});

it('knows no other metric', () => {
  expect(() => higherIsBetter('speed')).toThrow('speed');
});
