// TAWT: weights that grow for tasks whose gradient points the way a target task needs.
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import { WorkbenchError } from '../../core/errors.ts';
import { cosinesOf } from '../../core/relations.ts';
import { keptArrays } from '../arrays.ts';
import type { GramMethod } from '../method.ts';
import { at } from '../solvers/dense.ts';
import { softmaxOf } from './softmax.ts';

const params = defineParams([
  {
    kind: 'number',
    key: 'tawtTarget',
    label: 'Target task',
    help: 'The task that the others are weighted for, counted from 1. 0: every task in turn is the target, and the mean of their cosines counts.',
    source: 'Chen et al. 2021, section 3',
    integer: true,
    min: 0,
    max: 100,
    step: 1,
    default: 0,
    control: 'box',
  },
  {
    kind: 'number',
    key: 'tawtRate',
    label: 'Rate of the weights',
    help: 'Step of mirror descent on the weights.',
    source: 'Chen et al. 2021, Algorithm 1: 1',
    integer: false,
    min: 1e-4,
    max: 10,
    step: 0.1,
    default: 1,
    scale: 'log',
  },
]);

/** One step of mirror descent: w' = w exp(eta cos) / sum. @param weights - with the sum 1 */
export const tawtStep = (weights: ArrayLike<number>, cosines: ArrayLike<number>, eta: number): Float64Array =>
  softmaxOf(Float64Array.from(weights, (w, i) => Math.log(w) + eta * (cosines[i] as number)));

/** The weight of a task that never helps falls without end. Below this value it could not recover within a run. */
const SMALLEST = 1e-6;

export const tawt: GramMethod = {
  id: 'tawt',
  label: 'TAWT',
  summary:
    'Weights grow for tasks whose gradient has a large cosine with that of the target task. Weights sum to the number of tasks.',
  citation: 'Chen et al. 2021, "Weighted Training for Cross-Task Learning", Algorithm 1, arXiv 2105.14095',
  deviations: [
    'Weights are multiplied by the number of tasks, so that equal ones are the sum of the losses; none falls below a millionth.',
    'Target 0, all tasks in turn, is ours: the paper has one target.',
  ],
  params,
  needs: 'gram',
  start({ numTasks: n, settings }) {
    const { tawtTarget, tawtRate } = settingsOf(params, settings);
    if (tawtTarget > n) throw targetError(tawtTarget, n);
    const { learned, save, restore } = keptArrays('tawt', { learned: new Float32Array(n).fill(1 / n) });
    const targets = tawtTarget === 0 ? Array.from({ length: n }, (_, t) => t) : [tawtTarget - 1];
    return {
      weights(gram) {
        const weights = learned.map((w) => w * n);
        const cosines = cosinesOf(gram, n);
        const mean = Array.from(
          { length: n },
          (_, i) => targets.reduce((sum, t) => sum + at(cosines, n, t, i), 0) / targets.length,
        );
        learned.set(tawtStep(learned, mean, tawtRate).map((w) => Math.max(w, SMALLEST)));
        return weights;
      },
      save,
      restore,
    };
  },
};

const targetError = (target: number, n: number) =>
  WorkbenchError.of('config', {
    path: 'training.tawtTarget',
    expected: `a task from 1 to ${n}, or 0 for all`,
    got: String(target),
    remedy: 'Choose one of the tasks of this experiment.',
  });
