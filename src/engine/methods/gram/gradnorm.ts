// GradNorm: learns weights that make the weighted gradients about equally long.
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import { normsOf } from '../../core/relations.ts';
import { keptArrays } from '../arrays.ts';
import type { GramMethod } from '../method.ts';

import { softmaxOf } from './softmax.ts';

const params = defineParams([
  {
    kind: 'number',
    key: 'gradnormAlpha',
    label: 'Asymmetry',
    help: 'How much longer the gradient of a task becomes that has learned less than the others. 0: all equally long; the larger, the more slow tasks are pushed.',
    source: 'Chen et al. 2018: 1.5 in section 5, and 0.12 in section 4, where tasks are alike',
    integer: false,
    min: 0,
    max: 10,
    step: 0.1,
    default: 1.5,
  },
  {
    kind: 'number',
    key: 'gradnormRate',
    label: 'Rate of the weights',
    help: 'Size of a gradient step on the weights.',
    integer: false,
    min: 1e-5,
    max: 1,
    step: 0.001,
    default: 0.025,
    scale: 'log',
  },
  {
    kind: 'switch',
    key: 'gradnormSoftmax',
    label: 'Softmax',
    help: 'Weights are T times the softmax of what is learned, as in LibMTL, so that none becomes negative; otherwise they are learned themselves and scaled to a sum of T after each step.',
    default: false,
    caption: 'weights by softmax',
  },
]);

/**
 * With G_i = w_i |g_i| and r_i = (L_i / L_i at the first step) / mean: sum |G_i - mean(G) r_i^alpha| is lowered by a gradient step on
 * w, the targets constant. The step uses the weights from before. A task without loss at its first step (no row labelled) keeps
 * r = 1 until it has one.
 */
export const gradnorm: GramMethod = {
  id: 'gradnorm',
  label: 'GradNorm',
  summary:
    'Weights learned until the weighted gradients are about equally long, longer for tasks that learn slowly. Weights sum to the number of tasks.',
  citation: 'Chen et al. 2018, Eq. 2 and Algorithm 1, arXiv 1711.02257',
  deviations: [
    'Gradients of all shared parameters count, not of the last shared layer alone; the weights take plain gradient steps.',
    'A weight may become negative at a high rate, unless softmax is chosen.',
  ],
  params,
  needs: 'gram',
  start({ numTasks: n, settings }) {
    const { gradnormAlpha, gradnormRate, gradnormSoftmax } = settingsOf(params, settings);
    const { learned, first, save, restore } = keptArrays('gradnorm', {
      learned: new Float32Array(n).fill(1),
      first: new Float32Array(n),
    });
    const weightsNow = () =>
      gradnormSoftmax ? softmaxOf(learned).map((v) => v * n) : Float64Array.from(learned);
    return {
      weights(gram, losses) {
        const weights = weightsNow();
        const norms = normsOf(gram, n);
        for (let i = 0; i < n; i++) if (first[i] === 0) first[i] = losses[i] as number;
        const ratio = Array.from(first, (value, i) => (value > 0 ? (losses[i] as number) / value : 1));
        const meanRatio = ratio.reduce((a, b) => a + b, 0) / n;
        const lengths = weights.map((w, i) => w * (norms[i] as number));
        const meanLength = lengths.reduce((a, b) => a + b, 0) / n;
        const slopes = lengths.map((length, i) => {
          const relative = meanRatio > 0 ? (ratio[i] as number) / meanRatio : 1;
          return Math.sign(length - meanLength * relative ** gradnormAlpha) * (norms[i] as number);
        });
        if (gradnormSoftmax) {
          // w_i = T p_i: dw_i / ds_k = w_i (delta_ik - p_k).
          const along = slopes.reduce((sum, v, i) => sum + v * (weights[i] as number), 0);
          for (let k = 0; k < n; k++) {
            const slope = (weights[k] as number) * ((slopes[k] as number) - along / n);
            learned[k] = (learned[k] as number) - gradnormRate * slope;
          }
        } else {
          const moved = weights.map((w, i) => w - gradnormRate * (slopes[i] as number));
          const sum = moved.reduce((a, b) => a + b, 0);
          learned.set(moved.map((w) => (n * w) / sum));
        }
        return weights;
      },
      save,
      restore,
    };
  },
};
