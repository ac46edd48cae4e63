// Aligned-MTL: gradients made orthogonal and equally long.
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import type { GramMethod } from '../method.ts';
import { applyToEigenvalues } from '../solvers/dense.ts';

const params = defineParams([
  {
    kind: 'choice',
    key: 'alignedScale',
    label: 'Length',
    help: 'Which principal component of the gradients all are scaled to: the smallest (as in the paper), the median, or the root mean square.',
    source: 'Senushkin et al. 2023, section 4.2; TorchJD',
    control: 'segmented',
    options: [
      { value: 'min', label: 'Smallest' },
      { value: 'median', label: 'Median' },
      { value: 'rmse', label: 'RMS' },
    ],
    default: 'min',
  },
]);

type Scale = 'min' | 'median' | 'rmse';

/**
 * Of the eigenvalues that are used, in ascending order. For an even number, the median is the lower of the two in the middle.
 */
const scales: Record<Scale, (kept: readonly number[]) => number> = {
  min: (kept) => kept[0] as number,
  median: (kept) => kept[Math.floor((kept.length - 1) / 2)] as number,
  rmse: (kept) => kept.reduce((a, b) => a + b, 0) / kept.length,
};

/** An eigenvalue of G is used when it is at least T times the rounding unit of float32, as in the public code. */
const TOLERANCE = 2 ** -23;

/** w = sqrt(s) V diag(lambda^-1/2) V^T (1/T), with lambda and V the eigenvalues and eigenvectors of G. */
export const alignedMtl: GramMethod = {
  id: 'aligned-mtl',
  label: 'Aligned-MTL',
  summary:
    'The gradients are turned and scaled until they are orthogonal and of one length (condition number 1), then averaged.',
  citation: 'Senushkin et al. 2023, Eq. 8 to 12, arXiv 2305.19000',
  deviations: [
    'The mean (weights 1/T per task), as in the paper and TorchJD; LibMTL takes the sum, T times as long.',
    'Of nearly parallel gradients the weights depend on the last digits of G, which are float32.',
  ],
  params,
  needs: 'gram',
  start({ numTasks: n, settings }) {
    const scale = scales[settingsOf(params, settings).alignedScale];
    const mean = new Float64Array(n).fill(1 / n);
    return {
      weights: (gram) =>
        applyToEigenvalues(gram, mean, n * TOLERANCE, (value, kept) => Math.sqrt(scale(kept) / value)),
    };
  },
};
