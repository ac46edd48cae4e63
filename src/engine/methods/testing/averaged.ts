// A toy method that learns: each task is weighted by its share in the running mean of the losses, which stays on the device.
import { add, div, mul, ones, sum, type Tensor1D, tensor1d, tidy, variable } from '@tensorflow/tfjs-core';
import type { LossMethod } from '../method.ts';

export const averaged: LossMethod = {
  id: 'averaged',
  label: 'Averaged',
  summary: 'Weights by the running mean of the losses.',
  citation: '',
  deviations: [],
  params: [],
  needs: 'losses',
  start({ numTasks }) {
    const mean = tidy(() => variable(ones([numTasks]), false));
    return {
      weights(losses) {
        mean.assign(add(mul(mean, 0.5), mul(losses, 0.5)));
        return mul(div(mean, sum(mean)), numTasks) as Tensor1D;
      },
      kept: () => [mean],
      save: async () => ({ mean: (await mean.data<'float32'>()).slice() }),
      restore: (state) => tidy(() => mean.assign(tensor1d(state.mean as Float32Array))),
      dispose: () => mean.dispose(),
    };
  },
};
