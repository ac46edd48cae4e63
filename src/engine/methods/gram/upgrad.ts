// UPGrad: every gradient is projected on the cone of updates that raise no loss.
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import type { GramMethod } from '../method.ts';
import { projectOnDualCone } from '../solvers/dualCone.ts';
import { regularised } from './regularised.ts';

const params = defineParams([
  {
    kind: 'number',
    key: 'upgradRidge',
    label: 'Ridge',
    help: 'Added to the diagonal of the inner products, as a share of their trace. 0 is exact; TorchJD and LibMTL take 0.0001.',
    integer: false,
    min: 0,
    max: 1,
    step: 0.0001,
    default: 0,
  },
]);

/** d = mean over i of the projection of g_i on {d : J d >= 0}: v_i = argmin v^T G v over v >= e_i / T, w = sum v_i. */
export const upgrad: GramMethod = {
  id: 'upgrad',
  label: 'UPGrad',
  summary:
    'Every gradient is projected on the updates that raise no loss (to first order); the update is their mean.',
  citation: 'Quinton and Rey 2024, Eq. 3 and 4, arXiv 2406.16232',
  deviations: ['Exact unless a ridge is chosen; active sets instead of a general solver.'],
  params,
  needs: 'gram',
  start({ numTasks: n, settings }) {
    const { upgradRidge } = settingsOf(params, settings);
    return {
      weights(gram) {
        const matrix = regularised(gram, n, upgradRidge);
        const sum = new Float64Array(n);
        for (let task = 0; task < n; task++) {
          const lower = new Float64Array(n);
          lower[task] = 1 / n;
          projectOnDualCone(matrix, n, lower).forEach((v, i) => {
            sum[i] = (sum[i] as number) + v;
          });
        }
        return sum;
      },
    };
  },
};
