// DualProj: the mean gradient projected on the cone of updates that raise no loss.
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import type { GramMethod } from '../method.ts';
import { projectOnDualCone } from '../solvers/dualCone.ts';
import { regularised } from './regularised.ts';

const params = defineParams([
  {
    kind: 'number',
    key: 'dualprojRidge',
    label: 'Ridge',
    help: 'Added to the diagonal of the inner products, as a share of their trace. 0 is exact; TorchJD takes 0.0001.',
    integer: false,
    min: 0,
    max: 1,
    step: 0.0001,
    default: 0,
  },
]);

/** w = argmin w^T G w over w >= 1 / T. */
export const dualproj: GramMethod = {
  id: 'dualproj',
  label: 'DualProj',
  summary: 'The mean gradient, projected on the updates that raise no loss (to first order).',
  citation: 'Lopez-Paz and Ranzato 2017, Eq. 11, as in TorchJD',
  deviations: ['Exact unless a ridge is chosen.'],
  params,
  needs: 'gram',
  start({ numTasks: n, settings }) {
    const { dualprojRidge } = settingsOf(params, settings);
    const mean = new Float64Array(n).fill(1 / n);
    return { weights: (gram) => projectOnDualCone(regularised(gram, n, dualprojRidge), n, mean) };
  },
};
