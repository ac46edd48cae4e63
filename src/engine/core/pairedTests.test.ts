import { describe, expect, it } from 'vitest';
import { holm, pairedTest } from './pairedTests.ts';

describe('pairedTest', () => {
  // Student: scipy 1.17.1, stats.ttest_rel. Wilcoxon: all 2^n sign patterns counted over scipy's ranks.
  it.each([
    {
      a: [0.912, 0.874, 0.901, 0.933, 0.889],
      b: [0.905, 0.861, 0.904, 0.921, 0.88],
      expected: { t: 2.660532159653219, pStudent: 0.05635908479529026, w: 1, pWilcoxon: 0.125 },
    },
    {
      a: [5, 4, 6, 7, 5, 9, 3, 8],
      b: [4, 5, 4, 6, 5, 6, 3, 7],
      expected: { t: 1.9855802012591142, pStudent: 0.08745934260808017, w: 2.5, pWilcoxon: 0.15625 },
    },
    {
      a: [0.3, 0.1],
      b: [0.1, 0.25],
      expected: { t: 0.14285714285714282, pStudent: 0.9096655293982672, w: 1, pWilcoxon: 1 },
    },
  ])('gives the numbers of scipy for $a', ({ a, b, expected }) => {
    const test = pairedTest(a, b);
    for (const key of ['t', 'pStudent', 'w', 'pWilcoxon'] as const)
      expect(test[key], key).toBeCloseTo(expected[key], 9);
  });

  it('is the same with a and b exchanged, but for the sign', () => {
    const [a, b] = [
      [1, 2, 4, 8],
      [2, 2.5, 3, 9.5],
    ] as const;
    const [there, back] = [pairedTest(a, b), pairedTest(b, a)];
    expect(back).toMatchObject({ pStudent: there.pStudent, pWilcoxon: there.pWilcoxon, w: there.w });
    expect(back.difference).toBe(-there.difference);
  });

  it('says that five pairs never come below 0.0625, and leaves pairs with NaN out', () => {
    const test = pairedTest([1, 2, 3, 4, 5, Number.NaN], [0, 0.5, 1, 1.5, 2, 3]);
    expect(test).toMatchObject({ n: 5, pWilcoxon: 0.0625, smallestWilcoxon: 0.0625 });
  });

  it('has no p for one pair, and none for equal values', () => {
    expect(pairedTest([1], [0])).toMatchObject({ n: 1, t: Number.NaN, pStudent: Number.NaN });
    expect(pairedTest([1, 2], [1, 2])).toMatchObject({ difference: 0, pStudent: Number.NaN, w: Number.NaN });
  });
});

describe('holm', () => {
  it('multiplies by the tests that are left, and never falls', () => {
    // By hand: 5 x 0.005, 4 x 0.01, 3 x 0.03, then max(0.09, 2 x 0.04), 1 x 0.6.
    const adjusted = holm([0.01, 0.04, 0.03, Number.NaN, 0.005, 0.6]);
    [0.04, 0.09, 0.09, Number.NaN, 0.025, 0.6].forEach((value, i) => {
      if (Number.isNaN(value)) expect(adjusted[i]).toBeNaN();
      else expect(adjusted[i]).toBeCloseTo(value, 12);
    });
  });
});
