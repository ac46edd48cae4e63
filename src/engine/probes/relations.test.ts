// How tasks pull at what they share, asked of a run while it trains: the numbers, the memory, and that training goes on as if nobody
// had looked.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf } from '../config/params.ts';
import { mtMlp } from '../models/mtMlp.ts';
import type { RunEvent } from '../protocol/run.ts';
import { taskTypes } from '../tasks/registry.ts';
import { trainingParams, trainingSettings } from '../training/params.ts';
import { RunControl } from '../training/runControl.ts';
import { runSession } from '../training/session.ts';
import { backend, smallExperiment } from '../training/sessionTesting.ts';
import { disposeBatch, toTensors } from '../training/tensorBatch.ts';
import { createNetwork, mixedDataset, withMissingLabels } from '../training/testing.ts';
import { Prober } from './prober.ts';
import { questionOf } from './registry.ts';
import { lookAt } from './relations.ts';
import { answersOf, runProbed } from './testing.ts';

beforeAll(() => tf.setBackend('cpu'));

async function watched(changes: Record<string, unknown>, lookAhead: boolean) {
  const control = new RunControl();
  control.questions.put(questionOf('relations', { lookAhead }, { role: 'model', everyEpoch: true }));
  const { result, events } = await runProbed(smallExperiment(changes), { control });
  expect(result.error).toBeNull();
  return { result, answers: answersOf(events, 'relations') };
}

const MMOE = {
  model: { id: 'mmoe', params: { experts: 2, expert: [5], tower: [3], embedding: 2, dropout: 0.2 } },
};

describe('relations of a run', () => {
  it('change nothing that is trained, look-ahead and running statistics included', async () => {
    const plain = await runProbed(smallExperiment(MMOE));
    const { result, answers } = await watched(MMOE, true);
    expect(answers.length).toBeGreaterThanOrEqual(2);
    expect(result.seeds[0]?.model.epochs).toEqual(plain.result.seeds[0]?.model.epochs);
    expect(result.seeds[0]?.model.test).toEqual(plain.result.seeds[0]?.model.test);
  });

  it('has inner products by place that add up, the weights of the method, and a memory', async () => {
    const training = { epochs: 2, batchSize: 32, evaluationBatch: 30, weighting: 'cagrad' };
    const { answers } = await watched({ training }, true);
    const last = answers.at(-1);
    if (!last) throw new Error('expected an answer');
    const n = 3;
    const { places, history, ahead, rows } = last;
    expect(rows).toBe(32);
    expect(history.map((m) => m.step)).toEqual([...history.map((m) => m.step)].sort((a, b) => a - b));
    expect(history.length).toBe(new Set(answers.map((a) => a.step)).size);
    const newest = history.at(-1);
    if (!newest || !ahead) throw new Error('expected a look');
    expect(places[0]).toEqual({ kind: 'all', label: 'all shared parameters' });
    expect(places.map((p) => p.label)).toContain('transformer.blocks.0.0.attention');
    expect(places.some((p) => /task_heads/.test(p.label))).toBe(false);
    const gramOf = (i: number) => newest.grams.subarray(i * n * n, (i + 1) * n * n);
    for (const kind of ['block', 'layer']) {
      const sum = new Float64Array(n * n);
      places.forEach((p, i) => {
        if (p.kind === kind) for (const [k, v] of gramOf(i).entries()) sum[k] = (sum[k] as number) + v;
      });
      for (const [k, v] of gramOf(0).entries()) expect(sum[k]).toBeCloseTo(v, 4);
    }
    for (let i = 0; i < n; i++) expect(gramOf(0)[i * (n + 1)]).toBeGreaterThan(0);
    expect(gramOf(0)[1]).toBeCloseTo(gramOf(0)[n] as number, 6);
    // CAGrad's weights are 1/T and more.
    for (const weight of newest.weights ?? []) expect(weight).toBeGreaterThanOrEqual(1 / 3 - 1e-6);
    // A small step along a task's own gradient lowers its loss by about rate |g|^2.
    for (let i = 0; i < n; i++) {
      const fall = (ahead.losses[i] as number) - (ahead.ahead[i * (n + 1)] as number);
      const expected = ahead.rate * (gramOf(0)[i * (n + 1)] as number);
      expect(Math.abs(fall - expected)).toBeLessThan(0.2 * expected + 1e-5);
    }
  });

  it.each(['uw', 'cagrad'])(
    'knows the weights of the last step when it first looks after the end: %s',
    async (weighting) => {
      const training = { epochs: 1, batchSize: 64, evaluationBatch: 30, weighting };
      const control = new RunControl();
      const events: RunEvent[] = [];
      const held = await runSession({
        runId: 'test',
        experiment: smallExperiment({ training }),
        backend,
        control,
        inspect: (session) => new Prober(session, control.questions),
        emit: (event) => events.push(event),
      });
      control.questions.put(questionOf('relations', { lookAhead: false }, { role: 'model' }));
      await held.inspection?.answer(control.questions.waiting);
      held.dispose();
      const [look] = answersOf(events, 'relations').flatMap((a) => a.history);
      expect(look?.weights).toHaveLength(3);
      for (const weight of look?.weights ?? []) expect(weight).toBeGreaterThan(0);
    },
  );

  it('says why there is nothing to see', async () => {
    const { answers } = await watched(
      { model: { id: 'st-mlp', params: { hidden: [4], embedding: 2 } } },
      false,
    );
    expect(answers.at(-1)).toMatchObject({
      absence: expect.stringContaining('share no parameters'),
      history: [],
    });
  });

  it('counts the labelled rows of each task alone, as a step does', async () => {
    const dataset = withMissingLabels(mixedDataset(24), (task, row) => (row + task) % (task + 2) === 0);
    const params = { shared: [6], tower: [5], embedding: 2 };
    const network = createNetwork(mtMlp, params, { dataset });
    const rows = toTensors(dataset, dataset.split.train.subarray(0, 16));
    const context: Parameters<typeof lookAt>[0] = {
      model: network.model,
      dataset,
      taskTypes: dataset.tasks.map((t) => taskTypes[t.type]),
      settings: trainingSettings({ ...defaultsOf(trainingParams), batchSize: 16 }),
      step: 0,
      epoch: 1,
      lastWeights: async () => null,
      yieldOrStop: async () => {},
    };
    const { history } = await lookAt(context, { lookAhead: false });
    const [report] = await network.trainStep(rows, 1);
    expect(report?.taskLosses.every((loss) => loss > 0 && loss < 10)).toBe(true);
    report?.taskLosses.forEach((loss, task) => {
      expect(history[0]?.losses[task]).toBeCloseTo(loss, 4);
    });
    network.dispose();
    disposeBatch(rows);
  });
});
