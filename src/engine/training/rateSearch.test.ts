// The search for learning rates: what it chooses, that every network gets the same budget, and that test rows have no
// influence.
import '../../platform/nodeGradients.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { type Experiment, requireExperiment } from '../config/experiment.ts';
import type { Dataset } from '../data/table.ts';
import { mtMlp } from '../models/mtMlp.ts';
import type { Checkpoint } from '../protocol/checkpoint.ts';
import type { NetworkInfo } from '../protocol/result.ts';
import type { RunEvent } from '../protocol/run.ts';
import { bestRate, RateSearch } from './rateSearch.ts';
import { RunControl } from './runControl.ts';
import { eventsOf as of, runToEnd } from './sessionTesting.ts';
import { createNetwork, mixedDataset } from './testing.ts';

/** 140 training rows: five steps per epoch. */
function small(training: Record<string, unknown> = {}, changes: Record<string, unknown> = {}): Experiment {
  return requireExperiment(
    {
      version: 1,
      data: { id: 'multitab-bench', params: { rows: 200, features: 4 } },
      tasks: { count: 2, rho: 0.3, degrees: [1, 2] },
      model: { id: 'mt-mlp', params: { shared: [8], tower: [4], embedding: 2 } },
      baseline: { id: 'st-mlp', params: { hidden: [8], embedding: 2 } },
      ...changes,
      training: { epochs: 2, batchSize: 32, ...training },
    },
    catalog,
  );
}

async function run(experiment: Experiment, options?: Parameters<typeof runToEnd>[1]) {
  const { result, events } = await runToEnd(experiment, options);
  const [first] = result.seeds;
  return { result, events, model: first?.model, baseline: first?.baseline };
}

const searching = (events: RunEvent[]) => of(events, 'progress').filter((e) => e.phase === 'searching-rate');
const numbersOf = (result: Awaited<ReturnType<typeof run>>['result']) =>
  result.seeds.map(({ model, baseline }) =>
    [model, baseline].map((network) => [network?.test, network?.trainedWith, network?.epochs]),
  );

beforeAll(() => tf.setBackend('cpu'));

describe('the search for learning rates', () => {
  it('leaves a rate that is far too small, for every network on its own, and trains at the chosen one', async () => {
    const { result, model, baseline } = await run(small({ learningRate: 1e-4, rateSearch: 'five' }));
    expect(result.status).toBe('finished');
    for (const network of [model, baseline]) {
      const rates = network?.trainedWith?.rates ?? [];
      const tried = rates.map((t) => t.learningRate / 1e-4);
      expect(tried.map((f) => Math.round(f * 1e6) / 1e6)).toEqual([1, 0.333333, 3, 0.111111, 9]);
      const best = Math.max(...rates.map((t) => t.score));
      expect(network?.trainedWith?.learningRate).toBe(rates.find((t) => t.score === best)?.learningRate);
      expect(network?.trainedWith?.learningRate).toBeGreaterThan(2e-4);
    }
    const alone = await run(small({ learningRate: model?.trainedWith?.learningRate }));
    expect(model?.test).toEqual(alone.model?.test);
    expect(model?.epochs).toEqual(alone.model?.epochs);
    expect(result.comparison.map((m) => m.trainedWith)).toEqual([baseline?.trainedWith, model?.trainedWith]);
  });

  it('searches for a model and gives its twin the same rate', async () => {
    const { result, events } = await run(small({ learningRate: 1e-4, rateSearch: 'three', twin: 'only' }));
    const [model, twin] = result.comparison;
    expect(twin?.role).toBe('model:twin');
    expect(model?.trainedWith?.learningRate).toBeGreaterThan(2e-4);
    expect(twin?.trainedWith?.learningRate).toBe(model?.trainedWith?.learningRate);
    expect(new Set(searching(events).flatMap((e) => e.roles))).toEqual(new Set(['model']));
  });

  it('gives every trial the epochs of the training itself, and counts its steps', async () => {
    // Not of seed 0: initial values and batches of the search are those of the run's own seed.
    const plain = await run(small({}, { seed: 3 }));
    const { model, baseline, events } = await run(small({ rateSearch: 'three' }, { seed: 3 }));
    expect(model?.trainedWith?.rates.map((t) => t.score)[0]).toBe(
      Math.max(...(plain.model?.epochs ?? []).map((e) => e.score)),
    );
    expect([model, baseline].map((p) => p?.trainedWith?.rates.length)).toEqual([3, 3]);
    const last = of(events, 'progress').at(-1);
    // Two networks, each trained once and in three trials, two epochs of five steps.
    expect([last?.doneSteps, last?.totalSteps]).toEqual([80, 80]);
    expect(new Set(searching(events).flatMap((e) => e.roles))).toEqual(new Set(['baseline', 'model']));
    // Curves show the training only.
    expect(of(events, 'epoch')).toHaveLength(4);
  });

  it('searches in the first seed alone and keeps the rates for all', async () => {
    const { result, events } = await run(small({ learningRate: 1e-4, rateSearch: 'three' }), {
      seeds: [3, 4],
    });
    const [first, second] = result.seeds.map((s) => s.model.trainedWith);
    expect(second).toEqual(first);
    expect(first?.learningRate).toBeCloseTo(3e-4, 12);
    expect(new Set(searching(events).map((e) => e.seed))).toEqual(new Set([3]));
    const totals = of(events, 'progress').map((e) => [e.seed, e.totalSteps]);
    expect(new Set(totals.map(String))).toEqual(new Set(['3,80', '4,20']));
    // A run of the second seed alone, given the search's seed: equal number for number.
    const alone = await run(small({ learningRate: 1e-4, rateSearch: 'three', rateSearchSeed: 3 }), {
      seeds: [4],
    });
    expect(numbersOf(alone.result)).toEqual(numbersOf(result).slice(1));
  });

  it('goes on from a stop in the middle of the search to the same numbers', async () => {
    // Two steps per epoch: 24 of 32 steps belong to the search.
    const experiment = small({ rateSearch: 'three', batchSize: 70 });
    const whole = await run(experiment);
    for (const stopAfter of [0, 5, 14, 23, 25]) {
      const control = new RunControl();
      const half = await run(experiment, {
        control,
        onEvent: (e) => {
          if (e.type === 'progress' && e.doneSteps >= stopAfter) control.stop();
        },
      });
      expect(half.result.status).toBe('stopped');
      const checkpoint = of(half.events, 'checkpoint').at(-1)?.checkpoint;
      const resumed = await run(experiment, { resume: structuredClone(checkpoint as Checkpoint) });
      expect(resumed.result.status).toBe('finished');
      expect(numbersOf(resumed.result)).toEqual(numbersOf(whole.result));
    }
  });

  it('does not search again when a run goes on behind it', async () => {
    const experiment = small({ rateSearch: 'three' });
    const control = new RunControl();
    const half = await run(experiment, {
      control,
      onEvent: (e) => {
        if (e.type === 'epoch') control.stop();
      },
    });
    const checkpoint = of(half.events, 'checkpoint').at(-1)?.checkpoint;
    const resumed = await run(experiment, { resume: structuredClone(checkpoint as Checkpoint) });
    expect(resumed.result.status).toBe('finished');
    expect(searching(resumed.events)).toEqual([]);
  });

  it('pauses within the search', async () => {
    const control = new RunControl(true);
    const { result, events } = await run(small({ rateSearch: 'three' }), {
      control,
      onEvent: (e) => {
        if (e.type === 'checkpoint') setTimeout(() => control.resume());
      },
    });
    expect(result.status).toBe('finished');
    expect(of(events, 'state').map((e) => e.state)).toEqual(['paused', 'running']);
    const before = events.slice(
      0,
      events.findIndex((e) => e.type === 'state'),
    );
    const reports = of(before, 'progress').map((e) => `${e.phase} ${e.doneSteps}`);
    expect(new Set(reports)).toEqual(new Set(['searching-rate 0']));
  });

  it('goes on when a rate makes numbers that are not finite, and says so', async () => {
    const { result, model } = await run(
      small(
        { optimizer: 'sgd', learningRate: 0.1, rateSearch: 'five', epochs: 5, batchSize: 70 },
        {
          model: { id: 'multitab-net', params: { width: 4, heads: 2, feedForward: 8 } },
          data: { id: 'multitab-bench', params: { rows: 200, features: 2, standardiseTargets: false } },
          tasks: { count: 2, rho: 0.3, degrees: [3] },
          baseline: null,
        },
      ),
    );
    expect(result.status).toBe('finished');
    const failed = model?.trainedWith?.rates.filter((t) => t.failure !== null) ?? [];
    expect(failed.length).toBeGreaterThan(0);
    expect(failed[0]?.failure).toMatch(/step \d+/);
    expect(failed.map((t) => t.learningRate)).not.toContain(model?.trainedWith?.learningRate);
  });

  it('gives twins and further models the same budget', async () => {
    const { result } = await run(
      small({ rateSearch: 'three', twin: 'both' }, { compare: [{ id: 'mt-mlp', params: { shared: [4] } }] }),
    );
    expect(result.status).toBe('finished');
    expect(result.comparison.map((m) => m.trainedWith?.rates.length)).toEqual([3, 3, 3, 3, 3]);
  });

  it('leaves trees out, with a note', async () => {
    const { result } = await run(
      small({ rateSearch: 'three' }, { compare: [{ id: 'gradient-boosting', params: { rounds: 2 } }] }),
    );
    expect(result.status).toBe('finished');
    expect(result.notes.filter((n) => n.code === 'rate-search-without-trees')).toHaveLength(1);
    expect(result.comparison.at(-1)?.trainedWith).toBeNull();
  });

  it('never looks at the test rows', async () => {
    const noise = mixedDataset(120);
    const rows = Uint32Array.from({ length: 120 }, (_, i) => i);
    const split = { train: rows.subarray(0, 70), validation: rows.subarray(70, 95), test: rows.subarray(95) };
    const dataset: Dataset = { ...noise, split };
    const altered: Dataset = {
      ...dataset,
      targets: dataset.targets.map((t) => t.slice()),
      numeric: dataset.numeric.map((c) => c.slice()),
    };
    for (const row of dataset.split.test) {
      for (const target of altered.targets) target[row] = 1 - (target[row] ?? 0);
      for (const column of altered.numeric) column[row] = 1e6;
    }
    const trials = await trialsOn(dataset);
    expect(trials).toHaveLength(3);
    expect(await trialsOn(altered)).toEqual(trials);
  });
});

/** The trials of a small MT-MLP on these rows. */
async function trialsOn(dataset: Dataset) {
  const info: NetworkInfo = {
    role: 'model',
    id: mtMlp.id,
    label: mtMlp.label,
    singleTask: false,
    boosted: false,
    parameters: 0,
    stage: 0,
    stepsPerEpoch: Math.ceil(dataset.split.train.length / 32),
    epochs: 2,
    trainedWith: { initialValues: '', learningRate: 0.01, rates: [] },
  };
  const params = { shared: [8], tower: [4], embedding: 2 };
  const search = new RateSearch('three');
  const network = { role: 'model' as const, def: mtMlp, params, path: 'model' };
  await search.run([{ network, info }], {
    dataset,
    seed: 0,
    batchSize: 32,
    create: (planned) =>
      createNetwork(mtMlp, params, {
        dataset,
        training: { learningRate: planned.info.trainedWith?.learningRate },
      }),
    prepare: async () => {},
    gate: async () => {},
    yieldToMessages: async () => {},
    yieldOrStop: async () => {},
    addStep: () => {},
    tell: () => {},
    trialDone: async () => {},
    note: () => {},
  });
  return search.trials.model;
}

describe('bestRate', () => {
  const trial = (learningRate: number, score: number, loss: number, failure: string | null = null) => ({
    learningRate,
    score,
    loss,
    failure,
  });

  it('takes the higher score, of equal scores the lower loss, of equal trials the first', () => {
    expect(bestRate([trial(1, 0.5, 1), trial(2, 0.6, 2)])).toBe(2);
    expect(bestRate([trial(1, 0.6, 2), trial(2, 0.6, 1)])).toBe(2);
    expect(bestRate([trial(1, 0.6, 1), trial(2, 0.6, 1)])).toBe(1);
  });

  it('lets the loss decide where a score is undefined, and passes over trials that failed', () => {
    expect(bestRate([trial(1, 0.9, 2), trial(2, Number.NaN, 1)])).toBe(2);
    expect(bestRate([trial(1, Number.NaN, Number.NaN, 'step 3'), trial(2, 0.1, 5)])).toBe(2);
    expect(bestRate([trial(1, Number.NaN, Number.NaN, 'step 3')])).toBeNull();
  });
});
