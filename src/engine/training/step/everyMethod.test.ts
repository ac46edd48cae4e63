// What holds for every gradient method of the registry: a step changes what all share and stays finite, a run goes on from a
// checkpoint in its middle bit for bit, and nothing is left behind. The numbers are those of golden/weighting.
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../../config/params.ts';
import type { GradientMethod } from '../../methods/method.ts';
import { methods } from '../../methods/registry.ts';
import { mtMlp } from '../../models/mtMlp.ts';
import type { GradientNetwork } from '../gradientNetwork.ts';
import { toTensors } from '../tensorBatch.ts';
import { createNetwork, mixedDataset } from '../testing.ts';

const dataset = mixedDataset(24);
/** Short windows, so that a checkpoint stands in the middle of what a method remembers. */
const QUICK: Params = { dwaSteps: 1, stchWarmup: 1, gradvacBeta: 0.5 };

const networkWith = (method: GradientMethod) => {
  const known = defaultsOf(method.params);
  const ofMethod = Object.fromEntries(Object.entries(known).map(([key, v]) => [key, QUICK[key] ?? v]));
  return createNetwork(
    mtMlp,
    { shared: [5], tower: [3], embedding: 2 },
    { dataset, method, training: { ofMethod, optimizer: 'sgd', learningRate: 0.05 } },
  );
};

const valuesOf = (network: GradientNetwork) =>
  network.model.parameters.map(({ variable }) => Array.from(variable.dataSync()));

beforeAll(() => tf.setBackend('cpu'));

describe.each(Object.entries<GradientMethod>(methods))('%s', (_id, method) => {
  it('goes on from a checkpoint bit for bit, and leaves nothing behind', async () => {
    const tensors = tf.memory().numTensors;
    const batches = [0, 1, 2, 3, 4].map((i) =>
      toTensors(dataset, dataset.split.train.subarray(2 * i, 2 * i + 8)),
    );
    const [unbroken, resumed] = [networkWith(method), networkWith(method)];
    const start = valuesOf(unbroken);
    for (const rows of batches.slice(0, 3)) await unbroken.trainStep(rows, 1);
    const { tensors: saved, state } = structuredClone(await unbroken.save());
    const middle = valuesOf(unbroken);
    for (const rows of batches.slice(3)) await unbroken.trainStep(rows, 1);
    resumed.load(saved, state);
    for (const rows of batches.slice(3)) await resumed.trainStep(rows, 1);
    const end = valuesOf(unbroken);
    expect(valuesOf(resumed)).toEqual(end);
    expect(end.flat().every(Number.isFinite)).toBe(true);
    expect(middle).not.toEqual(start);
    expect(end).not.toEqual(middle);
    for (const network of [unbroken, resumed]) network.dispose();
    for (const rows of batches) rows.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('says where it comes from', () => {
    if (method.id !== 'fixed') expect(method.citation).toMatch(/\d{4}/);
    expect(method.summary).toMatch(/\.$/);
    for (const { key, help } of method.params) expect(help, key).toMatch(/[.)]$/);
  });
});
