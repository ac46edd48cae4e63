// The plain sum of the task losses, which is what the public code of MultiTab trains with.
import type { FixedWeightsMethod } from './method.ts';

export const equal: FixedWeightsMethod = {
  id: 'equal',
  label: 'Equal',
  summary: 'The unweighted sum of the losses of all tasks.',
  citation: 'Sinodinos et al. 2025, arXiv 2511.09970',
  deviations: [],
  params: [],
  needs: 'losses',
  fixedWeights: (numTasks) => new Array<number>(numTasks).fill(1),
};
