import type { Gram } from '../method.ts';
import { at } from '../solvers/dense.ts';

/**
 * G / trace(G) + ridge I, which makes projections change smoothly where gradients depend on one another; G itself when ridge is 0.
 */
export function regularised(gram: Gram, n: number, ridge: number): Float64Array {
  const matrix = Float64Array.from(gram);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += at(gram, n, i, i);
  if (ridge === 0 || trace === 0) return matrix;
  return matrix.map((v, k) => v / trace + (k % (n + 1) === 0 ? ridge : 0));
}
