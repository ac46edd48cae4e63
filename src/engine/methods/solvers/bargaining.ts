// Positive weights a with (G a)_i = a_i^(-1 / alpha): the bargaining solution of Nash-MTL (alpha 1) and of FairGrad.
import { cosinesOf, normsOf } from '../../core/relations.ts';
import { solve, times } from './dense.ts';

const MOST_ROUNDS = 200;

/**
 * With C the cosines, the weights a_i = |g_i|^(-2 / (1 + p)) y_i, p = 1 / alpha, are the minimum of the strictly convex
 * 1/2 y^T M y - sum h_i^2 phi(y_i), M = H C H, h_i = |g_i|^((p - 1) / (p + 1)), phi'(y) = y^-p: gradients at right angles have y = 1. In
 * these units no tolerance depends on the lengths of the gradients. Newton's method; steps are halved until the value falls and the
 * weights stay positive (Boyd and Vandenberghe 2004, 9.5 and 9.6). Relative to |g_i|, (G a)_i is exact to 1e-12.
 * @param gram - [n, n]; no gradient is 0
 * @returns [n], or null: there is no solution when some convex combination of the gradients is 0
 */
export function bargainingWeights(gram: ArrayLike<number>, n: number, alpha: number): Float64Array | null {
  const p = 1 / alpha;
  const norms = normsOf(gram, n);
  const longest = Math.max(...norms);
  // Relative to the longest, so that powers of very short or long gradients stay within float64; it cancels in `share`.
  const h = norms.map((norm) => (norm / longest) ** ((p - 1) / (p + 1)));
  const largest = Math.max(...h);
  const share = h.map((v) => (v / largest) ** 2);
  const m = cosinesOf(gram, n).map(
    (v, k) => (v * (h[Math.floor(k / n)] as number) * (h[k % n] as number)) / largest ** 2,
  );
  const y = minimise(m, share, p);
  return y?.map((v, i) => v * (norms[i] as number) ** (-2 / (1 + p))) ?? null;
}

/**
 * The minimum of 1/2 y^T M y - sum share_i phi(y_i) over y > 0.
 * @param m - [n, n], with the shares on its diagonal
 */
function minimise(m: Float64Array, share: Float64Array, p: number): Float64Array | null {
  const n = share.length;
  const phi = (v: number) => (p === 1 ? Math.log(v) : v ** (1 - p) / (1 - p));
  const value = (y: Float64Array): number => {
    const product = times(m, y);
    return y.reduce(
      (sum, v, i) =>
        v > 0
          ? sum + 0.5 * v * (product[i] as number) - (share[i] as number) * phi(v)
          : Number.POSITIVE_INFINITY,
      0,
    );
  };
  // The largest relative difference between the two sides of the condition.
  const residual = (y: Float64Array) =>
    times(m, y).reduce(
      (worst, v, i) => Math.max(worst, Math.abs((v * (y[i] as number) ** p) / (share[i] as number) - 1)),
      0,
    );
  let y = new Float64Array(n).fill(1);
  let current = value(y);
  let left = residual(y);
  for (let round = 0; round < MOST_ROUNDS && left > 1e-13; round++) {
    const now = y;
    const slope = times(m, now).map((v, i) => v - (share[i] as number) * (now[i] as number) ** -p);
    // Rows and columns scaled to a unit diagonal, so that short and long gradients are solved equally precisely.
    const root = now.map((v, i) => Math.sqrt((share[i] as number) * (1 + p * v ** (-p - 1))));
    const hessian = m.map((v, k) => {
      const [i, j] = [Math.floor(k / n), k % n];
      return i === j ? 1 : v / ((root[i] as number) * (root[j] as number));
    });
    const scaled = solve(
      hessian,
      slope.map((v, i) => -v / (root[i] as number)),
    );
    if (!scaled?.every(Number.isFinite)) return null;
    const step = scaled.map((v, i) => v / (root[i] as number));
    const decrement = -slope.reduce((sum, v, i) => sum + v * (step[i] as number), 0);
    const tried = (size: number) => now.map((v, i) => v + size * (step[i] as number));
    let size = 1;
    let next = tried(size);
    let found = value(next);
    while (!(found <= current - 0.1 * size * decrement) && size > 1e-12) {
      size /= 2;
      next = tried(size);
      found = value(next);
    }
    // Near the solution the value can no longer be seen to fall in float64; there a full step counts by the condition alone.
    if (decrement < 1e-10 || !(found < current)) {
      next = tried(1);
      found = value(next);
      if (!(residual(next) < left) || found === Number.POSITIVE_INFINITY) break;
    }
    [y, current, left] = [next, found, residual(next)];
  }
  return left < 1e-6 ? y : null;
}
