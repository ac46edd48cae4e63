// Which epoch counts: the best one on the validation split, per task if tasks have their own networks. It is restored to the
// last bit before the test split is measured, and training ends when it no longer improves.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf } from '../config/params.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { Dataset } from '../data/table.ts';
import { gradientBoosting } from '../models/gradientBoosting.ts';
import type { GradientModelDef } from '../models/model.ts';
import { mtMlp } from '../models/mtMlp.ts';
import { stMlp } from '../models/stMlp.ts';
import type { NetworkResult } from '../protocol/result.ts';
import { taskTypes } from '../tasks/registry.ts';
import { BoostedNetwork } from './boostedNetwork.ts';
import type { NetworkInTraining } from './networkInTraining.ts';
import { type TrainingSettings, trainingParams, trainingSettings } from './params.ts';
import { toTensors } from './tensorBatch.ts';
import { createNetwork, linearModel } from './testing.ts';

const now = async () => {};
const FACTORS = [0.2, 0.4, 0.6];

const features = Array.from({ length: 4 }, (_, i) => ({
  name: `x${i}`,
  kind: 'numeric' as const,
  cardinality: 1,
}));
const tasks = FACTORS.map((_, i) => ({
  name: `y${i}`,
  type: 'regression' as const,
  outputs: 1,
  description: '',
}));

/**
 * 60 training, 20 validation and 20 test rows of y = w x. On the validation split y is a fraction of that, so that a network
 * which grows towards w is best on its way, at another epoch for every task; on the test split y is -w x, so that a good
 * network scores far below 0 there.
 */
function growing(): Dataset {
  const noise = randomDataset(features, tasks, 100, 3);
  const all = Uint32Array.from({ length: 100 }, (_, i) => i);
  const split = { train: all.slice(0, 60), validation: all.slice(60, 80), test: all.slice(80) };
  const signal = (task: number, row: number) =>
    noise.numeric.reduce((sum, column, c) => sum + (column[row] as number) * ((c + task) % 3), 0);
  const factorOf = (task: number, row: number) => (row < 60 ? 1 : row < 80 ? (FACTORS[task] as number) : -1);
  const targets = tasks.map((_, task) =>
    Float32Array.from(all, (row) => factorOf(task, row) * signal(task, row)),
  );
  return { ...noise, split, targets };
}

const dataset = growing();

/** Values of all parameters and buffers, by `state_dict` name. */
function valuesOf(network: ReturnType<typeof createNetwork>): Map<string, number[]> {
  const { parameters, buffers } = network.model;
  return new Map(
    [...parameters, ...buffers].flatMap(({ variable, parts }) => {
      const values = variable.dataSync();
      return parts.map(({ name, start, size }): [string, number[]] => [
        name,
        Array.from(values.subarray(start, start + size)),
      ]);
    }),
  );
}

/** The task that owns each tensor, by name. */
function owners(network: ReturnType<typeof createNetwork>): Map<string, number | null> {
  const { parameters, buffers } = network.model;
  return new Map([...parameters, ...buffers].flatMap((p) => p.parts.map((q) => [q.name, q.task] as const)));
}

const scoreOf = (result: { metrics: Record<string, { value: number }> } | undefined) =>
  result?.metrics['explained-variance']?.value ?? Number.NaN;

/** 1 - Var(y - p) / Var(y) over rows. */
function explainedVariance(predictions: readonly number[], targets: readonly number[]): number {
  const variance = (values: readonly number[]) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  };
  return 1 - variance(targets.map((y, i) => y - (predictions[i] as number))) / variance(targets);
}

const EPOCHS = 30;
const settings: Partial<TrainingSettings> = {
  optimizer: 'sgd',
  learningRate: 0.02,
  patience: 0,
  decay: 'constant',
  warmupSteps: 0,
};

/** Trains for some epochs and copies every tensor at the end of each. */
async function train(def: GradientModelDef, params: Record<string, number | number[]>, singleTask: boolean) {
  const network = createNetwork(def, params, {
    dataset,
    singleTask,
    training: settings,
  });
  const batch = toTensors(dataset, dataset.split.train);
  const snapshots: Map<string, number[]>[] = [];
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    await network.trainStep(batch, epoch);
    await network.finishEpoch(epoch, now);
    snapshots.push(valuesOf(network));
  }
  const result = await network.finish(now);
  return { network, result, snapshots };
}

/** Epoch with the highest validation score of a task; the first of equal ones. */
function bestOf({ epochs }: NetworkResult, task: number): number {
  const scores = epochs.map((e) => scoreOf(e.validation[task]));
  return 1 + scores.indexOf(Math.max(...scores));
}

beforeAll(() => tf.setBackend('cpu'));

describe('a network of all tasks', () => {
  it('goes back to the best epoch, and its test scores are those of that epoch on the test rows', async () => {
    const { network, result, snapshots } = await train(linearModel(), {}, false);
    const mean = result.epochs.map(
      (e) => e.validation.reduce((sum, s) => sum + scoreOf(s), 0) / tasks.length,
    );
    const best = 1 + mean.indexOf(Math.max(...mean));
    expect(best).toBeGreaterThan(1);
    expect(best).toBeLessThan(EPOCHS);
    expect(result.bestEpochs).toEqual(tasks.map(() => best));
    expect(result.bestSteps).toEqual(tasks.map(() => best));
    expect(result.validation).toEqual(result.epochs[best - 1]?.validation);
    expect(valuesOf(network)).toEqual(snapshots[best - 1]);

    const kept = snapshots[best - 1] as Map<string, number[]>;
    const [weight = [], bias = []] = [kept.get('weight'), kept.get('bias')];
    for (const task of tasks.keys()) {
      const predict = (row: number) =>
        dataset.numeric.reduce(
          (sum, column, c) => sum + (column[row] as number) * (weight[task * 4 + c] as number),
          bias[task] as number,
        );
      for (const [rows, scores] of [
        [dataset.split.test, result.test],
        [dataset.split.validation, result.validation],
      ] as const) {
        const predictions = Array.from(rows, predict);
        const targets = Array.from(rows, (row) => dataset.targets[task]?.[row] as number);
        expect(scoreOf(scores[task])).toBeCloseTo(explainedVariance(predictions, targets), 5);
      }
      expect(scoreOf(result.test[task])).toBeLessThan(0);
    }
    network.dispose();
  });

  it('takes its running statistics back too', async () => {
    const { network, result, snapshots } = await train(
      mtMlp,
      { shared: [6], tower: [], embedding: 0 },
      false,
    );
    const [best = 0] = result.bestEpochs;
    expect(best).toBeLessThan(EPOCHS);
    const last = snapshots.at(-1) as Map<string, number[]>;
    expect([...last.keys()].some((name) => name.endsWith('running_mean'))).toBe(true);
    expect(valuesOf(network)).toEqual(snapshots[best - 1]);
    for (const [name, values] of valuesOf(network)) {
      // A bias before a batch norm never changes.
      if (!name.endsWith('0.bias')) expect(values, name).not.toEqual(last.get(name));
    }
    network.dispose();
  });
});

describe('networks of single tasks', () => {
  it('go back to the best epoch of each task', async () => {
    const { network, result, snapshots } = await train(stMlp, { hidden: [6], embedding: 0 }, true);
    expect(result.bestEpochs).toEqual(tasks.map((_, task) => bestOf(result, task)));
    expect(new Set(result.bestEpochs).size).toBeGreaterThan(1);
    expect(Math.min(...result.bestEpochs)).toBeLessThan(EPOCHS);
    const ownerOf = owners(network);
    for (const [name, values] of valuesOf(network)) {
      const task = ownerOf.get(name) as number;
      const best = result.bestEpochs[task] as number;
      expect(values, `${name} at epoch ${best}`).toEqual(snapshots[best - 1]?.get(name));
    }
    for (const task of tasks.keys()) {
      const best = result.bestEpochs[task] as number;
      expect(result.validation[task]).toEqual(result.epochs[best - 1]?.validation[task]);
    }
    network.dispose();
  });
});

describe('trees', () => {
  const grow = (rounds: number, patience = 0) =>
    new BoostedNetwork({
      info: {
        role: 'model',
        id: 'gradient-boosting',
        label: 'Gradient boosting',
        singleTask: true,
        boosted: true,
        parameters: 0,
        stage: 0,
        stepsPerEpoch: 1,
        epochs: rounds,
        trainedWith: null,
      },
      def: gradientBoosting,
      params: { ...defaultsOf(gradientBoosting.params), learningRate: 0.1 },
      dataset,
      taskTypes: dataset.tasks.map((t) => taskTypes[t.type]),
      settings: { ...trainingSettings(defaultsOf(trainingParams)), patience },
      seed: 1,
    });

  async function growAll(network: BoostedNetwork, rounds: number) {
    for (let round = 1; round <= rounds && !network.stopped; round++) {
      await network.trainStep(null, round, now);
      await network.finishEpoch(round, now);
    }
    return network.finish(now);
  }

  it('are measured with the rounds up to the best one of each task', async () => {
    const whole = await growAll(grow(40), 40);
    expect(whole.bestEpochs).toEqual(tasks.map((_, task) => bestOf(whole, task)));
    expect(new Set(whole.bestEpochs).size).toBeGreaterThan(1);
    expect(Math.min(...whole.bestEpochs)).toBeLessThan(40);
    for (const [task, best] of whole.bestEpochs.entries()) {
      // As many rounds and no more: the same trees, and the last round is the best.
      const short = await growAll(grow(best), best);
      expect(short.bestEpochs[task]).toBe(best);
      expect(scoreOf(whole.test[task])).toBeCloseTo(scoreOf(short.test[task]), 6);
      expect(scoreOf(whole.test[task])).toBeLessThan(0);
    }
  });

  it('end when no task gets better any more', async () => {
    const result = await growAll(grow(200, 5), 200);
    expect(result.epochs).toHaveLength(Math.max(...result.bestEpochs) + 5);
  });
});

describe('early stopping', () => {
  async function epochsOf(network: NetworkInTraining, batch: ReturnType<typeof toTensors>) {
    let epoch = 0;
    while (!network.stopped && epoch < 100) {
      epoch++;
      await network.trainStep(batch, epoch, now);
      await network.finishEpoch(epoch, now);
    }
    return epoch;
  }

  it('ends training `patience` epochs behind the best one', async () => {
    const training = { ...settings, patience: 4 };
    const network = createNetwork(linearModel(), {}, { dataset, training });
    const epochs = await epochsOf(network, toTensors(dataset, dataset.split.train));
    const result = await network.finish(now);
    expect(epochs).toBe((result.bestEpochs[0] as number) + 4);
    expect(result.epochs).toHaveLength(epochs);
    network.dispose();
  });

  it('waits for the last task of single-task networks, and keeps the best epoch of those that have stopped', async () => {
    const training = { ...settings, learningRate: 0.1, patience: 3 };
    const network = createNetwork(
      stMlp,
      { hidden: [6], embedding: 0 },
      { dataset, training, singleTask: true },
    );
    const epochs = await epochsOf(network, toTensors(dataset, dataset.split.train));
    const result = await network.finish(now);
    expect(epochs).toBe(Math.max(...result.bestEpochs) + 3);
    for (const [task, best] of result.bestEpochs.entries()) {
      const seen = result.epochs.slice(0, best + 3).map((e) => scoreOf(e.validation[task]));
      expect(best).toBe(1 + seen.indexOf(Math.max(...seen)));
    }
    network.dispose();
  });
});
