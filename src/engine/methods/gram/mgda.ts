// MGDA: the shortest convex combination of the tasks' gradients.
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import { normsOf } from '../../core/relations.ts';
import type { GramMethod } from '../method.ts';

import { minNormWeights } from '../solvers/minNorm.ts';

const params = defineParams([
  {
    kind: 'choice',
    key: 'mgdaNormalisation',
    label: 'Normalisation',
    help: 'What a gradient is divided by before the shortest combination is looked for. Without it, short gradients get nearly all of the weight.',
    source: 'Sener and Koltun 2018, public code',
    options: [
      { value: 'none', label: 'None' },
      { value: 'l2', label: 'Length' },
      { value: 'loss', label: 'Loss' },
      { value: 'loss+', label: 'Loss x length' },
    ],
    default: 'none',
  },
]);

/**
 * w = argmin of |sum w_i g_i / n_i|^2 over w >= 0, sum w = 1; the update takes sum w_i g_i, as the public code does. A gradient that
 * is 0 is a shortest combination by itself: it takes all the weight, and what is shared stands still.
 */
export const mgda: GramMethod = {
  id: 'mgda',
  label: 'MGDA',
  summary:
    'The shortest convex combination of the gradients: it lowers every loss, or shows that none can fall without another rising. Weights sum to 1.',
  citation: 'Desideri 2012; Sener and Koltun 2018, Eq. 3, arXiv 1810.04650',
  deviations: [
    'Solved exactly (Wolfe 1976) instead of by Frank-Wolfe steps; on the parameters, not on the shared representation (MGDA-UB).',
    'A task whose gradient is exactly 0 takes all the weight, so that shared parameters do not move in that step.',
  ],
  params,
  needs: 'gram',
  start({ numTasks: n, settings }) {
    const { mgdaNormalisation } = settingsOf(params, settings);
    return {
      weights(gram, losses) {
        const norms = normsOf(gram, n);
        const byNorm = mgdaNormalisation === 'l2' || mgdaNormalisation === 'loss+';
        const byLoss = mgdaNormalisation === 'loss' || mgdaNormalisation === 'loss+';
        const size = Float64Array.from(norms, (norm, i) => {
          const value = (byNorm ? norm : 1) * (byLoss ? (losses[i] as number) : 1);
          return value > 0 ? value : 1;
        });
        const scaled = Float64Array.from(
          gram,
          (v, k) => v / ((size[Math.floor(k / n)] as number) * (size[k % n] as number)),
        );
        return minNormWeights(scaled, n);
      },
    };
  },
};
