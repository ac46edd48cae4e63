// Tasks of a run in progress: weights set by hand and stored in checkpoints, and tasks that are paused when they stop
// improving.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Checkpoint } from '../protocol/checkpoint.ts';
import { waited } from './bestEpoch.ts';
import { planExperiment } from './plan.ts';
import { RunControl } from './runControl.ts';
import { eventsOf, runToEnd, smallExperiment } from './sessionTesting.ts';

const MODEL = { id: 'mt-mlp', params: { shared: [6], tower: [4], embedding: 2, dropout: 0.1 } };
const experimentOf = (training: Record<string, unknown>) =>
  smallExperiment({
    model: MODEL,
    baseline: null,
    training: { epochs: 2, batchSize: 32, learningRate: 0.01, ...training },
  });

beforeAll(() => tf.setBackend('cpu'));

describe('weights set by hand', () => {
  const weights = [2, 0, 0.5];

  it('train as if they had been chosen, and say from which step on', async () => {
    const control = new RunControl();
    control.setTaskWeights(weights);
    const { result } = await runToEnd(experimentOf({}), { control });
    const chosen = await runToEnd(experimentOf({ weighting: 'fixed', taskWeights: weights }));
    expect(result.seeds[0]?.model.epochs).toEqual(chosen.result.seeds[0]?.model.epochs);
    expect(result.notes).toContainEqual({
      code: 'task-weights',
      text: expect.stringMatching(/from step 1 on the task weights are 2, 0, 0.5, set by hand/),
      taskWeights: { role: 'model', seed: result.seeds[0]?.seed, weights },
    });
  });

  it('are kept by a checkpoint, so that the run goes on as it would have', async () => {
    const whole = new RunControl();
    const once = (act: () => void) => {
      let done = false;
      return () => {
        if (!done) act();
        done = true;
      };
    };
    const settings = experimentOf({ epochs: 3 });
    const expected = await runToEnd(settings, {
      control: whole,
      onEvent: (event) => event.type === 'epoch' && event.record.epoch === 1 && whole.setTaskWeights(weights),
    });
    const first = new RunControl();
    let checkpoint: Checkpoint | undefined;
    const stop = once(() => first.stop());
    await runToEnd(settings, {
      control: first,
      onEvent: (event) => {
        if (event.type === 'epoch' && event.record.epoch === 1) first.setTaskWeights(weights);
        if (event.type === 'epoch' && event.record.epoch === 2) stop();
        if (event.type === 'checkpoint') checkpoint = event.checkpoint;
      },
    });
    const { result } = await runToEnd(settings, { resume: checkpoint });
    expect(result.seeds[0]?.model.epochs).toEqual(expected.result.seeds[0]?.model.epochs);
    expect(result.seeds[0]?.model.test).toEqual(expected.result.seeds[0]?.model.test);
  });

  it.each([
    [[1, 2], /expected 3 numbers from 0 to 1000, got 1, 2/],
    [[1, -1, 1], /got 1, -1, 1/],
    [[1, Number.NaN, 1], /Those of before stay/],
  ])('of %j are refused in words, and change nothing', async (wrong, words) => {
    const control = new RunControl();
    control.setTaskWeights(wrong);
    const { result, events } = await runToEnd(experimentOf({}), { control });
    expect(eventsOf(events, 'note').map((e) => e.note.text)).toContainEqual(expect.stringMatching(words));
    const plain = await runToEnd(experimentOf({}));
    expect(result.seeds[0]?.model.test).toEqual(plain.result.seeds[0]?.model.test);
  });

  it('are not for methods that make their own', async () => {
    const control = new RunControl();
    control.setTaskWeights(weights);
    const { result } = await runToEnd(experimentOf({ weighting: 'uw' }), { control });
    expect(result.notes.map((n) => n.text)).toContainEqual(expect.stringMatching(/no network in training/));
  });
});

describe('patience per task', () => {
  it('gives a task weight 0 after as many epochs without a better one', async () => {
    const [epochs, taskPatience] = [8, 2];
    const { result } = await runToEnd(experimentOf({ epochs, taskPatience, learningRate: 0.05 }));
    const records = result.seeds[0]?.model.epochs ?? [];
    const pausedAt = (task: number) =>
      records.findIndex((_e, i) => waited(records.slice(0, i + 1), task) >= taskPatience) + 1;
    const told = result.notes.filter((n) => n.code === 'task-paused').map((n) => n.text);
    const names = result.dataset?.tasks.map((t) => t.name) ?? [];
    const stale = names.filter((_name, task) => pausedAt(task) > 0);
    expect(stale.length).toBeGreaterThan(0);
    for (const [task, name] of names.entries()) {
      const own = told.filter((text) => text.includes(` ${name}`) || text.includes(`, ${name}`));
      expect(own.length, name).toBe(pausedAt(task) > 0 ? 1 : 0);
      if (own[0]) expect(own[0]).toContain(`after epoch ${pausedAt(task)} `);
    }
    const { taskWeights } = result.notes.findLast((n) => n.code === 'task-paused') ?? {};
    expect(taskWeights?.weights).toEqual(names.map((_name, task) => (pausedAt(task) > 0 ? 0 : 1)));
    // If no task is left, there is nothing to train.
    if (stale.length === names.length) expect(records.length).toBeLessThan(epochs);
  });

  it('is for weights that are equal or fixed', async () => {
    const { issues } = await planExperiment(experimentOf({ taskPatience: 3, weighting: 'uw' }));
    expect(issues).toMatchObject([{ path: 'training.taskPatience', got: '3' }]);
    expect((await planExperiment(experimentOf({ taskPatience: 3, weighting: 'fixed' }))).issues).toEqual([]);
  });
});
