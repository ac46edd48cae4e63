// Estimated training in pairs: a task helps one with the same labels more than noise does, and the network is as it was.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { defaultsOf } from '../config/params.ts';
import { pairAffinity } from '../core/relations.ts';
import { rng } from '../core/rng.ts';
import { randomDataset } from '../data/randomDataset.ts';
import { mtMlp } from '../models/mtMlp.ts';
import { stMlp } from '../models/stMlp.ts';
import { trainOn } from '../training/stepTesting.ts';
import { type TensorBatch, toTensors } from '../training/tensorBatch.ts';
import { createNetwork } from '../training/testing.ts';
import { DIRECTIONS, gradTag } from './gradTag.ts';
import { UNWATCHED } from './measuring.ts';

beforeAll(() => tf.setBackend('cpu'));

const task = (name: string) => ({ name, type: 'regression' as const, outputs: 1, description: '' });
const features = ['a', 'b', 'c', 'd'].map((name) => ({ name, kind: 'numeric' as const, cardinality: 1 }));
const ROWS = 96;
const plain = randomDataset(features, [task('p'), task('q'), task('noise')], 2 * ROWS, 5);
const [a, b] = plain.numeric as [Float32Array, Float32Array];
const signal = a.map((v, row) => v - 2 * (b[row] as number));
const random = rng(3, 'noise');
// The first two tasks have one signal, and few rows to learn it from.
const noisy = () => signal.map((v) => v + 2 * random.normal());
const dataset = {
  ...plain,
  targets: [noisy(), noisy(), (plain.targets[2] as Float32Array).map((v) => 10 * v)],
};
const rowsFrom = (from: number, to: number) =>
  toTensors(
    dataset,
    Uint32Array.from({ length: to - from }, (_, i) => from + i),
  );
const specs = dataset.tasks.map(() => ({ kind: 'squared-error' as const, outputs: 1 }));

it('finds that tasks of one signal help each other, and leaves the network as it was', async () => {
  const params = { shared: [12], tower: [6], embedding: 2, initialisation: 'torch-default' };
  const network = createNetwork(mtMlp, params, { dataset, training: { learningRate: 0.01 } });
  const { model } = network;
  const [fitted, judged] = [rowsFrom(0, 40), rowsFrom(ROWS, 2 * ROWS)];
  // The base model of all tasks.
  await trainOn(network, new Array<TensorBatch>(40).fill(fitted));
  const before = [...model.parameters, ...model.buffers].map(({ variable }) => variable.dataSync().slice());
  const passes: number[] = [];
  const measuring = { ...UNWATCHED, progress: ({ done }: { done: number }) => passes.push(done) };
  const options = { model, tasks: specs, fitted, judged, seed: 1 };
  const report = await gradTag({ ...options, measuring });
  const after = [...model.parameters, ...model.buffers].map(({ variable }) => variable.dataSync());
  expect(after).toEqual(before);
  if (!report) throw new Error('expected a report');
  expect(report.forwardPasses).toBe(2 * DIRECTIONS + 1 + 6);
  expect(passes).toEqual(Array.from({ length: report.forwardPasses }, (_, i) => i + 1));
  // A column is of one task: that of the noise has labels of another scale.
  for (const i of [0, 1, 2])
    for (const j of [0, 1])
      expect(report.losses[i * 3 + 2]).toBeGreaterThan(3 * (report.losses[i * 3 + j] as number));
  const affinity = pairAffinity(report.losses, 3);
  expect(affinity[1 * 3 + 0]).toBeGreaterThan(affinity[2 * 3 + 0] as number);
  expect(affinity[0 * 3 + 1]).toBeGreaterThan(affinity[2 * 3 + 1] as number);
  expect([affinity[0], affinity[4], affinity[8]]).toEqual([0, 0, 0]);
  // The same seed gives the same numbers, and no tensor is left behind: a batch makes its own when it is first read.
  const tensors = tf.memory().numTensors;
  const again = await gradTag({ ...options, measuring: UNWATCHED });
  expect(again?.losses).toEqual(report.losses);
  expect(tf.memory().numTensors).toBe(tensors);
  fitted.dispose();
  judged.dispose();
  network.dispose();
});

it('has nothing to say of networks that share nothing', async () => {
  const params = { ...defaultsOf(stMlp.params), hidden: [4], embedding: 2 };
  const model = stMlp.build({ features, tasks: dataset.tasks, params, seed: 2 });
  const rows = rowsFrom(0, 8);
  const options = { model, tasks: specs, fitted: rows, judged: rows, seed: 1, measuring: UNWATCHED };
  expect(await gradTag(options)).toBeNull();
  rows.dispose();
  model.dispose();
});
