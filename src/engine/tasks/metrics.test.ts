import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binaryMetrics, multiclassMetrics, regressionMetrics } from './metrics.ts';
import { auroc, logOdds, rankingScores } from './ranking.ts';
import type { MetricValue } from './task.ts';

const labelled = fc.array(fc.record({ score: fc.integer({ min: -20, max: 20 }), positive: fc.boolean() }), {
  minLength: 2,
  maxLength: 40,
});

it('ranks classes by their log-odds, with infinite logits too', () => {
  const logits = fc.array(fc.constantFrom(-Infinity, -2, 0, 3, Infinity), { minLength: 2, maxLength: 10 });
  fc.assert(
    fc.property(logits, (row) => {
      logOdds(row, row.length).forEach((odds, c) => {
        const [score = Number.NaN] = rankingScores(row, row.length, c);
        if (Number.isNaN(odds)) expect(score).toBeNaN();
        else expect(score).toBeCloseTo(odds, 12);
      });
    }),
  );
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

it('rows without weights rank as rows that weigh 1 each', () => {
  const edge = fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, Number.NaN, 1e-300);
  const row = fc.record({ score: fc.oneof(edge, fc.integer({ min: -3, max: 3 })), positive: fc.boolean() });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
      const scores = rows.map((r) => r.score);
      const isPositive = (i: number) => rows[i]?.positive ?? false;
      expect(auroc(scores, isPositive)).toEqual(
        auroc(
          scores,
          isPositive,
          rows.map(() => 1),
        ),
      );
    }),
  );
});

describe('auroc of scores that are no numbers', () => {
  const nan = Number.NaN;
  it('is refused with the count of the rows that count', () => {
    const isPositive = (row: number) => row > 1;
    expect(auroc([1, nan, nan, 2], isPositive)).toEqual({
      value: nan,
      reason: '2 of 4 scores are not a number',
    });
    expect(auroc([1, nan, nan, 2], isPositive, [1, 0, 2, 1])).toEqual({
      value: nan,
      reason: '1 of 3 scores are not a number',
    });
    expect(auroc([1, nan, nan, 2], isPositive, [1, 0, 0, 1])).toEqual({ value: 1 });
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

  it('follow their definitions', () => {
    // Errors 1, -1, 2, -2; targets 4, 1, 5, 2 with mean 3 and variation 10; errors have mean 0.
    const m = regressionMetrics([3, 2, 3, 4], [4, 1, 5, 2]);
    expect(m.explainedVariance).toEqual({ value: 0 });
    expect(m.r2).toEqual({ value: 0 });
    expect(m.mse).toEqual({ value: 2.5 });
    expect(m.rmse).toEqual({ value: Math.sqrt(2.5) });
    expect(m.mae).toEqual({ value: 1.5 });
  });

  it('have no R² of a single row, and no metric without rows', () => {
    const one = regressionMetrics([2], [3]);
    expect(one.r2).toEqual({ value: Number.NaN, reason: 'R² needs at least 2 rows' });
    expect(one.mae).toEqual({ value: 1 });
    const none = regressionMetrics([], []);
    for (const m of Object.values(none)) expect(m.reason).toBe('there are no labelled rows in this split');
  });

  it('refuse predictions that are not finite, with the count', () => {
    const refused = { value: Number.NaN, reason: '2 of 3 predictions are not finite' };
    const m = regressionMetrics([1, Number.NaN, Number.POSITIVE_INFINITY], [1, 2, 3]);
    expect(m).toEqual({ explainedVariance: refused, r2: refused, mse: refused, rmse: refused, mae: refused });
  });

  it('explained variance ignores a constant offset, R² does not', () => {
    const targets = [1, 2, 3, 5];
    const offset = targets.map((t) => t + 4);
    expect(regressionMetrics(offset, targets).explainedVariance.value).toBeCloseTo(1, 12);
    expect(regressionMetrics(offset, targets).r2.value).toBeLessThan(0);
  });
});

describe('binary metrics', () => {
  // Predicted: + + - - (0 is negative); right: rows 0, 2 and 3.
  const logits = [2, 1, -1, 0, -3];
  const targets = [1, 0, 0, 0, 1];

  it('follow their definitions', () => {
    const m = binaryMetrics(logits, targets);
    // Pairs of a positive and a negative: 2 beats 1, -1 and 0; -3 beats none.
    expect(m.auroc).toEqual({ value: 3 / 6 });
    expect(m.accuracy).toEqual({ value: 3 / 5 });
    // One hit; two predicted, two actual.
    expect(m.f1).toEqual({ value: 2 / 4 });
    const losses = [Math.log(1 + Math.exp(-2)), Math.log(1 + Math.E), Math.log(1 + Math.exp(-1)), Math.LN2];
    const sum = [...losses, Math.log(1 + Math.exp(3))].reduce((a, b) => a + b, 0);
    expect(m.logLoss.value).toBeCloseTo(sum / 5, 14);
  });

  it('tell apart what probabilities do not', () => {
    expect(binaryMetrics([41, 42, -42, -41], [0, 1, 0, 1]).auroc.value).toBe(0.75);
    expect(binaryMetrics([41, 42, -42, -41], [1, 1, 0, 0]).auroc.value).toBe(1);
    expect(binaryMetrics([400, 401], [1, 0]).auroc.value).toBe(0);
  });

  it('keep the loss of a confident error exact', () => {
    expect(binaryMetrics([-800], [1]).logLoss.value).toBe(800);
    expect(binaryMetrics([Number.POSITIVE_INFINITY, -1], [0, 1]).logLoss.value).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(binaryMetrics([Number.POSITIVE_INFINITY], [1]).logLoss.value).toBe(0);
  });

  it('give F1 0 where the positive class is neither predicted nor there', () => {
    expect(binaryMetrics([-1, -2], [0, 0]).f1).toEqual({ value: 0 });
  });

  it('say why an AUROC is undefined, and measure the rest', () => {
    const m = binaryMetrics([0.2, 0.9], [1, 1]);
    expect(m.auroc).toEqual({ value: Number.NaN, reason: 'only one class is present in this split' });
    expect(m.accuracy.value).toBe(1);
  });

  it('refuse logits that are no numbers, with the count, and measure infinite ones', () => {
    const refused = { value: Number.NaN, reason: '1 of 3 predictions are not finite' };
    const m = binaryMetrics([1, Number.NaN, 2], [1, 0, 1]);
    expect(m).toEqual({ auroc: refused, accuracy: refused, f1: refused, logLoss: refused });
    expect(
      binaryMetrics([Number.POSITIVE_INFINITY, 3, Number.NEGATIVE_INFINITY], [1, 0, 0]).auroc.value,
    ).toBe(1);
    expect(binaryMetrics([], []).logLoss.reason).toBe('there are no labelled rows in this split');
  });

  it('leave out a row of weight 0, a NaN in it too', () => {
    const weighted = binaryMetrics([...logits, Number.NaN, 9], [...targets, 1, 0], [1, 1, 1, 1, 1, 0, 0]);
    expect(weighted).toEqual(binaryMetrics(logits, targets));
    expect(binaryMetrics([1], [1], [0]).auroc.reason).toBe('there are no labelled rows in this split');
  });
});

describe('multiclass metrics', () => {
  // Predicted 0, 1, 1, 2; right: rows 0, 1 and 3.
  const logits = [3, 1, 0, 0, 2, 1, 1, 4, 2, -1, 0, 1];
  const targets = [0, 1, 2, 2];

  it('follow their definitions', () => {
    const m = multiclassMetrics(logits, targets, 3);
    expect(m.accuracy).toEqual({ value: 3 / 4 });
    expect(m.f1Micro).toEqual({ value: 3 / 4 });
    const f1 = [1, 2 / 3, 2 / 3];
    expect(m.f1PerClass.map((f) => f.value)).toEqual(f1);
    expect(m.f1.value).toBeCloseTo((1 + 2 / 3 + 2 / 3) / 3, 14);
    expect(m.f1Weighted.value).toBeCloseTo((1 + 2 / 3 + 2 * (2 / 3)) / 4, 14);
    const rows = [0, 1, 2, 3].map((i) => logits.slice(3 * i, 3 * i + 3));
    const loss = (row: number[], c: number) =>
      Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0)) - (row[c] as number);
    const losses = rows.map((row, i) => loss(row, targets[i] as number));
    expect(m.logLoss.value).toBeCloseTo(losses.reduce((a, b) => a + b, 0) / 4, 13);
    // By the odds of class 2: row 3 beats rows 0 and 1; row 2 (2 - log(e + e^4)) beats row 0 only.
    expect(m.aurocPerClass.map((a) => a.value)).toEqual([1, 2 / 3, 3 / 4]);
    expect(m.auroc.value).toBeCloseTo((1 + 2 / 3 + 3 / 4) / 3, 14);
  });

  it('predict the first of the largest', () => {
    expect(multiclassMetrics([1, 1, 0], [0], 3).accuracy.value).toBe(1);
    expect(multiclassMetrics([1, 1, 0], [1], 3).accuracy.value).toBe(0);
  });

  it('do not change when a constant is added to a row', () => {
    const shifted = logits.map((z, i) => z + 100 * Math.floor(i / 3));
    const [a, b] = [multiclassMetrics(logits, targets, 3), multiclassMetrics(shifted, targets, 3)];
    expect(b.aurocPerClass).toEqual(a.aurocPerClass);
    expect(b.logLoss.value).toBeCloseTo(a.logLoss.value, 12);
  });

  it('have the log loss of equal logits at any size', () => {
    for (const size of [0, 1e16, 1e30, 3e38]) {
      const z = Math.fround(size);
      expect(multiclassMetrics([z, z, z], [1], 3).logLoss.value, String(size)).toBeCloseTo(Math.log(3), 14);
      expect(multiclassMetrics([-z, -z, -z], [1], 3).logLoss.value, String(-size)).toBeCloseTo(
        Math.log(3),
        14,
      );
    }
  });

  it('tie rows that differ by a constant, or in which of the other classes has which logit', () => {
    for (let i = 1; i <= 20; i++) {
      const [z = 0, a = 0, b = 0, c = 0] = [1, 2, 3, 4].map((k) => Math.fround(3 * Math.sin(i * k)));
      const rows = [[z, a, b, c], [z, c, a, b], [z, b, c, a], [z, a, b, c].map((value) => value + 64)];
      for (const other of rows.slice(1)) {
        const { aurocPerClass } = multiclassMetrics([...(rows[0] ?? []), ...other], [0, 1], 4);
        expect(aurocPerClass[0]?.value).toBe(0.5);
      }
    }
  });

  it('agree with the binary ones on two classes', () => {
    const z = [0.5, -2, 60, 61, -0.1];
    const labels = [1, 0, 0, 1, 1];
    const pairs = z.flatMap((value) => [0, value]);
    const [two, one] = [multiclassMetrics(pairs, labels, 2), binaryMetrics(z, labels)];
    expect(two.auroc.value).toBeCloseTo(one.auroc.value, 14);
    expect(two.accuracy).toEqual(one.accuracy);
    expect(two.f1PerClass[1]).toEqual(one.f1);
    expect(two.logLoss.value).toBeCloseTo(one.logLoss.value, 14);
  });

  it('average over the classes that are there, and say so', () => {
    const m = multiclassMetrics([2, 1, 0, 0, 2, 1], [0, 1], 3);
    expect(m.auroc).toEqual({
      value: 1,
      reason: 'mean over 2 of 3 classes; the others do not occur in this split',
    });
    // Class 2 is neither predicted nor there.
    expect(m.f1.value).toBe(1);
    const single = multiclassMetrics([2, 1, 0, 0, 2, 1], [0, 0], 3).auroc;
    expect(single).toEqual({ value: Number.NaN, reason: 'only one class is present in this split' });
  });

  it('refuse what has no probability', () => {
    const { NaN: nan, POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minus } = Number;
    for (const row of [
      [nan, 1, 0],
      [inf, inf, 0],
      [minus, minus, minus],
    ]) {
      const m = multiclassMetrics([...row, 1, 2, 3], [0, 1], 3);
      const refused = { value: nan, reason: '1 of 2 predictions are not finite' };
      expect(m.auroc).toEqual(refused);
      expect([m.accuracy, m.f1, m.f1Micro, m.f1Weighted, m.logLoss]).toEqual(Array(5).fill(refused));
      expect([...m.aurocPerClass, ...m.f1PerClass]).toEqual(Array(6).fill(refused));
    }
    const sure = multiclassMetrics([inf, 1, 0, minus, 1, minus], [0, 1], 3);
    expect([sure.auroc.value, sure.logLoss.value, sure.accuracy.value]).toEqual([1, 0, 1]);
  });
});

describe('weights of rows', () => {
  const rows = fc.array(
    fc.record({
      z: fc.tuple(
        fc.integer({ min: -3, max: 3 }),
        fc.integer({ min: -3, max: 3 }),
        fc.integer({ min: -3, max: 3 }),
      ),
      label: fc.nat(2),
      weight: fc.nat(3),
    }),
    { minLength: 1, maxLength: 12 },
  );

  it('count a row as often as they say', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const repeated = given.flatMap((row) => Array.from({ length: row.weight }, () => row));
        const close = (a: MetricValue, b: MetricValue) => {
          expect(a.reason).toBe(b.reason);
          if (Number.isNaN(b.value)) expect(a.value).toBeNaN();
          else expect(a.value).toBeCloseTo(b.value, 12);
        };
        const weights = given.map((r) => r.weight);
        const binary = (of: typeof given, w: number[] | null) =>
          binaryMetrics(
            of.map((r) => r.z[0]),
            of.map((r) => (r.label === 1 ? 1 : 0)),
            w,
          );
        const multi = (of: typeof given, w: number[] | null) =>
          multiclassMetrics(
            of.flatMap((r) => r.z),
            of.map((r) => r.label),
            3,
            w,
          );
        const [b, b2] = [binary(given, weights), binary(repeated, null)];
        const [m, m2] = [multi(given, weights), multi(repeated, null)];
        for (const key of ['auroc', 'accuracy', 'f1', 'logLoss'] as const) {
          close(b[key], b2[key]);
          close(m[key], m2[key]);
        }
        close(m.f1Weighted, m2.f1Weighted);
      }),
    );
  });
});
