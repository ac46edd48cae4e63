// Networks that were saved, given or predict what is no number: what goes on as if nothing had been, and what ends the run.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NetworkState } from './networkInTraining.ts';
import { near, noPause, ranked, type Script, ScriptedNetwork, table, train } from './networkTesting.ts';

beforeAll(() => tf.setBackend('cpu'));

describe('a network that was saved', () => {
  const script: Script = [
    [ranked(true, 2), near(0.1)],
    [ranked(true, 1), near(0.3)],
    [ranked(true, 1), near(0.2)],
  ];

  it('goes on as if nothing had been, in the middle of an epoch too', async () => {
    const run = async (interrupted: boolean) => {
      const network = new ScriptedNetwork(script, { patience: 2 });
      await train(network, 2);
      network.batch([1, 2], 5);
      let current = network;
      if (interrupted) {
        const saved = structuredClone(await network.save());
        expect(Object.keys(saved.tensors)).toEqual(['model/values', 'model/best']);
        current = new ScriptedNetwork(script, { patience: 2 });
        current.load({ ...saved.tensors, 'baseline/values': Float32Array.of(9) }, saved.state);
        // What is loaded is a copy.
        (saved.state as NetworkState).records.length = 0;
        // What was saved is a copy too.
        network.batch([100, 100], 1);
      }
      await train(current, 1, 3);
      const { trainMs: _t, evaluationMs: _e, ...result } = await current.finish(noPause);
      return { result, stopped: current.stopped };
    };
    const whole = await run(false);
    expect(await run(true)).toEqual(whole);
    expect(whole.stopped).toBe(true);
    expect(whole.result.bestEpochs).toEqual([1, 1]);
    expect(whole.result.epochs[2]?.trainLosses).toEqual([1, (2 * 5 + 1 * 2) / 7]);
  });
});

describe('a network that was saved before labels could be missing', () => {
  it('has one number of rows for all tasks', async () => {
    const script: Script = [[ranked(true, 2), near(0.1)]];
    const network = new ScriptedNetwork(script);
    await network.trainStep();
    network.batch([1, 2], 6);
    const { tensors, state } = structuredClone(await network.save());
    const resumed = new ScriptedNetwork(script);
    resumed.load(tensors, { ...state, epochRows: 6 });
    resumed.batch([4, 8], 3);
    expect((await resumed.finishEpoch(1, noPause)).trainLosses).toEqual([2, 4]);
  });
});

describe('a network that was not trained', () => {
  it('is tested as of epoch 0', async () => {
    const network = new ScriptedNetwork([[ranked(true, 1), near(0)]]);
    // The values it began with have no script: no prediction is a number.
    await expect(network.finish(noPause)).rejects.toMatchObject({
      fault: { epoch: 0, step: 0, evaluation: { split: 'test', row: 1 } },
    });
  });

  it('says that its values are from a file when they are', async () => {
    const network = new ScriptedNetwork([[ranked(true, 1), near(0)]]);
    network.measureGiven({ fileName: 'w.pt', tensor: 'head', largest: 3e38 });
    await expect(network.finish(noPause)).rejects.toMatchObject({
      message: expect.stringContaining('Run stopped with the weights of w.pt'),
      fault: { weightsFile: 'w.pt' },
    });
  });
});

describe('a prediction that is not finite', () => {
  it('ends the run with split, row, task, network and step', async () => {
    const outputs = near(0.1);
    outputs[4] = Number.NaN;
    const network = new ScriptedNetwork([
      [ranked(true, 1), near(0)],
      [ranked(true, 1), outputs],
    ]);
    await train(network, 1);
    await expect(train(network, 1, 2)).rejects.toMatchObject({
      kind: 'numeric',
      message:
        'Run stopped after step 2: the prediction of dose for row 3 of the validation split (row 5 of 10 in the table) is not a finite number. Lower the learning rate, standardise features and targets, or clip the gradient norm, and run again.',
      fault: {
        role: 'model',
        seed: 3,
        epoch: 2,
        step: 2,
        task: 'dose',
        kind: 'logits',
        shape: [4, 1],
        nonFinite: 1,
        evaluation: { split: 'validation', row: 3 },
      },
    });
    // Earlier measurements stay.
    expect(network.records).toHaveLength(1);
    expect(network.bestScores()).toEqual(network.records[0]?.validation);
  });

  it('ends it in the test, and names the column that lies far out', async () => {
    const outputs = ranked(true, 1);
    outputs[9] = Number.POSITIVE_INFINITY;
    const numeric = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1e30];
    const network = new ScriptedNetwork([[outputs, near(0)]], { dataset: table({ numeric }) });
    await train(network, 1);
    await expect(network.finish(noPause)).rejects.toThrow(
      'the prediction of sick for row 4 of the test split (row 10 of 10 in the table) is not a finite number. In this row x is 1.00e+30 standard deviations from the mean',
    );
  });

  it('does not end it where the test loss alone is beyond float32, for no metric is', async () => {
    const outputs = near(0.1);
    outputs[7] = -1e30;
    const network = new ScriptedNetwork([[ranked(true, 1), outputs]]);
    await train(network, 1);
    const { test, evaluationMs } = await network.finish(noPause);
    expect(test[1]?.metrics['explained-variance']?.value).toBeLessThan(-1e50);
    expect(evaluationMs).toBeGreaterThanOrEqual(0);
  });

  it('ends it where the validation loss alone is beyond float32', async () => {
    const outputs = near(0.1);
    outputs[3] = -1e30;
    const network = new ScriptedNetwork([[ranked(true, 1), outputs]]);
    await expect(train(network, 1)).rejects.toMatchObject({
      message: expect.stringContaining(
        'the validation loss of dose is not a finite number; the largest prediction is that of row 2 of the validation split',
      ),
      fault: { kind: 'loss', tensor: 'validation loss of dose', shape: [], nonFinite: 1 },
    });
  });
});
