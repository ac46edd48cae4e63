// What Nash-MTL and FairGrad share: weights that satisfy a bargaining condition, and what to do where it has no solution.
import { cosinesOf } from '../../core/relations.ts';
import type { Gram } from '../method.ts';
import { bargainingWeights } from '../solvers/bargaining.ts';
import { at, squaredLength, subMatrix } from '../solvers/dense.ts';
import { minNormWeights } from '../solvers/minNorm.ts';

/** A convex combination of unit gradients counts as 0 when its squared length is below this. */
const VANISHING = 1e-12;

/**
 * a > 0 with (G a)_i = a_i^(-1 / alpha); zero gradients are left out and get weight 0.
 * @returns [n], or null where some convex combination of the others is 0, or all gradients are 0
 */
export function bargainedWeights(gram: Gram, n: number, alpha: number): Float64Array | null {
  const kept = Array.from({ length: n }, (_, i) => i).filter((i) => at(gram, n, i, i) > 0);
  if (kept.length === 0) return null;
  const own = subMatrix(gram, n, kept);
  // Some combination of the gradients is 0 if and only if one of their directions is; those have one length.
  const cosines = cosinesOf(own, kept.length);
  if (squaredLength(cosines, minNormWeights(cosines, kept.length)) <= VANISHING) return null;
  const found = bargainingWeights(own, kept.length, alpha);
  if (!found) return null;
  const weights = new Float64Array(n);
  kept.forEach((i, k) => {
    weights[i] = found[k] as number;
  });
  return weights;
}
