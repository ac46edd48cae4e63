// Dropout in a stack of two layers, which the weights of 1 on the diagonal show by itself.
import * as tf from '@tensorflow/tfjs-core';
import '../../platform/nodeGradients.ts';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, expect, it } from 'vitest';
import { applyMlps, createMlps } from './mlp.ts';
import { type Initialiser, ParameterSet, zeros } from './parameterSet.ts';

const WIDTH = 64;
const ROWS = 100;
const RATE = 0.4;

const diagonal: Initialiser = (values) => {
  for (let i = 0; i < WIDTH; i++) values[i * WIDTH + i] = 1;
};

beforeAll(() => tf.setBackend('cpu'));

it('drops the units of every layer by a mask of its own', () => {
  const mlps = createMlps(new ParameterSet(1), {
    members: [{ name: 'm', task: null }],
    inputs: WIDTH,
    groups: [1],
    hidden: [WIDTH, WIDTH],
    batchNorm: false,
    dropoutRate: RATE,
    seed: 5,
    site: 3,
    init: () => ({ weight: diagonal, bias: zeros }),
  });
  const values = (training: boolean) =>
    tf.tidy(() => applyMlps(mlps, tf.ones([ROWS, WIDTH]), { training, step: 2 }).dataSync());
  expect([...values(false)].every((value) => value === 1)).toBe(true);
  const dropped = [...values(true)];
  const kept = dropped.filter((value) => value !== 0);
  for (const value of kept) expect(value).toBeCloseTo(1 / (1 - RATE) ** 2, 5);
  // A unit is kept by both masks in this share; by one mask, twice, in the share of its root.
  const share = (1 - RATE) ** 2;
  const limit = 4 * Math.sqrt((share * (1 - share)) / dropped.length);
  expect(Math.abs(kept.length / dropped.length - share)).toBeLessThan(limit);
});
