// The normally distributed numbers from which the weights of a step are computed.
import * as tf from '@tensorflow/tfjs-core';
import { rng } from '../../core/rng.ts';
import { softmaxOf } from '../gram/softmax.ts';
import type { LossMethod } from '../method.ts';

/** The normal numbers behind the weights of a step. */
export const normalsOf = (seed: number, step: number, n: number): number[] => {
  const random = rng(seed, 'methods/rlw', step);
  return Array.from({ length: n }, () => random.normal());
};

/** @param normals - [T] */
export const weightsOfNormals = softmaxOf;

export const rlw: LossMethod = {
  id: 'rlw',
  label: 'RLW',
  summary: 'Random weights: in every step the softmax of normal numbers. Weights sum to 1.',
  citation: 'Lin et al. 2022, "Reasonable Effectiveness of Random Weighting", arXiv 2111.10603',
  deviations: [],
  params: [],
  needs: 'losses',
  start: ({ numTasks, seed }) => ({
    weights: (_losses, step) => tf.tensor1d(Array.from(weightsOfNormals(normalsOf(seed, step, numTasks)))),
  }),
};
