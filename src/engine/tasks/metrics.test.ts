import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auroc, binaryMetrics, multiclassMetrics, regressionMetrics } from './metrics.ts';

const labelled = fc.array(fc.record({ score: fc.integer({ min: -20, max: 20 }), positive: fc.boolean() }), {
  minLength: 2,
  maxLength: 40,
});

describe('auroc', () => {
  it('is the share of concordant pairs, ties counting half', () => {
    fc.assert(
      fc.property(labelled, (rows) => {
        let [pairs, wins] = [0, 0];
        for (const a of rows) {
          for (const b of rows) {
            if (!a.positive || b.positive) continue;
            pairs++;
            wins += a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0;
          }
        }
        const { value } = auroc(
          rows.map((r) => r.score),
          (i) => rows[i]?.positive ?? false,
        );
        if (pairs === 0) expect(value).toBeNaN();
        else expect(value).toBeCloseTo(wins / pairs, 12);
      }),
    );
  });

  it('does not change under a monotone map of the scores', () => {
    fc.assert(
      fc.property(labelled, (rows) => {
        const isPositive = (i: number) => rows[i]?.positive ?? false;
        const plain = auroc(
          rows.map((r) => r.score),
          isPositive,
        ).value;
        const mapped = auroc(
          rows.map((r) => Math.atan(r.score) * 3 + 1),
          isPositive,
        ).value;
        expect(mapped).toEqual(plain);
      }),
    );
  });
});

describe('regression metrics', () => {
  it('treat every constant target as constant, whatever its mean rounds to', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e3, max: 1e3, noNaN: true }),
        fc.integer({ min: 2, max: 9 }),
        (value, n) => {
          const targets = new Array<number>(n).fill(value);
          const far = targets.map((t, i) => t + i + 1);
          expect(regressionMetrics(far, targets).explainedVariance.value).toBe(0);
          expect(regressionMetrics(targets, targets).r2.value).toBe(1);
          expect(regressionMetrics(far, targets).r2.reason).toContain('constant');
        },
      ),
    );
  });

  it('explained variance ignores a constant offset, R² does not', () => {
    const targets = [1, 2, 3, 5];
    const offset = targets.map((t) => t + 4);
    expect(regressionMetrics(offset, targets).explainedVariance.value).toBeCloseTo(1, 12);
    expect(regressionMetrics(offset, targets).r2.value).toBeLessThan(0);
  });
});

describe('classification metrics', () => {
  it('say why an AUROC is undefined', () => {
    expect(binaryMetrics([0.2, 0.9], [1, 1]).auroc.reason).toContain('one class');
    const partly = multiclassMetrics([0.6, 0.3, 0.1, 0.2, 0.7, 0.1], [0, 1], 3);
    expect(partly.auroc.value).toBe(1);
    expect(partly.auroc.reason).toContain('2 of 3');
  });

  it('keep the log loss of a confident error finite', () => {
    expect(binaryMetrics([0], [1]).logLoss.value).toBeGreaterThan(30);
    expect(binaryMetrics([0], [1]).logLoss.value).toBeLessThan(40);
  });
});
