// Missing labels per task, in every architecture: a loss is over the labelled rows, and missing labels of one task change
// nothing for the others. The golden cases compare the numbers with PyTorch.
import '../../platform/nodeGradients.ts';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../config/params.ts';
import { tableInput } from '../config/tableInput.ts';
import { labelledOf } from '../data/labels.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { Dataset } from '../data/table.ts';
import type { GradientMethod } from '../methods/method.ts';
import { methods } from '../methods/registry.ts';
import { gradientBoosting } from '../models/gradientBoosting.ts';
import { type GradientModelDef, isBoosted, type ModelDef } from '../models/model.ts';
import { models } from '../models/registry.ts';
import { gradientTwin } from '../models/twin.ts';
import { runToEnd, smallExperiment } from './sessionTesting.ts';
import { disposeBatch, toTensors } from './tensorBatch.ts';
import { createNetwork, mixedDataset, withMissingLabels } from './testing.ts';

const SMALL: Params = {
  width: 4,
  heads: 2,
  feedForward: 6,
  tower: [5],
  hidden: [6],
  shared: [6],
  expert: [4],
  embedding: 3,
  experts: 2,
  rank: 2,
};
const networks = Object.values<ModelDef>(models).flatMap((def) =>
  isBoosted(def) ? [] : [[def.id, def] as const],
);
const rows = mixedDataset(12);
const [A, B] = [0, 1];

/** Losses of the first step on all rows. */
async function firstLosses(def: GradientModelDef, dataset: Dataset): Promise<number[]> {
  const network = createNetwork(def, SMALL, { dataset, singleTask: def.singleTask });
  const batch = toTensors(dataset, dataset.split.train);
  const [report] = await network.trainStep(batch, 1);
  network.dispose();
  disposeBatch(batch);
  return report?.taskLosses ?? [];
}

beforeAll(() => tf.setBackend('cpu'));

describe('a step', () => {
  it.each([...networks, ['a twin', gradientTwin(models['multitab-net'])] as const])(
    '%s: losses are means over labelled rows',
    async (_name, def) => {
      const first = (row: number) => row < 5;
      const [all, some, others] = await Promise.all(
        [
          rows,
          withMissingLabels(rows, (task, row) => task === A && !first(row)),
          withMissingLabels(rows, (task, row) => task === B || (task === A && first(row))),
        ].map((dataset) => firstLosses(def, dataset)),
      );
      // The losses over 5 rows and the other 7 add up to that over all 12.
      const part = (5 * (some?.[A] ?? 0) + 7 * (others?.[A] ?? 0)) / 12;
      expect(part).toBeCloseTo(all?.[A] ?? 0, 5);
      expect(some?.[A]).not.toBeCloseTo(all?.[A] ?? 0, 4);
      // A task without labels has no loss, and the losses of the others are unchanged.
      expect(others?.[B]).toBeNaN();
      for (const [got, task] of [
        [some, B],
        [some, 2],
        [others, 2],
      ] as const)
        expect(got?.[task]).toBeCloseTo(all?.[task] ?? 0, 5);
    },
  );

  it('weighs in an epoch by its labelled rows', async () => {
    const dataset = withMissingLabels(rows, (task, row) => task === A && row > 3);
    const network = createNetwork(models['mt-mlp'], SMALL, { dataset });
    const losses: number[][] = [];
    for (const batch of [
      [0, 1, 5, 6],
      [2, 7, 8, 9],
      [10, 11],
    ].map((own) => toTensors(dataset, Uint32Array.from(own)))) {
      losses.push(...(await network.trainStep(batch, 1)).map((report) => report.taskLosses));
      disposeBatch(batch);
    }
    const [one, two, three] = losses as [number[], number[], number[]];
    const { state } = await network.save();
    expect(three[A]).toBeNaN();
    expect(state.epochRows).toEqual([3, 10, 10]);
    expect(state.epochLossSums[A]).toBeCloseTo(2 * (one[A] ?? 0) + (two[A] ?? 0), 10);
    network.dispose();
  });

  it.each(Object.entries<GradientMethod>(methods))(
    'of the gradient method %s may have no label of a task',
    async (_id, method) => {
      const dataset = withMissingLabels(rows, (task, row) => task === A && row > 5);
      const ofMethod = defaultsOf(method.params ?? []);
      const network = createNetwork(models['mt-mlp'], SMALL, { dataset, method, training: { ofMethod } });
      const halves = [rows.split.train.subarray(0, 6), rows.split.train.subarray(6)];
      const batches = halves.map((own) => toTensors(dataset, own));
      const losses: (number | undefined)[] = [];
      for (const batch of [...batches, ...batches])
        losses.push(...(await network.trainStep(batch, 1)).map((report) => report.taskLosses[A]));
      expect(losses.map((loss) => Number.isNaN(loss))).toEqual([false, true, false, true]);
      const values = Object.values((await network.save()).tensors).flatMap((tensor) => [...tensor]);
      expect(values.every(Number.isFinite)).toBe(true);
      network.dispose();
      batches.forEach(disposeBatch);
    },
  );

  it('goes on from a checkpoint of before labels could be missing', async () => {
    const network = createNetwork(models['mt-mlp'], SMALL, { dataset: rows });
    const { tensors, state } = await network.save();
    network.load(tensors, { ...state, epochRows: 7 });
    expect((await network.save()).state.epochRows).toEqual([7, 7, 7]);
    network.dispose();
  });
});

it('trees of a task are those of its labelled rows', async () => {
  const features = ['a', 'b', 'c'].map((name) => ({ name, kind: 'categorical' as const, cardinality: 4 }));
  const tasks = [
    { name: 'r', type: 'regression' as const, outputs: 1, description: '' },
    { name: 'm', type: 'multiclass' as const, outputs: 3, description: '' },
  ];
  const complete = randomDataset(features, tasks, 200);
  const dataset = withMissingLabels(complete, (task, row) => task === 1 && row % 3 > 0);
  const { train } = complete.split;
  const kept = labelledOf(dataset.targets[1] as Float32Array, train);
  const grow = async (own: Dataset, task: number) => {
    const trees = gradientBoosting.boost(own, defaultsOf(gradientBoosting.params), 1);
    const { taskLosses } = await trees.round([true, true], async () => {});
    return { loss: taskLosses[task], scores: trees.scores(task) };
  };
  expect(kept.length).toBe(67);
  const alone = await grow({ ...complete, split: { ...complete.split, train: kept } }, 1);
  expect(await grow(dataset, 1)).toEqual(alone);
  expect(await grow(dataset, 0)).toEqual(await grow(complete, 0));
});

it.each(['multitab-net', 'gradient-boosting', 'r-mtgb'])(
  'a run of %s on a table with a target in a quarter of the rows measures both tasks',
  async (id) => {
    const file = new URL('../data/testing/cases/partly_labelled.csv', import.meta.url);
    const params = id === 'multitab-net' ? { width: 4, heads: 2, feedForward: 8, tower: [4] } : {};
    const { result } = await runToEnd(
      smallExperiment({
        data: { id: 'table', params: { file: 'partly_labelled.csv' } },
        tasks: { targets: ['yield', 'purity'].map((column) => ({ column, type: 'regression' })) },
        model: { id, params },
        training: { epochs: 2, batchSize: 8, twin: 'both' },
      }),
      { file: tableInput('partly_labelled.csv', new Blob([readFileSync(file)])) },
    );
    expect(result.status).toBe('finished');
    expect(result.dataset?.labelled?.map(({ train, test }) => [train, test])).toEqual([
      [84, 18],
      [21, 4],
    ]);
    const [seed] = result.seeds;
    for (const scores of [seed?.model.test, seed?.baseline?.test])
      for (const { metrics } of scores ?? []) expect(Number.isFinite(metrics.rmse?.value)).toBe(true);
    const losses = seed?.model.epochs.flatMap((e) => [...e.trainLosses, ...e.validationLosses]) ?? [];
    expect(losses.length).toBeGreaterThanOrEqual(8);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(Number.isFinite(seed?.gain?.mean)).toBe(true);
  },
);
