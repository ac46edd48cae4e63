import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimate, pairedDifference, studentQuantile } from './interval.ts';

describe('an interval over seeds', () => {
  it('has the quantiles of Student’s t', () => {
    // Tables of the two-sided 95 % quantile.
    const known = [
      [1, 12.7062047362],
      [2, 4.3026527297],
      [3, 3.1824463053],
      [4, 2.7764451052],
      [5, 2.5705818356],
      [9, 2.262157163],
      [10, 2.228138852],
      [30, 2.0422724563],
      [99, 1.984216952],
      [100, 1.9839715185],
    ] as const;
    for (const [n, t] of known) expect(Math.abs(studentQuantile(n) - t), `${n}`).toBeLessThan(1e-6);
    expect(studentQuantile(0)).toBeNaN();
  });

  it('is mean ± t sd / sqrt(n), and has no bounds for one seed', () => {
    const { mean, sd, low, high, perSeed } = estimate([1, 2, 3, 4, 5]);
    expect(perSeed).toEqual([1, 2, 3, 4, 5]);
    expect(mean).toBe(3);
    expect(sd).toBeCloseTo(Math.sqrt(2.5), 12);
    const half = (2.7764451052 * Math.sqrt(2.5)) / Math.sqrt(5);
    expect(low).toBeCloseTo(3 - half, 6);
    expect(high).toBeCloseTo(3 + half, 6);
    const one = estimate([7]);
    expect(one.mean).toBe(7);
    expect([one.sd, one.low, one.high]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    // Without values the estimate is NaN, not a spread of 0.
    const none = estimate([]);
    expect([none.mean, none.sd, none.low, none.high]).toEqual(Array(4).fill(Number.NaN));
  });

  it('leaves undefined seeds out', () => {
    const { mean, low, high, perSeed } = estimate([1, Number.NaN, 3]);
    const whole = estimate([1, 3]);
    expect([mean, low, high]).toEqual([whole.mean, whole.low, whole.high]);
    expect(perSeed).toEqual([1, Number.NaN, 3]);
  });

  it('holds its mean, and shrinks when the seeds agree', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 2 }), (values) => {
        const { mean, low, high } = estimate(values);
        expect(low).toBeLessThanOrEqual(mean);
        expect(high).toBeGreaterThanOrEqual(mean);
        expect(estimate(values.map(() => 5))).toMatchObject({ mean: 5, low: 5, high: 5 });
      }),
    );
  });

  it('pairs two networks seed by seed', () => {
    // The seeds differ far more than the networks: unpaired intervals overlap.
    const a = [0.9, 0.5, 0.7];
    const b = [0.88, 0.49, 0.67];
    const { mean, low } = pairedDifference(a, b);
    expect(mean).toBeCloseTo(0.02, 12);
    expect(low).toBeLessThan(0);
    expect(pairedDifference([...a, 0.8], [...b, 0.78]).low).toBeGreaterThan(0);
    expect(estimate(a).low).toBeLessThan(estimate(b).high);
    // A seed that only one has gives no difference.
    expect(pairedDifference(a, b.slice(0, 2)).perSeed).toHaveLength(2);
    expect(pairedDifference(b.slice(0, 2), a).perSeed).toHaveLength(2);
    expect(pairedDifference([1, Number.NaN], [0, 5]).mean).toBe(1);
  });
});
