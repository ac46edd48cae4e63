// GradDrop: for every value, only gradients of one sign are used.
import * as tf from '@tensorflow/tfjs-core';
import { defineParams, settingsOf } from '../../config/defineParams.ts';
import { cycled } from '../../config/params.ts';
import { rng } from '../../core/rng.ts';
import { signDrop } from '../../kernels/ops/signDrop/index.ts';
import type { GradientsMethod } from '../method.ts';

const params = defineParams([
  {
    kind: 'numbers',
    key: 'graddropLeak',
    label: 'Leak',
    help: 'The share of a gradient that passes whatever its sign, one per task, repeated when there are fewer. 1 is the plain sum.',
    source: 'Chen et al. 2020, Algorithm 1: 0',
    integer: false,
    min: 0,
    max: 1,
    minLength: 1,
    maxLength: 100,
    default: [0],
    cycle: true,
  },
]);

export const graddrop: GradientsMethod = {
  id: 'graddrop',
  label: 'GradDrop',
  summary:
    'For every value of the shared parameters, gradients of one sign pass, drawn by how much of the gradient has it.',
  citation: 'Chen et al. 2020, Algorithm 1, arXiv 2010.06808',
  deviations: ['On the gradients of parameters, as in TorchJD; the paper has it on those of activations.'],
  params,
  needs: 'gradients',
  start({ numTasks, seed, settings }) {
    const { graddropLeak } = settingsOf(params, settings);
    const leak = Array.from({ length: numTasks }, (_, t) => cycled(graddropLeak, t));
    return {
      combine(gradients, _losses, step) {
        const random = rng(seed, 'methods/graddrop', step);
        const uniforms = new Float32Array(gradients.shape[1]);
        // A plain loop: there is a number for every shared value, and Float32Array.from would call an iterator for each.
        for (let k = 0; k < uniforms.length; k++) uniforms[k] = random.uniform();
        return signDrop(gradients, tf.tensor1d(uniforms), leak);
      },
    };
  },
};
