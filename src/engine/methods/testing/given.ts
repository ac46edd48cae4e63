// A toy method whose weights are a setting.
import { tensor1d } from '@tensorflow/tfjs-core';
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import { cycled } from '../../config/params.ts';
import type { LossMethod } from '../method.ts';

const params = defineParams([
  {
    kind: 'numbers',
    key: 'givenWeights',
    label: 'Weights',
    help: 'One per task.',
    integer: false,
    min: 0,
    max: 100,
    minLength: 1,
    maxLength: 100,
    default: [1],
    cycle: true,
  },
]);

export const given: LossMethod = {
  id: 'given',
  label: 'Given',
  summary: 'Weights that are a setting.',
  citation: '',
  deviations: [],
  params,
  needs: 'losses',
  replayable: true,
  start({ numTasks, settings }) {
    const { givenWeights } = settingsOf(params, settings);
    const weights = Array.from({ length: numTasks }, (_, task) => cycled(givenWeights, task));
    return { weights: () => tensor1d(weights) };
  },
};
