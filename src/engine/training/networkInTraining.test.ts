// What all networks have in common, however they learn: how epochs are measured, chosen, restored and stored.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Note } from '../core/notes.ts';
import { near, noPause, ranked, type Script, ScriptedNetwork, table, train } from './networkTesting.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('an epoch', () => {
  it('has training losses that weigh batches by their rows', async () => {
    const network = new ScriptedNetwork([
      [ranked(true, 1), near(0)],
      [ranked(true, 1), near(0)],
    ]);
    await network.trainStep();
    network.batch([1, 10], 230);
    network.batch([4, 40], 3);
    const first = await network.finishEpoch(1, noPause);
    expect(first.trainLosses[0]).toBeCloseTo((230 + 12) / 233, 12);
    expect(first.trainLosses[1]).toBeCloseTo((2300 + 120) / 233, 12);
    expect(first.step).toBe(2);
    // The next epoch starts from zero.
    await network.trainStep();
    network.batch([5, 6], 9);
    expect((await network.finishEpoch(2, noPause)).trainLosses).toEqual([5, 6]);
  });

  it('leaves batches without a label of a task out of its loss, which is not a number there', async () => {
    const network = new ScriptedNetwork([[ranked(true, 1), near(0)]]);
    await network.trainStep();
    network.batchOf([1, Number.NaN], [4, 0]);
    network.batchOf([3, 6], [12, 2]);
    expect((await network.finishEpoch(1, noPause)).trainLosses).toEqual([2.5, 6]);
  });

  it('has no training loss where nothing was trained', async () => {
    const network = new ScriptedNetwork([[ranked(true, 1), near(0)]]);
    await network.trainStep();
    expect((await network.finishEpoch(0, noPause)).trainLosses).toEqual([Number.NaN, Number.NaN]);
  });

  it('is measured on the validation split', async () => {
    const network = new ScriptedNetwork([[ranked(true, 1), near(0.5)]]);
    const [record] = await train(network, 1);
    expect(record?.validation.map((s) => s.task)).toEqual(['sick', 'dose']);
    expect(record?.validation[0]?.metrics.auroc).toEqual({ value: 1 });
    expect(record?.validationLosses[0]).toBeCloseTo(Math.log1p(Math.exp(-1)), 6);
    expect(record?.validationLosses[1]).toBeCloseTo(0.25, 6);
    // Errors of ±0.5 against labels 0 to 3, whose variance is 1.25.
    expect(record?.validation[1]?.metrics['explained-variance']?.value).toBeCloseTo(0.8, 6);
    expect(record?.score).toBeCloseTo(0.9, 6);
    expect(network.step).toBe(1);
    expect(network.records).toEqual([record]);
  });
});

describe('the epoch that is kept', () => {
  const script: Script = [
    [ranked(true, 1), near(0.5)],
    [ranked(true, 2), near(0.2)],
    [ranked(false, 1), near(0.1)],
    [ranked(true, 3), near(0.4)],
  ];

  it('is one for all tasks that share a network, and is what is tested', async () => {
    const network = new ScriptedNetwork(script);
    const records = await train(network, 4);
    expect(records.map((r) => r.isBest)).toEqual([
      [true, true],
      [true, true],
      [false, false],
      [false, false],
    ]);
    expect(network.bestScores()).toEqual(records[1]?.validation);
    const result = await network.finish(noPause);
    expect(result.bestEpochs).toEqual([2, 2]);
    expect(result.bestSteps).toEqual([2, 2]);
    expect(result.selection).toEqual(['metric-then-loss', 'metric-then-loss']);
    expect(result.validation).toEqual(records[1]?.validation);
    expect(result.epochs).toEqual(records);
    expect(result.steps).toBe(4);
    // Errors of ±0.2 on the four test rows.
    expect(result.test[1]?.metrics.mae?.value).toBeCloseTo(0.2, 6);
    expect(result.test[0]?.metrics['log-loss']?.value).toBeCloseTo(Math.log1p(Math.exp(-2)), 6);
  });

  it('is one per task of single-task networks', async () => {
    const network = new ScriptedNetwork(script, { singleTask: true });
    const records = await train(network, 4);
    // AUROC is 1 in epochs 1, 2 and 4, with a lower loss each time.
    expect(records.map((r) => r.isBest)).toEqual([
      [true, true],
      [true, true],
      [false, true],
      [true, false],
    ]);
    const result = await network.finish(noPause);
    expect(result.bestEpochs).toEqual([4, 3]);
    expect(network.bestScores()).toEqual([records[3]?.validation[0], records[2]?.validation[1]]);
    expect(result.test[1]?.metrics.mae?.value).toBeCloseTo(0.1, 6);
    expect(result.test[0]?.metrics['log-loss']?.value).toBeCloseTo(Math.log1p(Math.exp(-3)), 6);
  });

  it('has no scores before the first epoch', () => {
    expect(new ScriptedNetwork(script).bestScores()).toBeNull();
  });

  it('is chosen by the loss where a primary metric is undefined, which is said once', async () => {
    const oneClass: Script = [
      [ranked(true, 1), near(0.3)],
      [ranked(true, 0.1), near(0.1)],
      [ranked(true, 1), near(0.5)],
    ];
    const notes: Note[] = [];
    const dataset = table({ validation: [0, 0, 0, 0] });
    const network = new ScriptedNetwork(oneClass, { dataset, notes });
    const records = await train(network, 3);
    const losses = records.map((r) => (r.validationLosses[0] ?? 0) + (r.validationLosses[1] ?? 0));
    expect(losses.indexOf(Math.min(...losses))).toBe(1);
    const result = await network.finish(noPause);
    expect(result.bestEpochs).toEqual([2, 2]);
    expect(result.selection).toEqual(['loss', 'loss']);
    expect(records.map((r) => r.score)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(notes).toEqual([
      {
        code: 'best-epoch-by-loss',
        text: 'Scripted: on the validation split there is no AUROC of sick (only one class is present in this split), so the epoch with the lowest validation loss is kept.',
      },
    ]);
  });

  it('is chosen by the loss for the tasks that are concerned alone, and rounds are named so', async () => {
    const notes: Note[] = [];
    const dataset = table({ validation: [1, 1, 1, 1] });
    const network = new ScriptedNetwork(script, { dataset, notes, singleTask: true, boosted: true });
    const [first] = await train(network, 4);
    expect(first?.score).toBeCloseTo(0.8, 6);
    expect((await network.finish(noPause)).selection).toEqual(['loss', 'metric-then-loss']);
    expect(notes.map((n) => n.text)).toEqual([expect.stringContaining('the round with the lowest')]);
  });

  it('does not change any more when its patience has run out', async () => {
    const better: Script = [
      [ranked(true, 1), near(0.1)],
      [ranked(true, 1), near(0.3)],
      [ranked(true, 1), near(0.2)],
      [ranked(true, 3), near(0)],
    ];
    const network = new ScriptedNetwork(better, { patience: 2, singleTask: true });
    const records = await train(network, 3);
    expect(network.stopped).toBe(true);
    records.push(...(await train(network, 1, 4)));
    expect(records.map((r) => r.isBest[1])).toEqual([true, false, false, false]);
    expect((await network.finish(noPause)).bestEpochs).toEqual([1, 1]);
  });

  it('is measured over all groups: the mean of their best scores, and the sum of their losses', async () => {
    const network = new ScriptedNetwork(script, { singleTask: true });
    const records = await train(network, 4);
    const { bestEpochs } = await network.finish(noPause);
    const lossOf = (task: number) =>
      records.find((r) => r.epoch === bestEpochs[task])?.validationLosses[task] ?? Number.NaN;
    const [first, second] =
      network.bestScores()?.map(({ metrics, primary }) => metrics[primary]?.value) ?? [];
    const { score, loss } = network.bestMeasure();
    expect(score).toBeCloseTo(((first ?? 0) + (second ?? 0)) / 2, 12);
    expect(loss).toBeCloseTo(lossOf(0) + lossOf(1), 12);
  });

  it('stops when every group has run out of patience, not one of them', async () => {
    const network = new ScriptedNetwork(script, { patience: 1, singleTask: true });
    await train(network, 3);
    // In epoch 3 the first task got worse, the second better.
    expect(network.stopped).toBe(false);
    await train(network, 1, 4);
    expect(network.stopped).toBe(true);
  });
});
