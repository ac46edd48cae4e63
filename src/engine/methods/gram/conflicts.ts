// Gradients that are changed in relation to one another, written as coefficients: p_i = sum_k c_ik g_k. This way the Gram
// matrix is all that is needed.
import { at, type Gram } from '../solvers/dense.ts';

/** c [T, T]; row i holds the changed gradient of task i. */
export type Coefficients = Float64Array;

export function unchanged(n: number): Coefficients {
  const c = new Float64Array(n * n);
  for (let i = 0; i < n; i++) c[i * n + i] = 1;
  return c;
}

/** p_i . g_j */
export function productWith(c: Coefficients, gram: Gram, n: number, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < n; k++) sum += (c[i * n + k] as number) * at(gram, n, k, j);
  return sum;
}

/** |p_i| */
export function lengthOf(c: Coefficients, gram: Gram, n: number, i: number): number {
  let sum = 0;
  for (let k = 0; k < n; k++) sum += (c[i * n + k] as number) * productWith(c, gram, n, i, k);
  return Math.sqrt(Math.max(sum, 0));
}

/** Weights of the sum of all p_i, [T]. */
export function sumOfRows(c: Coefficients, n: number): Float64Array {
  const w = new Float64Array(n);
  for (let k = 0; k < n * n; k++) w[k % n] = (w[k % n] as number) + (c[k] as number);
  return w;
}

/**
 * Algorithm 1 of Yu et al. 2020: where p_i . g_j < 0, the part of p_i that points against g_j is removed. g_j is always the
 * original gradient.
 * @param orderOf - the other tasks, in the order in which task i is compared with them
 */
export function projectConflicts(
  gram: Gram,
  n: number,
  orderOf: (task: number) => readonly number[],
): Coefficients {
  const c = unchanged(n);
  for (let i = 0; i < n; i++) {
    for (const j of orderOf(i)) {
      const product = productWith(c, gram, n, i, j);
      const square = at(gram, n, j, j);
      if (product < 0 && square > 0) c[i * n + j] = (c[i * n + j] as number) - product / square;
    }
  }
  return c;
}
