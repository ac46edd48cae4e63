// Trees as a network of a run: rounds are measured, kept, stopped and restored.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultsOf } from '../config/params.ts';
import { rng } from '../core/rng.ts';
import type { Dataset } from '../data/table.ts';
import { gradientBoosting } from '../models/gradientBoosting.ts';
import type { BoostedModelDef } from '../models/model.ts';
import { taskTypes } from '../tasks/registry.ts';
import type { BoostedTasks, RoundResult } from '../trees/grower.ts';
import { testDataset } from '../trees/testing.ts';
import { BoostedNetwork } from './boostedNetwork.ts';
import { type TrainingSettings, trainingParams, trainingSettings } from './params.ts';

const noPause = async () => {};

/** 60 training, 20 validation and 20 test rows: a label that depends on two columns, and a number with noise. */
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
  def: BoostedModelDef = gradientBoosting,
  { seed = 0, rowSample = 1 } = {},
) {
  const params = {
    ...defaultsOf(gradientBoosting.params),
    rounds,
    minRowsPerLeaf: 5,
    learningRate,
    rowSample,
  };
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
    def,
    params,
    dataset,
    taskTypes: dataset.tasks.map((t) => taskTypes[t.type]),
    settings: { ...trainingSettings(defaultsOf(trainingParams)), ...training },
    seed,
  });
}

async function train(network: BoostedNetwork, rounds: number, from = 1) {
  for (let round = from; round < from + rounds && !network.stopped; round++) {
    await network.trainStep(null, round, noPause);
    await network.finishEpoch(round, noPause);
  }
}

/** A table of 12 rows, half of them for validation and test, with a number and three classes. */
function classes(): Dataset {
  const data = testDataset({
    train: 6,
    numeric: [Array.from({ length: 12 }, (_, i) => i)],
    tasks: [
      { type: 'regression', target: Array.from({ length: 12 }, (_, i) => i) },
      { type: 'multiclass', outputs: 3, target: Array.from({ length: 12 }, (_, i) => i % 3) },
    ],
  });
  const held = data.split.validation;
  return { ...data, split: { ...data.split, validation: held.slice(0, 3), test: held.slice(3) } };
}

/** Grows nothing: returns scripted round results, and predicts numbers that encode row, output and round. */
function scripted(rounds: RoundResult[]) {
  const asked: string[] = [];
  const outputs = [1, 3];
  const at = (task: number, row: number, k: number, round: number) =>
    task === 0 ? row + (row % 2 === 0 ? round : -round) / 10 : k === row % 3 ? round : -k;
  let done = 0;
  const values = (task: number, rows: Iterable<number>, round: number) =>
    Float32Array.from(
      [...rows].flatMap((row) =>
        Array.from({ length: outputs[task] as number }, (_, k) => at(task, row, k, round)),
      ),
    );
  const trees: BoostedTasks = {
    async round() {
      const next = rounds[done++];
      if (!next) throw new Error('no such round');
      return next;
    },
    scores: (task) => {
      asked.push(`scores ${task}`);
      return values(task, Array(12).keys(), done);
    },
    predict: (task, rows, round) => {
      asked.push(`predict ${task} ${round}`);
      return values(task, rows, round);
    },
    size: 7,
    rounds: 0,
    featureGain: () => new Float64Array(1),
    save: () => ({ done: Float32Array.of(done) }),
    load: (tensors) => {
      done = tensors.done?.[0] ?? Number.NaN;
    },
  };
  return { asked, def: { ...gradientBoosting, boost: () => trees } };
}

const withoutTimes = ({
  trainMs: _t,
  evaluationMs: _e,
  ...rest
}: Awaited<ReturnType<BoostedNetwork['finish']>>) => rest;

beforeAll(() => tf.setBackend('cpu'));

it('draws the rows of a round by its seed', async () => {
  const losses = await Promise.all(
    [1, 1, 2].map(async (seed) => {
      const network = createNetwork(table(), {}, 3, 0.3, gradientBoosting, { seed, rowSample: 0.5 });
      await train(network, 3);
      return network.records.map((record) => record.validationLosses);
    }),
  );
  expect(losses[0]).toEqual(losses[1]);
  expect(losses[0]).not.toEqual(losses[2]);
});

describe('a part of trees', () => {
  it('reports the loss over the training split after each round, and its size', async () => {
    const network = createNetwork(table());
    const [report] = await network.trainStep(null, 1, noPause);
    const record = await network.finishEpoch(1, noPause);
    expect(report?.step).toBe(1);
    expect(record.trainLosses).toEqual(report?.taskLosses);
    // Below the entropy of a fair coin and the variance of the label: something was learned.
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
    // The noisy number is overfitted early; among rounds of equal AUROC the later ones have a lower loss.
    expect(second).toBeLessThan(first);
    expect(whole.epochs).toHaveLength(30);
    for (const [task, best] of [first, second].entries()) {
      const short = createNetwork(table());
      await train(short, best);
      // The last round is the best one, so these are the same trees.
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
    // Three more rounds, then its loss is constant while the other task continues.
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
      message: expect.stringMatching(/^Run stopped at round 1 of model 2: the training loss of t1 is/),
      fault: { role: 'model-2', step: 1, epoch: 1, task: 't1', kind: 'loss' },
    });
    expect(network.step).toBe(0);
  });

  it('reads the scores of all rows while it grows, and asks for those of the best round after', async () => {
    const { def, asked } = scripted([
      { taskLosses: [2, 3], gradientNorms: [0.5, 4] },
      { taskLosses: [1, 2], gradientNorms: [0.6, 0.1] },
    ]);
    const network = createNetwork(classes(), {}, 2, 0.3, def);
    const [report] = await network.trainStep(null, 1, noPause);
    // The largest over the tasks.
    expect(report?.gradientNorm).toBe(4);
    const first = await network.finishEpoch(1, noPause);
    // Off by 0.1 in each row; classes have a logit of 1 against 0, -1 or -2.
    expect(first.validation[0]?.metrics.mae?.value).toBeCloseTo(0.1, 6);
    expect(first.validationLosses[0]).toBeCloseTo(0.01, 6);
    expect(first.validation[1]?.metrics.accuracy?.value).toBe(1);
    // Rows 6, 7 and 8 have the classes 0, 1 and 2 and the logits [1, -1, -2], [0, 1, -2] and [0, -1, 1].
    const loss = (own: number, others: number[]) =>
      Math.log([own, ...others].reduce((sum, v) => sum + Math.exp(v), 0)) - own;
    expect(first.validationLosses[1]).toBeCloseTo(
      (loss(1, [-1, -2]) + loss(1, [0, -2]) + loss(1, [0, -1])) / 3,
      6,
    );
    await network.trainStep(null, 2, noPause);
    await network.finishEpoch(2, noPause);
    expect(new Set(asked)).toEqual(new Set(['scores 0', 'scores 1']));
    const result = await network.finish(noPause);
    // The number got worse in the second round, the classes better.
    expect(result.bestEpochs).toEqual([1, 2]);
    expect(asked.slice(-2)).toEqual(['predict 0 1', 'predict 1 2']);
    expect(result.test[0]?.metrics.mae?.value).toBeCloseTo(0.1, 6);
  });

  it('can be asked again from its kept values, with the best rounds and nothing else', async () => {
    const rounds = [1, 2].map((i) => ({ taskLosses: [3 - i, 3 - i], gradientNorms: [1, 1] }));
    const { def } = scripted(rounds);
    const network = createNetwork(classes(), {}, 2, 0.3, def);
    await train(network, 2);
    const tested = (await network.finish(noPause)).test;
    const { tensors, state } = structuredClone(await network.saveValues());
    const other = scripted(rounds);
    const opened = createNetwork(classes(), {}, 2, 0.3, other.def);
    opened.loadValues(tensors, state);
    expect(opened.info.parameters).toBe(7);
    expect((await opened.finish(noPause)).test).toEqual(tested);
    expect(new Set(other.asked)).toEqual(new Set(['predict 0 1', 'predict 1 2']));
    expect(opened.step).toBe(2);
  });

  it('takes time, which is added up whether a round ends well or not', async () => {
    const { def } = scripted([
      { taskLosses: [1, 1], gradientNorms: [1, 1] },
      { taskLosses: [Number.NaN, 1], gradientNorms: [1, 1] },
    ]);
    const network = createNetwork(classes(), {}, 2, 0.3, def);
    const clock = vi.spyOn(performance, 'now');
    for (const ms of [100, 130, 1000, 1007]) clock.mockReturnValueOnce(ms);
    await network.trainStep(null, 1, noPause);
    expect((await network.save()).state.trainMs).toBe(30);
    // The faulty task may also be the first.
    await expect(network.trainStep(null, 2, noPause)).rejects.toMatchObject({
      message: expect.stringContaining('round 2 of model 2: the training loss of t0 is NaN'),
      issues: [{ path: 'loss of t0', expected: 'a finite number', got: 'NaN' }],
      fault: { task: 't0', tensor: 'loss of t0', shape: [], nonFinite: 1, previousGradientNorm: 1 },
    });
    expect((await network.save()).state.trainMs).toBe(37);
    clock.mockRestore();
  });
});
