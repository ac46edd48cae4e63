// CAGrad: the update near the mean gradient that is best for the task it helps least.
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import type { GramMethod } from '../method.ts';
import { conflictAverseWeights } from '../solvers/conflictAverse.ts';
import { at, squaredLength, subMatrix, times } from '../solvers/dense.ts';
import { projectOnDualCone } from '../solvers/dualCone.ts';

const params = defineParams([
  {
    kind: 'number',
    key: 'cagradC',
    label: 'Radius',
    help: 'How far the update may be from the mean gradient, as a share of its length. 0 is the mean gradient; towards 1 it comes near MGDA.',
    source: 'Liu et al. 2021: 0.4 on NYU-v2 and Cityscapes',
    integer: false,
    min: 0,
    max: 0.99,
    step: 0.05,
    default: 0.4,
  },
  {
    kind: 'switch',
    key: 'cagradRescale',
    label: 'Rescale',
    help: 'Divide the update by 1 + radius squared, as the public code does by default.',
    default: false,
    caption: 'divide by 1 + c^2',
  },
]);

/**
 * w* = argmin over the simplex of g_w . g_0 + c |g_0| |g_w|, g_0 the mean of the gradients; d = g_0 + c |g_0| g_w / |g_w|.
 * Zero gradients count in g_0 and are left out of the search. g_w vanishes where no update near g_0 lowers every loss; of those
 * that raise none, d then is the nearest to g_0.
 * @returns weights of d, and w*
 */
export function cagradWeights(gram: ArrayLike<number>, n: number, c: number) {
  const mean = new Float64Array(n).fill(1 / n);
  const length = Math.sqrt(squaredLength(gram, mean));
  const kept = Array.from({ length: n }, (_, i) => i).filter((i) => at(gram, n, i, i) > 0);
  const simplex = new Float64Array(n);
  const found = kept.length > 0 && length > 0 ? search(gram, n, kept, times(gram, mean), length, c) : null;
  if (!found) return { weights: projectOnDualCone(gram, n, mean), simplex };
  kept.forEach((i, k) => {
    simplex[i] = found[k] as number;
  });
  const factor = (c * length) / Math.sqrt(squaredLength(gram, simplex));
  return { weights: mean.map((v, i) => v + factor * (simplex[i] as number)), simplex };
}

function search(
  gram: ArrayLike<number>,
  n: number,
  kept: readonly number[],
  towards: Float64Array,
  length: number,
  c: number,
) {
  const own = subMatrix(gram, n, kept);
  return conflictAverseWeights(
    own,
    kept.map((i) => towards[i] as number),
    length * length,
    c * length,
  );
}

export const cagrad: GramMethod = {
  id: 'cagrad',
  label: 'CAGrad',
  summary:
    'Of all updates near the mean gradient, the one that lowers most the loss it lowers least. About the length of the mean gradient.',
  citation: 'Liu et al. 2021, Eq. 3 and Algorithm 1, arXiv 2110.14048',
  deviations: [
    'Not divided by 1 + c^2 unless that is chosen; the inner problem is solved to the last digits, where the public code stops SLSQP early.',
    'Where no update near the mean gradient lowers every loss, the formula gives no direction: the update is the nearest to the mean gradient that raises none.',
  ],
  params,
  needs: 'gram',
  start({ numTasks: n, settings }) {
    const { cagradC, cagradRescale } = settingsOf(params, settings);
    const scale = cagradRescale ? 1 / (1 + cagradC * cagradC) : 1;
    return { weights: (gram) => cagradWeights(gram, n, cagradC).weights.map((w) => w * scale) };
  },
};
