// IMTL-G: an update that has the same projection on every gradient.

import { cosinesOf, normsOf } from '../../core/relations.ts';
import type { GramMethod } from '../method.ts';
import { eigenOf, type Gram, pseudoSolve, rankTolerance, solve, subMatrix } from '../solvers/dense.ts';

/**
 * w = v / sum v, v = G^+ n, n the lengths: d . g_i / |g_i| is the same for all. Weights may be negative. Zero gradients get 0.
 * @returns [n], or null where sum v vanishes
 */
export function imtlGWeights(gram: Gram, n: number): Float64Array | null {
  const norms = normsOf(gram, n);
  const tolerance = rankTolerance(gram, n);
  const kept = Array.from({ length: n }, (_, i) => i).filter((i) => (norms[i] as number) > 0);
  const cosines = subMatrix(cosinesOf(gram, n), n, kept);
  const { values } = eigenOf(cosines, kept.length);
  const v = new Float64Array(n);
  // Independent gradients: use the cosines, which keeps full precision whatever the lengths are. Otherwise use the
  // pseudo-inverse of G itself.
  const isIndependent = kept.length > 0 && (values[0] as number) > tolerance * (values.at(-1) as number);
  const inverse = isIndependent ? solve(cosines, new Float64Array(kept.length).fill(1)) : null;
  if (inverse) {
    kept.forEach((i, k) => {
      v[i] = (inverse[k] as number) / (norms[i] as number);
    });
  } else v.set(pseudoSolve(gram, norms, tolerance));
  const sum = v.reduce((a, b) => a + b, 0);
  const size = v.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return Math.abs(sum) > 1e-12 * size ? v.map((value) => value / sum) : null;
}

export const imtlG: GramMethod = {
  id: 'imtl-g',
  label: 'IMTL-G',
  summary:
    'The update whose projection on the direction of every gradient is the same. Weights sum to 1 and may be negative.',
  citation: 'Liu et al. 2021, "Towards Impartial Multi-task Learning", Eq. 6',
  deviations: [
    'By the pseudo-inverse, so that dependent and zero gradients are defined. Where no such weights exist: the mean, with a note.',
  ],
  params: [],
  needs: 'gram',
  start({ numTasks: n, note }) {
    return {
      weights(gram) {
        const weights = imtlGWeights(gram, n);
        if (weights) return weights;
        note(
          'IMTL-G: the gradients of a step allow no equal projections; such steps take the mean gradient.',
        );
        return new Float64Array(n).fill(1 / n);
      },
    };
  },
};
