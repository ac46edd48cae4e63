// GradVac: gradients are turned towards a running mean of their cosines.
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import { normsOf } from '../../core/relations.ts';
import { keptArrays } from '../arrays.ts';
import type { GramMethod } from '../method.ts';
import { at } from '../solvers/dense.ts';
import { lengthOf, productWith, sumOfRows, unchanged } from './conflicts.ts';

const params = defineParams([
  {
    kind: 'number',
    key: 'gradvacBeta',
    label: 'Decay of the goals',
    help: 'How much of a step enters the running mean of each cosine.',
    source: 'Wang et al. 2021, Eq. 4: 0.01',
    integer: false,
    min: 0.0001,
    max: 1,
    step: 0.01,
    default: 0.01,
  },
]);

/**
 * Per task i, and other tasks j in ascending order, with c = cos(p_i, g_j) and goal r: where c < r,
 * p_i += g_j |p_i| (r sqrt(1 - c^2) - c sqrt(1 - r^2)) / (|g_j| sqrt(1 - r^2)); then r becomes (1 - beta) r + beta c. d = sum of p_i.
 * With a gradient that is 0 the cosine counts as 0, and nothing is added along it.
 */
export const gradvac: GramMethod = {
  id: 'gradvac',
  label: 'GradVac',
  summary:
    'Where two gradients agree less than they did on average, each is turned towards the other until they agree as much. The sum, not the mean.',
  citation: 'Wang et al. 2021, Algorithm 1, arXiv 2010.05874',
  deviations: ['All shared parameters are one group; the paper also has one goal per layer.'],
  params,
  needs: 'gram',
  start({ numTasks: n, settings }) {
    const beta = settingsOf(params, settings).gradvacBeta;
    const { goals, save, restore } = keptArrays('gradvac', { goals: new Float32Array(n * n) });
    return {
      weights(gram) {
        const c = unchanged(n);
        const norms = normsOf(gram, n);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            if (j === i) continue;
            const length = lengthOf(c, gram, n, i);
            const scale = length * (norms[j] as number);
            const cosine = scale > 0 ? Math.min(Math.max(productWith(c, gram, n, i, j) / scale, -1), 1) : 0;
            const goal = at(goals, n, i, j);
            const across = Math.sqrt(Math.max(1 - goal * goal, 0));
            if (cosine < goal && scale > 0 && across > 0) {
              const along = (goal * Math.sqrt(1 - cosine * cosine) - cosine * across) / across;
              c[i * n + j] = (c[i * n + j] as number) + (length / (norms[j] as number)) * along;
            }
            goals[i * n + j] = (1 - beta) * goal + beta * cosine;
          }
        }
        return sumOfRows(c, n);
      },
      save,
      restore,
    };
  },
};
