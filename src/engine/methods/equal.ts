// The plain sum of the task losses, as the public code of MultiTab trains.
import { sum } from '@tensorflow/tfjs-core';
import type { WeightingDef } from './weighting.ts';

export const equal: WeightingDef = {
  id: 'equal',
  label: 'Equal',
  summary: 'The unweighted sum of the losses of all tasks.',
  citation: 'Sinodinos et al. 2025, arXiv 2511.09970',
  deviations: [],
  needs: 'losses',
  combine: (losses) => sum(losses),
  weights: (numTasks) => new Array<number>(numTasks).fill(1),
};
