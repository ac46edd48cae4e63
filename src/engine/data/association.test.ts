// Expected values from SciPy 1.17: pearsonr, spearmanr, f_oneway (eta from F), contingency.association.
import { describe, expect, it } from 'vitest';
import { associate, correlationRatio, cramersV, pearson, ranks, type Variable } from './association.ts';

const rows = Array.from({ length: 40 }, (_, k) => k);
const x = rows.map((k) => (k * 7919) % 97);
const y = rows.map((k) => ((k * k * 31) % 53) / 4);
const y2 = x.map((value, k) => value * 0.5 + (y[k] as number));
const ties = rows.map((k) => (k * 5) % 6);
const c = rows.map((k) => ((k * 13) % 5) % 3);
const d = rows.map((k) => ((k * k) % 7) % 4);
const number = (values: number[]): Variable => ({ name: 'n', kind: 'numeric', values });
const classes = (values: number[]): Variable => ({ name: 'c', kind: 'categorical', values });

describe('measures', () => {
  it('are those of SciPy', () => {
    expect(associate(number(x), number(y2), rows)).toEqual({
      measure: 'pearson',
      rows: 40,
      value: expect.closeTo(0.9664601685731179, 12),
      spearman: expect.closeTo(0.979312295666931, 12),
    });
    expect(associate(number(ties), number(y), rows).spearman).toBeCloseTo(0.2714752813517403, 12);
    expect(associate(number(x), classes(c), rows)).toEqual({
      measure: 'correlation-ratio',
      rows: 40,
      value: expect.closeTo(0.22149453299928729, 12),
    });
    expect(associate(classes(d), number(y), rows).value).toBeCloseTo(0.08151246067993824, 12);
    expect(associate(classes(c), classes(d), rows)).toEqual({
      measure: 'cramers-v',
      rows: 40,
      value: expect.closeTo(0.0780107230162998, 12),
    });
    expect(
      cramersV(
        c,
        c.map((code) => (code + 1) % 3),
      ),
    ).toBeCloseTo(1, 12);
  });

  it('are over the rows that have both', () => {
    const gaps = number(x.map((value, k) => (k % 4 === 0 ? Number.NaN : value)));
    const some = classes(c.map((code, k) => (k % 5 === 0 ? -1 : code)));
    const both = rows.filter((k) => k % 4 > 0 && k % 5 > 0);
    const known = both.map((k) => x[k] as number);
    const codes = both.map((k) => c[k] as number);
    expect(associate(gaps, some, rows)).toMatchObject({ rows: 24, value: correlationRatio(known, codes) });
    expect(associate(number(y), gaps, rows).rows).toBe(30);
  });

  it('are undefined where a column is constant', () => {
    expect(pearson([1, 1, 1], [1, 2, 3])).toBeNaN();
    expect(correlationRatio([1, 2, 3], [0, 0, 0])).toBeNaN();
    expect(correlationRatio([2, 2, 2], [0, 1, 0])).toBeNaN();
    expect(cramersV([0, 0, 0], [0, 1, 0])).toBeNaN();
    expect(associate(number([]), number([]), []).value).toBeNaN();
  });

  it('rank equal values alike', () => {
    expect([...ranks([3, 1, 3, 2])]).toEqual([3.5, 1, 3.5, 2]);
  });
});

describe('what does not vary', () => {
  const [same, other] = [
    [2, 2, 2],
    [1, 2, 4],
  ];
  it('has no association, whichever of two it is', () => {
    // 0.1 three times sums to another mean than 0.1, so that the deviations are not 0.
    for (const constant of [same, [0.1, 0.1, 0.1]]) {
      expect([pearson(constant, other), pearson(other, constant)]).toEqual([Number.NaN, Number.NaN]);
      expect(correlationRatio(constant, [0, 1, 1])).toBeNaN();
    }
    expect(correlationRatio(other, [1, 1, 1])).toBeNaN();
    expect([cramersV([1, 1, 1], [0, 1, 2]), cramersV([0, 1, 2], [1, 1, 1])]).toEqual([NaN, NaN]);
  });

  it('is told from two values, wherever the other one stands', () => {
    expect(pearson([1, 1, 2], [0, 0, 5])).toBeCloseTo(1, 12);
    expect(correlationRatio([1, 1, 2], [0, 0, 1])).toBeCloseTo(1, 12);
    // Half of each class in each: no association; all in one each: 1.
    expect(cramersV([0, 0, 1, 1], [0, 1, 0, 1])).toBe(0);
    expect(cramersV([0, 0, 1, 1], [3, 3, 4, 4])).toBeCloseTo(1, 12);
    // Rows 3, 2 and columns 3, 2: chi2 / n = 4/9 + 1/6 + 1/6 + 1/4 - 1.
    expect(cramersV([0, 0, 0, 1, 1], [0, 0, 1, 0, 1])).toBeCloseTo(Math.sqrt(1 / 36), 12);
  });

  it('shares a rank', () => {
    expect([...ranks([7, 7, 7])]).toEqual([2, 2, 2]);
    expect([...ranks([3, 1, 3, 0])]).toEqual([3.5, 2, 3.5, 1]);
    expect([...ranks([])]).toEqual([]);
  });
});
