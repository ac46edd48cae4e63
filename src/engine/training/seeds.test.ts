// Every random draw depends on exactly one seed: rows and split on the data seed; initial values, batches, dropout and the row
// sampling of trees on the training seed. A run resumed at step k draws what an uninterrupted one would.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf, type Params } from '../config/params.ts';
import { batchBounds, batchOrder } from '../data/batches.ts';
import { multitabBench } from '../data/generators/multitabBench.ts';
import { randomDataset } from '../data/randomDataset.ts';
import { splitParams, splitRows } from '../data/split.ts';
import type { Dataset } from '../data/table.ts';
import { tableSource } from '../data/tableSource.ts';
import { generateTable, textInput } from '../data/testing/files.ts';
import { type GradientModelDef, isBoosted } from '../models/model.ts';
import { mtMlp } from '../models/mtMlp.ts';
import { models } from '../models/registry.ts';
import { stMlp } from '../models/stMlp.ts';
import { eventsOf, runToEnd, smallExperiment } from './sessionTesting.ts';
import { TensorBatch, toTensors } from './tensorBatch.ts';
import { createNetwork, mixedDataset } from './testing.ts';

const now = async () => {};
const dataset = mixedDataset(24);
/** Two regression tasks, for trees that share blocks between tasks. */
const numbers = randomDataset(
  dataset.features,
  ['y', 'z'].map((name) => ({ name, type: 'regression', outputs: 1, description: '' })),
  24,
);
const gradientModels = Object.values(models).filter((def): def is GradientModelDef => !isBoosted(def));
const boostedModels = Object.values(models).filter(isBoosted);

/** Small sizes for the settings of a model. */
const SIZES: Record<string, Params[string]> = {
  blocks: 1,
  width: 4,
  heads: 2,
  feedForward: 6,
  tower: [4],
  hidden: [5],
  shared: [5],
  expert: [5],
  embedding: 2,
  rank: 2,
};

function networkOf(def: GradientModelDef, seed: number, dropout: number) {
  const defaults = defaultsOf(def.params);
  const own = Object.entries(SIZES).filter(([key]) => key in defaults);
  const rates = Object.keys(defaults).filter((key) => key.toLowerCase().endsWith('dropout'));
  const params = { ...Object.fromEntries(own), ...Object.fromEntries(rates.map((key) => [key, dropout])) };
  return createNetwork(def, params, { dataset, seed, singleTask: def.singleTask, training: { clipNorm: 0 } });
}

const valuesOf = (network: ReturnType<typeof networkOf>) =>
  network.model.parameters.flatMap(({ variable, parts }) => {
    const values = variable.dataSync();
    return parts.map(({ name, start, size }) => ({
      name,
      values: Array.from(values.subarray(start, start + size)),
    }));
  });

beforeAll(() => tf.setBackend('cpu'));

describe.each(gradientModels.map((def) => [def.id, def] as const))('%s', (_, def) => {
  it('draws every tensor of initial values from the seed of training', () => {
    const [a, b, c] = [networkOf(def, 1, 0), networkOf(def, 1, 0), networkOf(def, 2, 0)];
    expect(valuesOf(a)).toEqual(valuesOf(b));
    const others = valuesOf(c);
    for (const [i, { name, values }] of valuesOf(a).entries()) {
      const isConstant = values.every((v) => v === 0 || v === 1);
      if (isConstant) expect(others[i]?.values, name).toEqual(values);
      else expect(others[i]?.values, name).not.toEqual(values);
    }
    for (const network of [a, b, c]) network.dispose();
  });

  it('drops units by the seed of training and the step, and goes on at step k with the masks of an unbroken run', async () => {
    const batch = toTensors(dataset, dataset.split.train);
    const lossesOf = async (network: ReturnType<typeof networkOf>, step: number) => {
      const { taskLosses, gradients } = await network.program.differentiate(batch, step);
      const losses = Array.from(await taskLosses.data());
      tf.dispose([taskLosses, gradients]);
      return losses;
    };
    const whole = networkOf(def, 1, 0.5);
    for (let step = 1; step <= 3; step++) await whole.trainStep(batch, 1);
    const { tensors, state } = await whole.save();
    const resumed = networkOf(def, 1, 0.5);
    resumed.load(tensors, state);
    const [unbroken] = await whole.trainStep(batch, 1);
    const [goneOn] = await resumed.trainStep(batch, 1);
    expect(unbroken?.step).toBe(4);
    expect(goneOn).toEqual(unbroken);
    expect(valuesOf(resumed)).toEqual(valuesOf(whole));

    // With another seed or step the values are the same; only the dropout masks differ.
    const other = networkOf(def, 2, 0.5);
    other.load(tensors, state);
    const before = networkOf(def, 1, 0.5);
    before.load(tensors, state);
    const atStep = await lossesOf(before, 4);
    before.load(tensors, state);
    const nextStep = await lossesOf(before, 5);
    const otherSeed = await lossesOf(other, 4);
    expect(atStep).toEqual(unbroken?.taskLosses);
    for (const task of dataset.tasks.keys()) {
      expect(nextStep[task]).not.toBe(atStep[task]);
      expect(otherSeed[task]).not.toBe(atStep[task]);
    }
    for (const network of [whole, resumed, other, before]) network.dispose();
    batch.dispose();
  });
});

describe.each(boostedModels.map((def) => [def.id, def] as const))('%s', (_, def) => {
  it.each([
    ['rows', { rowSample: 0.5, columnSample: 1 }],
    ['columns', { rowSample: 1, columnSample: 0.5 }],
  ])('draws its %s from the seed of training', async (_what, samples) => {
    const params = { ...defaultsOf(def.params), minRowsPerLeaf: 1 };
    const grow = async (seed: number, rounds: number, isSampled = true) => {
      const used = { ...params, ...(isSampled ? samples : { rowSample: 1, columnSample: 1 }) };
      const trees = def.boost(numbers, used, seed);
      for (let round = 0; round < rounds; round++) await trees.round([true, true], now);
      return [0, 1].map((task) => Array.from(trees.scores(task)));
    };
    const first = await grow(1, 3);
    expect(await grow(1, 3)).toEqual(first);
    expect(await grow(2, 3)).not.toEqual(first);
    if (def.id === 'gradient-boosting') expect(await grow(2, 3, false)).toEqual(await grow(1, 3, false));
  });
});

describe('the order of batches', () => {
  it('follows the seed of training and the epoch, and holds every row once', () => {
    const rows = Uint32Array.from({ length: 40 }, (_, i) => 3 * i);
    const orders = [
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ].map(([seed, epoch]) => batchOrder(seed as number, epoch as number, rows));
    expect(batchOrder(1, 1, rows)).toEqual(orders[0]);
    expect(new Set(orders.map(String)).size).toBe(4);
    for (const order of orders) expect(order.slice().sort()).toEqual(rows);
  });
});

describe('a run', () => {
  it('starts every network by its seed, and trains it on the batches of that seed at the rate of its architecture', async () => {
    const model = { id: 'mt-mlp', params: { shared: [5], tower: [], embedding: 0, rate: 0.5 } };
    const baseline = { id: 'st-mlp', params: { hidden: [5], embedding: 0, rate: 2 } };
    const training = { epochs: 2, batchSize: 64, learningRate: 0.02 };
    const experiment = smallExperiment({ model, baseline, training });
    // Each of two seeds has draws of its own.
    const { events } = await runToEnd(experiment, { seeds: [3, 4] });
    const table = await multitabBench.generate(
      { data: experiment.data.params, tasks: experiment.tasks },
      now,
    );
    const { train } = table.split;
    const bounds = batchBounds(train.length, 64);
    for (const [role, def, { params }, learningRate] of [
      ['model', mtMlp, model, 0.01],
      ['baseline', stMlp, baseline, 0.04],
    ] as const) {
      const { singleTask } = def;
      const network = createNetwork(def, params, {
        dataset: table,
        seed: 4,
        singleTask,
        training: { learningRate },
      });
      const losses: number[] = [];
      for (const epoch of [1, 2]) {
        const order = batchOrder(4, epoch, train);
        for (const [b, to] of bounds.slice(1).entries()) {
          const batch = new TensorBatch(table, { order, from: bounds[b] as number, to });
          for (const { taskLosses } of await network.trainStep(batch, epoch)) losses.push(...taskLosses);
          batch.dispose();
        }
      }
      network.dispose();
      const steps = eventsOf(events, 'steps').filter((e) => e.seed === 4 && e.role === role);
      expect(steps.flatMap((e) => Array.from(e.taskLosses))).toEqual(losses);
    }
  });
});

describe('the split', () => {
  it('follows the seed of the data', () => {
    const params = (seed: number) => ({ ...defaultsOf(splitParams), seed });
    const [a, b, c] = [1, 1, 2].map((seed) => splitRows(60, params(seed)));
    expect(b).toEqual(a);
    for (const network of ['train', 'validation', 'test'] as const)
      expect(c?.[network]).not.toEqual(a?.[network]);
  });
});

/** The w of y = w x, from three rows (Cramer's rule). */
function weightsOf({ numeric, targets }: Dataset): number[] {
  const rows = [0, 1, 2].map((row) => numeric.map((column) => column[row] as number));
  const y = [0, 1, 2].map((row) => targets[0]?.[row] as number);
  const determinant = ([a = [], b = [], c = []]: number[][]) => {
    const minor = (i: number, j: number) =>
      (b[i] as number) * (c[j] as number) - (b[j] as number) * (c[i] as number);
    return (a[0] as number) * minor(1, 2) - (a[1] as number) * minor(0, 2) + (a[2] as number) * minor(0, 1);
  };
  return [0, 1, 2].map(
    (k) =>
      determinant(rows.map((row, r) => row.map((v, c) => (c === k ? (y[r] as number) : v)))) /
      determinant(rows),
  );
}

describe('generated rows', () => {
  const make = (seed: number, noise = [0.1]) =>
    multitabBench.generate(
      {
        data: {
          ...defaultsOf(multitabBench.dataParams),
          rows: 60,
          features: 3,
          seed,
          noise,
          standardiseFeatures: false,
          standardiseTargets: false,
        },
        tasks: { ...defaultsOf(multitabBench.taskParams), count: 2, degrees: [1] },
      },
      now,
    );

  it('follow the seed of the data: features, weights of the tasks, noise and split, each by a stream of its own', async () => {
    const [a, same, other] = [await make(1), await make(1), await make(2)];
    expect(same).toEqual(a);
    other.numeric.forEach((column, i) => {
      expect(column).not.toEqual(a.numeric[i]);
    });
    other.targets.forEach((column, i) => {
      expect(column).not.toEqual(a.targets[i]);
    });
    expect(other.split).not.toEqual(a.split);
    // Degree 1: y = w x + noise. Doubling the noise doubles the same draws, and w depends on the seed.
    const [quiet, loud] = [await make(1, [0]), await make(1, [0.2])];
    expect(quiet.numeric).toEqual(a.numeric);
    const noiseOf = (data: typeof a, row: number) =>
      (data.targets[0]?.[row] as number) - (quiet.targets[0]?.[row] as number);
    for (let row = 0; row < 60; row++) expect(noiseOf(loud, row)).toBeCloseTo(2 * noiseOf(a, row), 5);
    const otherQuiet = await make(2, [0]);
    const noises = [1, 2].map((seed) =>
      Array.from({ length: 60 }, (_, row) =>
        seed === 1
          ? noiseOf(a, row)
          : (other.targets[0]?.[row] as number) - (otherQuiet.targets[0]?.[row] as number),
      ),
    );
    const distance = (x: readonly number[], y: readonly number[]) =>
      Math.max(...x.map((v, k) => Math.abs(v - (y[k] as number))));
    expect(distance(noises[0] as number[], noises[1] as number[])).toBeGreaterThan(0.05);
    expect(distance(weightsOf(quiet), weightsOf(otherQuiet))).toBeGreaterThan(0.05);
  });
});

describe('a table', () => {
  it('is split by the seed of the data and keeps its rows in their order', async () => {
    const text = `x,y\n${Array.from({ length: 50 }, (_, i) => `${i},${i * i}`).join('\n')}`;
    const file = textInput(text);
    const make = (seed: number) =>
      generateTable({
        data: {
          ...defaultsOf(tableSource.dataParams),
          seed,
          standardiseFeatures: false,
          standardiseTargets: false,
        },
        tasks: { targets: [{ column: 'y', type: 'regression' }] },
        file,
      });
    const [a, b] = [await make(1), await make(2)];
    expect(b.numeric).toEqual(a.numeric);
    expect(b.targets).toEqual(a.targets);
    expect(b.split).not.toEqual(a.split);
  });
});
