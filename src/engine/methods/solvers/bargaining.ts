// Positive weights a with (G a)_i = a_i^(-1 / alpha): the bargaining solution of Nash-MTL (alpha 1) and of FairGrad.
import { normsOf } from '../../core/relations.ts';
import { at, solve, times } from './dense.ts';

const MAX_ROUNDS = 200;

/**
 * Newton's method on the strictly convex 1/2 a^T G a - sum phi(a_i), phi'(a) = a^(-1 / alpha). Steps are halved until the value
 * falls and the weights stay positive (Boyd and Vandenberghe 2004, 9.5 and 9.6).
 * @param gram - [n, n]; no gradient is 0
 * @returns [n], or null: there is no solution when some convex combination of the gradients is 0
 */
export function bargainingWeights(gram: ArrayLike<number>, n: number, alpha: number): Float64Array | null {
  const power = 1 / alpha;
  const value = (a: Float64Array): number => {
    const product = times(gram, a);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const ai = a[i] as number;
      if (!(ai > 0)) return Number.POSITIVE_INFINITY;
      const phi = alpha === 1 ? Math.log(ai) : ai ** (1 - power) / (1 - power);
      sum += 0.5 * ai * (product[i] as number) - phi;
    }
    return sum;
  };
  // If the gradients were at right angles, this would already be the solution.
  let a = normsOf(gram, n).map((norm) => norm ** (-2 / (1 + power)));
  let current = value(a);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const now = a;
    const product = times(gram, now);
    const gradient = product.map((v, i) => v - (now[i] as number) ** -power);
    const hessian = Float64Array.from({ length: n * n }, (_, k) => {
      const [i, j] = [Math.floor(k / n), k % n];
      return at(gram, n, i, j) + (i === j ? power * (now[i] as number) ** (-power - 1) : 0);
    });
    const step = solve(
      hessian,
      gradient.map((v) => -v),
    );
    if (!step) return null;
    const decrement = -gradient.reduce((sum, v, i) => sum + v * (step[i] as number), 0);
    if (!Number.isFinite(decrement)) return null;
    const tried = (size: number) => now.map((v, i) => v + size * (step[i] as number));
    // Near the solution the value can no longer be seen to fall in float64; from here on Newton's step alone converges
    // quadratically.
    if (decrement < 1e-10) {
      const full = tried(1);
      if (!full.every((v) => v > 0)) return null;
      a = full;
      if (residual(gram, a, power) < 1e-13 || decrement < 1e-26) return a;
      current = value(a);
      continue;
    }
    let size = 1;
    let next = tried(size);
    let found = value(next);
    while (!(found <= current - 0.1 * size * decrement) && size > 1e-12) {
      size /= 2;
      next = tried(size);
      found = value(next);
    }
    if (!(found < current)) return null;
    a = next;
    current = found;
  }
  return residual(gram, a, power) < 1e-6 ? a : null;
}

/** The largest relative difference between the two sides. */
function residual(gram: ArrayLike<number>, a: Float64Array, power: number): number {
  return Math.max(...times(gram, a).map((v, i) => Math.abs(v * (a[i] as number) ** power - 1)));
}
