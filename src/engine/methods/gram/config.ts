// ConFIG: an update with the same cosine to every gradient.

import { cosinesOf, normsOf } from '../../core/relations.ts';
import type { GramMethod } from '../method.ts';
import { pseudoSolve, rankTolerance, times } from '../solvers/dense.ts';

/**
 * u_i = g_i / |g_i| (0 for a zero gradient), b = U^T (U U^T)^+ 1, d = (sum g_i . b / |b|) b / |b|. By cosines C = U U^T:
 * c = C^+ 1, |b|^2 = c^T C c.
 */
export const config: GramMethod = {
  id: 'config',
  label: 'ConFIG',
  summary:
    'The direction with the same cosine to every gradient, as long as the projections of all gradients on it together.',
  citation: 'Liu et al. 2024, Eq. 2 and 3, arXiv 2408.11104',
  deviations: [
    'The pseudo-inverse leaves out eigenvalues that float32 gradients cannot tell from 0. Where gradients oppose each other exactly, the update is 0.',
  ],
  params: [],
  needs: 'gram',
  start({ numTasks: n }) {
    return {
      weights(gram) {
        const norms = normsOf(gram, n);
        const cosines = cosinesOf(gram, n);
        const ones = Float64Array.from(norms, (norm) => +(norm > 0));
        const c = pseudoSolve(cosines, ones, rankTolerance(gram, n));
        const projections = times(cosines, c); // u_i . b
        const square = projections.reduce((sum, v, i) => sum + v * (c[i] as number), 0);
        if (!(square > 1e-12)) return new Float64Array(n);
        const along = projections.reduce((sum, v, i) => sum + v * (norms[i] as number), 0) / square;
        return c.map((v, i) => ((norms[i] as number) > 0 ? (along * v) / (norms[i] as number) : 0));
      },
    };
  },
};
