// FairGrad: an update whose gains for the tasks are alpha-fair.
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import type { GramMethod } from '../method.ts';
import { bargainedWeights } from './bargained.ts';

const params = defineParams([
  {
    kind: 'number',
    key: 'fairgradAlpha',
    label: 'Fairness',
    help: 'Which fairness between the gains of the tasks: 1 is Nash-MTL, 2 minimises potential delay, and the larger, the more the task that gains least counts.',
    source: 'Ban and Ji 2024, section 4.1',
    integer: false,
    min: 0.1,
    max: 10,
    step: 0.1,
    default: 2,
  },
]);

/** a > 0 with (G a)_i = a_i^(-1 / alpha), d = J^T a. */
export const fairgrad: GramMethod = {
  id: 'fairgrad',
  label: 'FairGrad',
  summary: 'The update with alpha-fair gains of the tasks; not rescaled.',
  citation: 'Ban and Ji 2024, Eq. 5, arXiv 2402.15638',
  deviations: [
    "Solved by Newton's method instead of least squares.",
    'At a Pareto-stationary point there is no solution: such steps take the mean gradient, with a note. Zero gradients get weight 0.',
  ],
  params,
  needs: 'gram',
  start({ numTasks: n, settings, note }) {
    const { fairgradAlpha } = settingsOf(params, settings);
    return {
      weights(gram) {
        const found = bargainedWeights(gram, n, fairgradAlpha);
        if (found) return found;
        note('FairGrad: some steps are Pareto-stationary and have no solution; they take the mean gradient.');
        return new Float64Array(n).fill(1 / n);
      },
    };
  },
};
