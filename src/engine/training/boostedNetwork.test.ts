// Trees as a network of a run: rounds that are measured, kept, stopped and restored.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf } from '../config/params.ts';
import { rng } from '../core/rng.ts';
import type { Dataset } from '../data/table.ts';
import { gradientBoosting } from '../models/gradientBoosting.ts';
import { taskTypes } from '../tasks/registry.ts';
import { testDataset } from '../trees/testing.ts';
import { BoostedNetwork } from './boostedNetwork.ts';
import { type TrainingSettings, trainingParams, trainingSettings } from './params.ts';

const noPause = async () => {};

/** 60 rows to train on, 20 to validate, 20 to test: a label that two columns decide, and a number with noise. */
function table(scale = 1): Dataset {
  const { normal } = rng(4, 'test');
  const numeric = [0, 1].map(() => Array.from({ length: 100 }, () => normal()));
  const [a = [], b = []] = numeric;
  const data = testDataset({
    train: 60,
    numeric,
    tasks: [
      { type: 'binary', target: a.map((v, i) => (v + 0.2 * (b[i] ?? 0) > 0 ? 1 : 0)) },
      { type: 'regression', target: a.map((v) => scale * (v + 2 * normal())) },
    ],
  });
  const all = data.split.validation;
  return { ...data, split: { ...data.split, validation: all.slice(0, 20), test: all.slice(20) } };
}

function createNetwork(
  dataset: Dataset,
  training: Partial<TrainingSettings> = {},
  rounds = 30,
  learningRate = 0.3,
) {
  const params = { ...defaultsOf(gradientBoosting.params), rounds, minRowsPerLeaf: 5, learningRate };
  return new BoostedNetwork({
    info: {
      role: 'model-2',
      id: 'gradient-boosting',
      label: 'Gradient boosting',
      parameters: 0,
      singleTask: true,
      boosted: true,
      stage: 0,
      stepsPerEpoch: 1,
      epochs: rounds,
      trainedWith: null,
    },
    def: gradientBoosting,
    params,
    dataset,
    taskTypes: dataset.tasks.map((t) => taskTypes[t.type]),
    settings: { ...trainingSettings(defaultsOf(trainingParams)), ...training },
    seed: 0,
  });
}

async function train(network: BoostedNetwork, rounds: number, from = 1) {
  for (let round = from; round < from + rounds && !network.stopped; round++) {
    await network.trainStep(null, round, noPause);
    await network.finishEpoch(round, noPause);
  }
}

const withoutTimes = ({
  trainMs: _t,
  evaluationMs: _e,
  ...rest
}: Awaited<ReturnType<BoostedNetwork['finish']>>) => rest;

beforeAll(() => tf.setBackend('cpu'));

describe('a part of trees', () => {
  it('reports the loss over the training split after each round, and its size', async () => {
    const network = createNetwork(table());
    const [report] = await network.trainStep(null, 1, noPause);
    const record = await network.finishEpoch(1, noPause);
    expect(report?.step).toBe(1);
    expect(record.trainLosses).toEqual(report?.taskLosses);
    // Below the entropy of a coin and the variance of the label: something was learned.
    expect(report?.taskLosses[0]).toBeLessThan(Math.LN2);
    expect(report?.gradientNorm).toBeGreaterThan(0);
    expect(network.info.parameters).toBeGreaterThan(2);
    expect(network.model).toBeNull();
  });

  it('tests every task with the trees up to its own best round', async () => {
    const network = createNetwork(table());
    await train(network, 30);
    const whole = await network.finish(noPause);
    const [first = 0, second = 0] = whole.bestEpochs;
    // The noisy number is learned by heart soon; of rounds with the same AUROC the later ones have a lower loss.
    expect(second).toBeLessThan(first);
    expect(whole.epochs).toHaveLength(30);
    for (const [task, best] of [first, second].entries()) {
      const short = createNetwork(table());
      await train(short, best);
      // The last round is the best of those, so these are the same trees.
      const result = await short.finish(noPause);
      expect(result.bestEpochs[task]).toBe(best);
      expect(result.test[task]).toEqual(whole.test[task]);
      expect(result.validation[task]).toEqual(whole.validation[task]);
    }
  });

  it('grows no trees for a task that has run out of patience', async () => {
    const network = createNetwork(table(), { patience: 3 });
    await train(network, 30);
    const { epochs, bestEpochs } = await network.finish(noPause);
    const [, second = 0] = bestEpochs;
    const losses = epochs.map((e) => e.trainLosses[1]);
    // Three more rounds, then its loss stands still while the other task goes on.
    expect(losses[second + 1]).not.toBe(losses[second + 2]);
    expect(losses.length).toBeGreaterThan(second + 4);
    expect(new Set(losses.slice(second + 2)).size).toBe(1);
    expect(new Set(epochs.map((e) => e.trainLosses[0])).size).toBe(epochs.length);
  });

  it('goes on from a checkpoint to the same result', async () => {
    const whole = createNetwork(table());
    await train(whole, 8);
    const half = createNetwork(table());
    await train(half, 3);
    const { tensors, state } = structuredClone(await half.save());
    expect(Object.keys(tensors).every((name) => name.startsWith('model-2/'))).toBe(true);
    const resumed = createNetwork(table());
    resumed.load(tensors, state);
    expect(resumed.info.parameters).toBe(half.info.parameters);
    await train(resumed, 5, 4);
    expect(withoutTimes(await resumed.finish(noPause))).toEqual(withoutTimes(await whole.finish(noPause)));
  });

  it('lets others work while it is measured, and can be stopped there', async () => {
    const network = createNetwork(table());
    await network.trainStep(null, 1, noPause);
    let pauses = 0;
    await network.finishEpoch(1, async () => void pauses++);
    expect(pauses).toBe(2);
    const stop = async () => {
      throw new Error('stop');
    };
    await expect(network.finish(stop)).rejects.toThrow('stop');
  });

  it('ends with task, round and network when the training loss is not finite', async () => {
    const network = createNetwork(table(1e20), {}, 30, 1e30);
    await expect(network.trainStep(null, 1, noPause)).rejects.toMatchObject({
      kind: 'numeric',
      message: expect.stringMatching(/^Run stopped at round 1 of model-2: the training loss of t1 is/),
      fault: { role: 'model-2', step: 1, epoch: 1, task: 't1', kind: 'loss' },
    });
    expect(network.step).toBe(0);
  });
});
