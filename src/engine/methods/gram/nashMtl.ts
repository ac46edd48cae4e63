// Nash-MTL: the bargaining solution of the tasks.
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import type { GramMethod } from '../method.ts';
import { squaredLength } from '../solvers/dense.ts';
import { bargainedWeights } from './bargained.ts';

const params = defineParams([
  {
    kind: 'number',
    key: 'nashMaxNorm',
    label: 'Longest update',
    help: 'The update of shared parameters is shortened to this length. 0: never; its length then is the root of the number of tasks, however near the minimum.',
    source: 'Public code: 1',
    integer: false,
    min: 0,
    max: 100,
    step: 0.5,
    default: 1,
  },
]);

/** a > 0 with G a = 1 / a elementwise, d = J^T a; then |d|^2 is the number of tasks. */
export const nashMtl: GramMethod = {
  id: 'nash-mtl',
  label: 'Nash-MTL',
  summary:
    'The update that maximises the product of what the tasks gain to first order; what a task gains is one over its weight. The same for any scale of the losses.',
  citation: 'Navon et al. 2022, Eq. 2 and Claim 3.1, arXiv 2202.01017',
  deviations: [
    "Solved to the last digits by Newton's method, in every step, instead of 20 rounds of a convex approximation.",
    'At a Pareto-stationary point (some convex combination of the gradients is 0) there is no solution: such steps take the mean gradient, with a note. Zero gradients get weight 0.',
    "The bound on the length holds for shared parameters; the weights that a task's own tower gets are scaled with it.",
  ],
  params,
  needs: 'gram',
  start({ numTasks: n, settings, note }) {
    const { nashMaxNorm } = settingsOf(params, settings);
    return {
      weights(gram) {
        const found = bargainedWeights(gram, n, 1);
        if (!found)
          note(
            'Nash-MTL: some steps are Pareto-stationary and have no solution; they take the mean gradient.',
          );
        const weights = found ?? new Float64Array(n).fill(1 / n);
        const length = Math.sqrt(squaredLength(gram, weights));
        return nashMaxNorm > 0 && length > nashMaxNorm
          ? weights.map((w) => (w * nashMaxNorm) / length)
          : weights;
      },
    };
  },
};
