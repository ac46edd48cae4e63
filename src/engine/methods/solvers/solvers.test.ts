// The solvers of the gradient methods, checked against the conditions that define their solutions. The Gram matrices are
// random, of every rank, with gradients of very different lengths.
import { describe, expect, it } from 'vitest';
import { gram as gramOf, multiply } from '../../core/linearAlgebra.ts';
import { rng } from '../../core/rng.ts';
import { bargainingWeights } from './bargaining.ts';
import { conflictAverseWeights } from './conflictAverse.ts';
import { applyToEigenvalues, pseudoSolve, solve, squaredLength, times } from './dense.ts';
import { projectOnDualCone } from './dualCone.ts';
import { minNormWeights } from './minNorm.ts';

const CASES = [
  { n: 2, rank: 2, spread: 1 },
  { n: 3, rank: 2, spread: 1 },
  { n: 5, rank: 5, spread: 1000 },
  { n: 8, rank: 8, spread: 30 },
  { n: 8, rank: 3, spread: 1 },
  { n: 12, rank: 20, spread: 10 },
  { n: 32, rank: 40, spread: 5 },
  // Far more gradients than directions: most depend on others.
  { n: 6, rank: 1, spread: 1 },
  { n: 10, rank: 2, spread: 100 },
].flatMap((c) => Array.from({ length: 5 }, (_, seed) => ({ ...c, seed })));

/** Gradients [n, rank], and their inner products. */
function problem({ n, rank, spread, seed }: (typeof CASES)[number]) {
  const random = rng(seed, 'test/solvers', n);
  const size = Array.from({ length: n }, () => spread ** random.uniform());
  const gradients = Float64Array.from(
    { length: n * rank },
    (_, k) => (size[Math.floor(k / rank)] as number) * random.normal(),
  );
  return { gradients, gram: gramOf(gradients, n, rank), longest: Math.max(...size) };
}

const gramSize = (gram: Float64Array) => Math.max(...gram.map(Math.abs));

const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);

describe('the shortest convex combination', () => {
  it.each(CASES)('of $n gradients of rank $rank, spread $spread, seed $seed', (c) => {
    const { gram, longest } = problem(c);
    const w = minNormWeights(gram, c.n);
    expect(Math.min(...w)).toBeGreaterThanOrEqual(0);
    expect(sum(w)).toBeCloseTo(1, 12);
    // Every gradient reaches at least as far along d as d itself (the Karush-Kuhn-Tucker conditions).
    const square = squaredLength(gram, w);
    expect(square - Math.min(...times(gram, w))).toBeLessThan(1e-11 * longest * longest * c.rank);
  });

  it('is the zero gradient where there is one', () => {
    expect(minNormWeights([4, 0, 0, 0], 2)).toEqual(Float64Array.of(0, 1));
  });

  it('of equal gradients is as long as they are', () => {
    const w = minNormWeights(new Float64Array(9).fill(4), 3);
    expect(sum(w)).toBeCloseTo(1, 14);
  });
});

describe('the projection on the dual cone', () => {
  it.each(CASES)('of $n gradients of rank $rank, spread $spread, seed $seed', (c) => {
    const { gram, longest } = problem(c);
    const lower = new Float64Array(c.n).fill(1 / c.n);
    const v = projectOnDualCone(gram, c.n, lower);
    const products = times(gram, v);
    const scale = 1e-10 * longest * longest * c.rank;
    // It raises no loss, and what was added is at right angles to it.
    expect(Math.min(...products)).toBeGreaterThan(-scale);
    v.forEach((value, i) => {
      expect(value).toBeGreaterThanOrEqual(lower[i] as number);
      expect(Math.abs((value - (lower[i] as number)) * (products[i] as number))).toBeLessThan(scale);
    });
  });
});

describe('the projection on the dual cone of gradients that oppose each other up to rounding', () => {
  it('raises no loss, and what was added is at right angles to it', () => {
    const gradients = [-37865.3359, -58145.5195, 109073.961, 167492.578, 126042.305, -161533.156];
    const gram = gramOf(gradients.map(Math.fround), 3, 2);
    const v = projectOnDualCone(gram, 3, new Float64Array(3).fill(1 / 3));
    times(gram, v).forEach((product, i) => {
      expect(product / gramSize(gram)).toBeGreaterThan(-1e-7);
      expect(Math.abs(((v[i] as number) - 1 / 3) * product) / gramSize(gram)).toBeLessThan(1e-7);
    });
  });
});

describe('bargaining weights', () => {
  it.each(CASES.filter((c) => c.rank >= c.n))('for $n gradients, spread $spread, seed $seed', (c) => {
    const { gram } = problem(c);
    for (const alpha of [0.5, 1, 2, 5]) {
      const a = bargainingWeights(gram, c.n, alpha);
      if (!a) throw new Error('expected a solution');
      const products = times(gram, a);
      a.forEach((value, i) => {
        expect(value).toBeGreaterThan(0);
        expect((products[i] as number) * value ** (1 / alpha)).toBeCloseTo(1, 9);
      });
    }
  });

  it.each([1e-18, 1e12])('for gradients %d times as long', (size) => {
    const { gram } = problem(CASES[10] as (typeof CASES)[number]);
    for (const alpha of [0.5, 1, 2, 5]) {
      const scaled = gram.map((v) => v * size * size);
      const a = bargainingWeights(scaled, 5, alpha);
      if (!a) throw new Error('expected a solution');
      const products = times(scaled, a);
      a.forEach((value, i) => {
        expect((products[i] as number) * value ** (1 / alpha)).toBeCloseTo(1, 9);
      });
    }
  });

  it('for gradients that nearly oppose each other', () => {
    const gram = [1, -0.9999999, -0.9999999, 1];
    const a = bargainingWeights(gram, 2, 2) as Float64Array;
    times(gram, a).forEach((product, i) => {
      expect(product * Math.sqrt(a[i] as number)).toBeCloseTo(1, 6);
    });
  });

  it('do not exist for opposed gradients', () => {
    expect(bargainingWeights([1, -1, -1, 1], 2, 1)).toBeNull();
  });
});

describe('conflict-averse weights', () => {
  it.each(CASES)('for $n gradients of rank $rank, spread $spread, seed $seed', (c) => {
    const { gram, gradients } = problem(c);
    const mean = new Float64Array(c.n).fill(1 / c.n);
    const square = squaredLength(gram, mean);
    const towards = times(gram, mean);
    const radius = 0.4 * Math.sqrt(square);
    const w = conflictAverseWeights(gram, towards, square, radius);
    // Without weights, some convex combination is 0, and none can have a smaller value.
    if (!w) expect(squaredLength(gram, minNormWeights(gram, c.n))).toBeLessThan(1e-12 * gramSize(gram));
    const objective = (x: ArrayLike<number>) =>
      towards.reduce((s, v, i) => s + v * (x[i] as number), 0) + radius * Math.sqrt(squaredLength(gram, x));
    const best = w ? objective(w) : 0;
    const near = w ?? minNormWeights(gram, c.n);
    const random = rng(c.seed, 'test/others', c.n);
    for (let k = 0; k < 40; k++) {
      const other = Float64Array.from(
        { length: c.n },
        (_, i) =>
          (near[i] as number) +
          (k % 2) * -Math.log(random.uniform()) * 0.01 +
          (1 - (k % 2)) * random.uniform(),
      );
      const total = sum(other);
      expect(objective(other.map((v) => v / total))).toBeGreaterThan(best - 1e-9 * (Math.abs(best) + square));
    }
    if (!w) return;
    // The update reaches equally far along every gradient that is used, and less far along none.
    const direction = multiply(
      mean.map((v, i) => v + (radius / Math.sqrt(squaredLength(gram, w))) * (w[i] as number)),
      gradients,
      1,
      c.n,
      c.rank,
    );
    const along = multiply(gradients, direction, c.n, c.rank, 1);
    const least = Math.min(...along);
    along.forEach((v, i) => {
      if ((w[i] as number) > 1e-6) expect(v - least).toBeLessThan(1e-6 * Math.max(...along.map(Math.abs)));
    });
  });

  it('are found where another combination is 0', () => {
    // g_2 = -(g_0 + 2 g_1): the mean is -g_1 / 3, and w = (0, 0, 1) is best but for the radius.
    const gradients = [1, 0, 0, 1, -1, -2];
    const gram = gramOf(gradients, 3, 2);
    const mean = new Float64Array(3).fill(1 / 3);
    const towards = times(gram, mean);
    const square = squaredLength(gram, mean);
    for (const c of [0.1, 0.4, 0.9]) {
      const radius = c * Math.sqrt(square);
      const w = conflictAverseWeights(gram, towards, square, radius);
      if (!w) throw new Error('expected weights');
      const value = (x: ArrayLike<number>) =>
        towards.reduce((s, v, i) => s + v * (x[i] as number), 0) + radius * Math.sqrt(squaredLength(gram, x));
      expect(value(w)).toBeLessThan(-1e-6);
      for (let i = 0; i <= 20; i++)
        for (let j = 0; i + j <= 20; j++)
          expect(value([i / 20, j / 20, (20 - i - j) / 20])).toBeGreaterThan(value(w) - 1e-12);
    }
  });

  it('are those of a gradient that is shorter than all others by far', () => {
    const gram = [1e-20, 0, 0, 1];
    const towards = [5e-21, 0.5];
    const w = conflictAverseWeights(gram, towards, 0.25, 0.2) as Float64Array;
    expect(w[0]).toBeCloseTo(1, 9);
  });

  it('are none where every combination can vanish into the mean gradient', () => {
    expect(conflictAverseWeights([0, 0, 0, 0], [0, 0], 0, 0)).toBeNull();
  });
});

describe('dense algebra', () => {
  it('solves, and refuses a matrix without inverse', () => {
    const x = solve([0, 2, 3, 1], [4, 5]) as Float64Array;
    expect(x[0]).toBeCloseTo(1, 14);
    expect(x[1]).toBeCloseTo(2, 14);
    expect(solve([1, 2, 2, 4], [1, 2])).toBeNull();
  });

  it('inverts what can be inverted, at any scale', () => {
    for (const scale of [1e-20, 1, 1e20]) {
      const matrix = [4, 2, 2, 1].map((v) => v * scale);
      const x = pseudoSolve(matrix, [2 * scale, scale], 1e-12);
      expect(x[0]).toBeCloseTo(0.4, 10);
      expect(x[1]).toBeCloseTo(0.2, 10);
    }
  });

  it('applies a function to eigenvalues', () => {
    const x = applyToEigenvalues([5, 4, 4, 5], [1, 1], 1e-12, Math.sqrt);
    expect(x[0]).toBeCloseTo(3, 12);
    expect(x[1]).toBeCloseTo(3, 12);
  });
});
