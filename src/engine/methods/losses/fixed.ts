// Weights that the user chooses.
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import { cycled } from '../../config/params.ts';
import type { FixedWeightsMethod } from '../method.ts';

const params = defineParams([
  {
    kind: 'numbers',
    key: 'taskWeights',
    label: 'Task weights',
    help: 'One per task, repeated when there are fewer. 0 leaves a task untrained.',
    integer: false,
    min: 0,
    max: 1000,
    minLength: 1,
    maxLength: 100,
    default: [1],
    cycle: true,
  },
]);

export const fixed: FixedWeightsMethod = {
  id: 'fixed',
  label: 'Fixed',
  summary: 'The sum of the losses by weights that are chosen; not rescaled.',
  citation: '',
  deviations: [],
  params,
  needs: 'losses',
  fixedWeights(numTasks, settings) {
    const { taskWeights } = settingsOf(params, settings);
    return Array.from({ length: numTasks }, (_, task) => cycled(taskWeights, task));
  },
};
