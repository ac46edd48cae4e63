// The whole engine on small experiments: what the page and the command line rely on.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { textInput } from '../data/testing/files.ts';
import type { Checkpoint } from '../protocol/checkpoint.ts';
import { RunControl } from './runControl.ts';
import { eventsOf as of, runToEnd as run, smallExperiment as small } from './sessionTesting.ts';

beforeAll(() => tf.setBackend('cpu'));

/** The uninterrupted small experiment, which several tests compare with. */
let unbroken: ReturnType<typeof run> | undefined;
const wholeRun = () => {
  unbroken ??= run(small());
  return unbroken;
};

describe('a session', () => {
  it('trains model and baseline on the same steps and reports losses, metrics and gain', async () => {
    const { result, events } = await wholeRun();
    expect(result.status).toBe('finished');
    const types = new Set(events.map((e) => e.type));
    for (const type of [
      'run-started',
      'dataset',
      'seed-started',
      'steps',
      'epoch',
      'gain',
      'progress',
      'seed-finished',
      'run-finished',
    ]) {
      expect(types, type).toContain(type);
    }
    const perRole = (role: string) =>
      of(events, 'steps')
        .filter((e) => e.role === role)
        .reduce((n, e) => n + e.gradientNorms.length, 0);
    // 140 training rows: four batches of 32 and one of 12, for two epochs.
    expect([perRole('model'), perRole('baseline')]).toEqual([10, 10]);
    const seed = result.seeds[0];
    expect(seed?.model.test.map((t) => t.primary)).toEqual(['explained-variance', 'auroc', 'auroc']);
    expect(seed?.baseline?.test).toHaveLength(3);
    expect(seed?.gain?.perTask).toHaveLength(3);
    expect(seed?.model.epochs).toHaveLength(2);
  });

  it('gives the same numbers for the same experiment, and others for another seed', async () => {
    const strip = (r: Awaited<ReturnType<typeof run>>) => r.result.seeds[0]?.model.test;
    const first = strip(await wholeRun());
    expect(strip(await run(small()))).toEqual(first);
    expect(strip(await run(small({ seed: 5 })))).not.toEqual(first);
  });

  it('ends with the epoch in which the last of its networks stops, each after its patience', async () => {
    const { result, events } = await run(
      small({
        model: { id: 'mt-mlp', params: { shared: [6], tower: [4], embedding: 2 } },
        training: { epochs: 60, batchSize: 70, patience: 1, learningRate: 0.1 },
      }),
    );
    const [seed] = result.seeds;
    const counts = [seed?.model, seed?.baseline].map((network) => {
      const { epochs = [], bestEpochs = [], steps } = network ?? {};
      expect(epochs).toHaveLength(Math.max(...bestEpochs) + 1);
      // 140 training rows: two steps per epoch, and none after the network has stopped.
      expect(steps).toBe(2 * epochs.length);
      return epochs.length;
    });
    expect(counts[0]).not.toBe(counts[1]);
    const last = Math.max(...counts);
    expect(last).toBeLessThan(60);
    expect(of(events, 'progress').at(-1)).toMatchObject({ phase: 'testing', epoch: last, epochs: 60 });
  });

  it('averages gain over seeds', async () => {
    const { result } = await run(small(), { seeds: [3, 4] });
    expect(result.seeds.map((s) => s.seed)).toEqual([3, 4]);
    expect(result.gain?.perSeed).toHaveLength(2);
    const [a = 0, b = 0] = result.gain?.perSeed ?? [];
    expect(result.gain?.mean).toBeCloseTo((a + b) / 2, 9);
  });

  it('refuses a seed that is given twice, before making any row', async () => {
    const { result, events } = await run(small(), { seeds: [3, 4, 3] });
    expect(result.error).toMatchObject({
      kind: 'config',
      issues: [{ path: 'seeds', got: '3 more than once' }],
    });
    expect(events.map((e) => e.type)).toEqual(['run-failed']);
  });

  it('stops in the middle, keeps the curves, and goes on from the checkpoint to the same result', async () => {
    const whole = await wholeRun();
    const control = new RunControl();
    let steps = 0;
    const half = await run(small(), {
      control,
      onEvent: (e) => {
        if (e.type === 'steps' && e.role === 'model') steps += e.gradientNorms.length;
        if (steps >= 1) control.stop();
      },
    });
    expect(half.result.status).toBe('stopped');
    expect(half.result.seeds).toHaveLength(0);
    const checkpoint = of(half.events, 'checkpoint').at(-1)?.checkpoint;
    expect(checkpoint).toBeDefined();
    const stored = structuredClone(checkpoint as Checkpoint);
    expect(stored.step).toBeGreaterThan(0);
    expect(stored.step).toBeLessThan(10);
    const resumed = await run(small(), { resume: stored });
    expect(resumed.result.status).toBe('finished');
    expect(resumed.result.seeds[0]?.model.test).toEqual(whole.result.seeds[0]?.model.test);
    expect(resumed.result.seeds[0]?.baseline?.test).toEqual(whole.result.seeds[0]?.baseline?.test);
    expect(resumed.result.seeds[0]?.model.epochs).toEqual(whole.result.seeds[0]?.model.epochs);
  });

  it('holds no more when it was stopped than when it has ended: its networks, to be asked', async () => {
    const heldAtEnd = async (isStopped: boolean) => {
      const control = new RunControl();
      const before = tf.memory().numTensors;
      let held = 0;
      await run(small(), {
        control,
        onEvent: (e) => {
          if (e.type === 'steps' && isStopped) control.stop();
          if (e.type === 'run-finished') held = tf.memory().numTensors - before;
        },
      });
      return held;
    };
    const ended = await heldAtEnd(false);
    expect(ended).toBeGreaterThan(0);
    expect(await heldAtEnd(true)).toBe(ended);
  });

  it('stops at the first number that is not finite and says where', async () => {
    const training = { epochs: 3, batchSize: 32, optimizer: 'sgd', learningRate: 1 };
    const data = { id: 'multitab-bench', params: { rows: 200, features: 4, standardiseTargets: false } };
    const tasks = { count: 2, rho: 0.3, degrees: [1, 6] };
    const { result, events } = await run(small({ training, data, tasks, baseline: null }));
    // The task of degree 6 was named before the first step.
    const named = events.findIndex((e) => e.type === 'note' && e.note.code === 'one-loss-rules');
    expect(named).toBeGreaterThan(0);
    expect(named).toBeLessThan(events.findIndex((e) => e.type === 'steps'));
    expect(result.notes.map(({ code }) => code)).toContain('one-loss-rules');
    expect(result.status).toBe('failed');
    expect(result.error?.kind).toBe('numeric');
    expect(result.error?.fault?.step).toBeGreaterThan(0);
    expect(result.error?.fault?.tensor).not.toBe('');
    expect(result.error?.message).toMatch(/Run stopped at step \d+/);
    expect(events.at(-1)?.type).toBe('run-failed');
    // Every step before the fault has been sent.
    const sent = of(events, 'steps').at(-1);
    expect((sent?.firstStep ?? 0) + (sent?.gradientNorms.length ?? 0)).toBe(result.error?.fault?.step);
  });

  it('refuses an experiment that cannot run before making any row', async () => {
    const model = { id: 'multitab-net', params: { width: 6, heads: 4 } };
    const { result, events } = await run(small({ model }));
    expect(result.status).toBe('failed');
    expect(result.error?.issues[0]).toMatchObject({ path: 'model.params.heads', got: '4' });
    expect(events.map((e) => e.type)).toEqual(['run-failed']);
  });

  it.each(['epoch', 'progress', 'gain'] as const)(
    'goes on to the same result when stopped from outside after any %s',
    async (type) => {
      const experiment = small({
        model: { id: 'mt-mlp', params: { shared: [6], tower: [4], embedding: 2, dropout: 0.2 } },
        compare: [{ id: 'gradient-boosting', params: { rounds: 4, minRowsPerLeaf: 5 } }],
      });
      const strip = (r: Awaited<ReturnType<typeof run>>) =>
        r.result.comparison.map(({ trainSeconds: _t, ...rest }) => rest);
      const whole = await run(experiment);
      expect(whole.result.comparison.map((c) => c.id)).toEqual(['st-mlp', 'mt-mlp', 'gradient-boosting']);
      const count = of(whole.events, type).length;
      for (let nth = 1; nth <= count; nth += Math.ceil(count / 4)) {
        const control = new RunControl();
        let seen = 0;
        const half = await run(experiment, {
          control,
          onEvent: (e) => {
            // As a message would: some time later, whatever is running then.
            if (e.type === type && ++seen === nth) setTimeout(() => control.stop(), 0);
          },
        });
        if (half.result.status === 'finished') continue;
        const stored = structuredClone(of(half.events, 'checkpoint').at(-1)?.checkpoint as Checkpoint);
        expect(strip(await run(experiment, { resume: stored }))).toEqual(strip(whole));
      }
    },
  );

  describe('with further models', () => {
    const several = (changes: Record<string, unknown> = {}) =>
      small({
        compare: [
          { id: 'mmoe', params: { experts: 2, expert: [4], tower: [], embedding: 2 } },
          { id: 'ft-transformer', params: { width: 4, heads: 2, feedForward: 4, tower: [] } },
        ],
        ...changes,
      });

    it('trains them one after another and puts all side by side', async () => {
      const { result, events } = await run(several(), { seeds: [0, 1] });
      expect(result.status).toBe('finished');
      const order = of(events, 'epoch')
        .filter((e) => e.seed === 0)
        .map((e) => e.role);
      expect(order).toEqual([
        'baseline',
        'model',
        'baseline',
        'model',
        'model-2',
        'model-2',
        'model-3',
        'model-3',
      ]);
      const roles = ['baseline', 'model', 'model-2', 'model-3'];
      expect(result.comparison.map((c) => c.role)).toEqual(roles);
      expect(result.comparison.map((c) => c.gain?.perSeed.length)).toEqual([undefined, 2, 2, 2]);
      expect(result.comparison[1]?.gain).toEqual(result.gain);
      for (const { perTask } of result.comparison)
        expect(perTask.map((t) => t.perSeed.length)).toEqual([2, 2, 2]);
      expect(of(events, 'tested').map((e) => e.comparison.length)).toEqual([1, 2, 3, 4, 4, 4, 4, 4]);
      expect(result.seeds[0]?.others.map((o) => o.result.id)).toEqual(['mmoe', 'ft-transformer']);
      const last = of(events, 'progress').at(-1);
      expect(last).toMatchObject({ roles: ['model-3'], stage: 2, stages: 3 });
      expect(last?.doneSteps).toBe(last?.totalSteps);
    });

    it('leaves the numbers of the others alone', async () => {
      const alone = await wholeRun();
      const { result } = await run(several());
      expect(result.seeds[0]?.model.test).toEqual(alone.result.seeds[0]?.model.test);
      expect(result.seeds[0]?.baseline?.test).toEqual(alone.result.seeds[0]?.baseline?.test);
    });

    it('goes on from a checkpoint in the middle of the queue to the same result', async () => {
      const whole = await run(several());
      const control = new RunControl();
      const half = await run(several(), {
        control,
        onEvent: (e) => {
          if (e.type === 'steps' && e.role === 'model-2') control.stop();
        },
      });
      expect(half.result.status).toBe('stopped');
      expect(half.result.comparison.map((c) => c.role)).toEqual(['baseline', 'model']);
      expect(Object.keys(half.result.unfinished?.records ?? {})).toContain('model-2');
      const stored = structuredClone(of(half.events, 'checkpoint').at(-1)?.checkpoint as Checkpoint);
      const resumed = await run(several(), { resume: stored });
      const strip = (r: typeof whole) => r.result.comparison.map(({ trainSeconds: _t, ...rest }) => rest);
      expect(strip(resumed)).toEqual(strip(whole));
      // Curves of finished networks are restored too.
      const curves = (r: typeof whole) => of(r.events, 'epoch').map((e) => `${e.role} ${e.record.epoch}`);
      expect(new Set(curves(resumed))).toEqual(new Set(curves(whole)));
    });

    it('bounds the parameters of all networks together', async () => {
      const big = { id: 'mt-mlp', params: { shared: [4096, 4096], embedding: 64 } };
      const compare = Array.from({ length: 6 }, () => big);
      const { result } = await run(small({ compare }));
      expect(result.error?.issues[0]).toMatchObject({
        path: 'compare',
        expected: expect.stringMatching(/^at most 100,000,000/),
      });
    });

    it('refuses one that cannot run, with its place in the list', async () => {
      const compare = [{ id: 'mmoe' }, { id: 'tab-transformer' }];
      const data = { id: 'multitab-bench', params: { rows: 200, features: 4 } };
      const { result } = await run(small({ compare, data }));
      expect(result.error?.issues[0]).toMatchObject({ path: 'compare2.id', got: '4 numeric features' });
    });
  });

  it('is stopped while its file is read, and ends as one that began', async () => {
    const control = new RunControl();
    control.stop();
    const file = textInput('a,y\n1,2\n3,4\n');
    const data = { id: 'table', params: { file: file.name } };
    const tasks = { targets: [{ column: 'y', type: 'regression' }] };
    const { result, events } = await run(small({ data, tasks }), { control, file });
    expect(events.map((e) => e.type)).toEqual(['run-started', 'run-finished']);
    expect(result).toMatchObject({ status: 'stopped', seeds: [], error: null });
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await run(small());
    expect(tf.memory().numTensors).toBe(before);
  });
});
