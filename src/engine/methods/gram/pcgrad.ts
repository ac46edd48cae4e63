// PCGrad: conflicting gradients are projected.
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import { rng } from '../../core/rng.ts';
import type { GramMethod } from '../method.ts';
import { projectConflicts, sumOfRows } from './conflicts.ts';

const params = defineParams([
  {
    kind: 'choice',
    key: 'pcgradOrder',
    label: 'Order',
    help: 'In which order a gradient meets those of the other tasks.',
    source: 'Yu et al. 2020, Algorithm 1',
    control: 'segmented',
    options: [
      { value: 'random', label: 'Random' },
      { value: 'ascending', label: 'As listed' },
    ],
    default: 'random',
  },
]);

/** d = sum of p_i. A gradient that is 0 is neither changed nor used to change others. */
export const pcgrad: GramMethod = {
  id: 'pcgrad',
  label: 'PCGrad',
  summary:
    'Where two gradients point against each other, each loses what points against the other. The sum, as in the paper, not the mean.',
  citation: 'Yu et al. 2020, Algorithm 1, arXiv 2001.06782',
  deviations: [],
  params,
  needs: 'gram',
  start({ numTasks: n, settings, seed }) {
    const { pcgradOrder } = settingsOf(params, settings);
    return {
      weights(gram, _losses, step) {
        const random = rng(seed, 'methods/pcgrad', step);
        const orderOf = (task: number) => {
          const others = Array.from({ length: n }, (_, j) => j).filter((j) => j !== task);
          return pcgradOrder === 'random' ? random.shuffle(others) : others;
        };
        return sumOfRows(projectConflicts(gram, n, orderOf), n);
      },
    };
  },
};
