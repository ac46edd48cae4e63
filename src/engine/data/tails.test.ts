// Tail transformations are fitted on the training rows alone, in any order, and restored from a weights file.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../config/params.ts';
import { formatIssue } from '../core/errors.ts';
import { tableSource } from './tableSource.ts';
import { fitTail, normalQuantile, shaped } from './tails.ts';
import { generateTable, issuesOf, textInput } from './testing/files.ts';

it('the inverse of the normal distribution is that of tables', () => {
  // NIST/SEMATECH e-Handbook 1.3.6.7.1, and symmetry around 0.
  for (const [p, z] of [
    [0.5, 0],
    [0.975, 1.959963985],
    [0.999, 3.090232306],
    [0.01, -2.326347874],
  ] as const) {
    expect(normalQuantile(p)).toBeCloseTo(z, 7);
    expect(normalQuantile(1 - p)).toBeCloseTo(-z, 7);
  }
});

describe('a tail', () => {
  const numbers = Array.from({ length: 101 }, (_, i) => (i === 100 ? 1e6 : i));

  it('is clipped at the first and last percent', () => {
    const tail = fitTail('clip', [...numbers, Number.NaN]);
    expect(tail).toEqual({ kind: 'clip', low: 1, high: 99 });
    if (tail) expect([-5, 50, 1e6, Number.NaN].map((x) => shaped(x, tail))).toEqual([1, 50, 99, Number.NaN]);
  });

  it('becomes normal scores, equal values the middle one', () => {
    const tail = fitTail('quantile', numbers);
    if (!tail) throw new Error('numbers have a tail');
    expect(shaped(50, tail)).toBeCloseTo(0, 9);
    expect(shaped(25, tail)).toBeCloseTo(-0.67449, 4);
    expect(shaped(1e9, tail)).toBeCloseTo(3.0902, 3);
    const tied = fitTail('quantile', [1, 1, 1, 1, 2]);
    if (tied) expect(shaped(1, tied)).toBeCloseTo(normalQuantile(0.375), 9);
    const one = fitTail('quantile', [7]);
    if (one) expect([6, 7, 8].map((x) => Math.sign(shaped(x, one)))).toEqual([-1, 0, 1]);
  });

  it('has ranks between the training rows, and those below a step of equal ones', () => {
    const tail = { kind: 'quantile' as const, knots: [10, 12, 20, 20, 30] };
    const scores = (...values: number[]) => values.map((value) => shaped(value, tail));
    // The four steps of probability are 1/4 each; 11 is half of the first, 18 three quarters of the second, 25 half of the last.
    const shares = [1 / 8, 1 / 4, (1 + 3 / 4) / 4, 5 / 8, 7 / 8];
    scores(11, 12, 18, 20, 25).forEach((score, i) => {
      expect(score).toBeCloseTo(normalQuantile(shares[i] as number), 9);
    });
    expect(scores(10, 30, 9, 31)).toEqual([0.001, 0.999, 0.001, 0.999].map(normalQuantile));
    expect(scores(Number.NaN)).toEqual([Number.NaN]);
  });

  it('is none without a number, and lies between two rows', () => {
    expect([fitTail('clip', []), fitTail('quantile', [Number.NaN])]).toEqual([null, null]);
    // The 1st percent of 0 and 50 is 0.5, the 99th 49.5.
    expect(fitTail('clip', [50, Number.NaN, 0])).toEqual({ kind: 'clip', low: 0.5, high: 49.5 });
    expect(fitTail('quantile', [3, Number.NaN, 1])).toEqual({ kind: 'quantile', knots: [1, 3] });
    const many = fitTail(
      'quantile',
      Array.from({ length: 401 }, (_, i) => 400 - i),
    );
    if (many?.kind !== 'quantile') throw new Error('numbers have a tail');
    expect(many.knots).toHaveLength(201);
    many.knots.forEach((knot, i) => {
      expect(knot).toBeCloseTo(2 * i, 9);
    });
  });

  it('keeps the order of numbers', () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 });
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 300 }), finite, finite, (given, a, b) => {
        const tail = fitTail('quantile', given);
        if (tail) expect(shaped(Math.min(a, b), tail)).toBeLessThanOrEqual(shaped(Math.max(a, b), tail));
      }),
    );
  });
});

describe('in a table', () => {
  const rows = Array.from({ length: 200 }, (_, i) => `${i === 0 ? 1e9 : i},${i % 7},${(i * 3) % 13}`);
  const request = (data: Params) => ({
    data: { ...defaultsOf(tableSource.dataParams), standardiseFeatures: false, ...data },
    tasks: { targets: [{ column: 'y', type: 'regression' as const }] },
    file: textInput(`x,z,y\n${rows.join('\n')}`),
  });

  it('a feature is clipped or ranked by the training rows, and says so', async () => {
    const clipped = await generateTable(request({ clip: 'x' }));
    expect(Math.max(...(clipped.numeric[0] ?? []))).toBeLessThan(201);
    expect(clipped.notes.map((n) => n.code)).toContain('tail-clip');
    expect(clipped.fitted?.features[0]).toMatchObject({ tail: { kind: 'clip' } });
    const ranked = await generateTable(request({ quantile: 'x' }));
    expect(Math.max(...(ranked.numeric[0] ?? []))).toBeCloseTo(3.0902, 3);
  });

  it('is refused for what is no feature of numbers, and twice', async () => {
    const messages = async (data: Params) => (await issuesOf(request(data))).map(formatIssue);
    expect((await messages({ clip: 'y' }))[0]).toMatch(
      /^data\.params\.clip: expected numeric features out of x, z/,
    );
    expect((await messages({ clip: 'x', quantile: 'x' }))[0]).toMatch(
      /quantile: .*one of logScale, clip and quantile/,
    );
  });
});
