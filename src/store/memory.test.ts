// A long visit does not grow in memory: stored runs leave it, and open again as they ended.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createStore } from 'zustand';
import type { Experiment } from '../engine/config/experiment.ts';
import { createAppState } from './appState.ts';
import { lossPoints } from './series.ts';
import { result, runEvents } from './testing/fakeRun.ts';
import { type FakeWorker, fakeEnvironment } from './testing/fakeWorker.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const env = fakeEnvironment();
  const store = createStore(createAppState(env));
  store.getState().restartEngine();
  const worker = () => env.workers.at(-1) as FakeWorker;
  worker().getReady();
  const trainOne = async () => {
    const runId = store.getState().start() as string;
    const experiment = worker().last('run')?.experiment as Experiment;
    worker().say(...runEvents(runId, experiment, 1));
    worker().say({ type: 'run-finished', runId, step: 3, result: result(experiment, 'finished') });
    await vi.advanceTimersByTimeAsync(5_000);
    return { runId, seed: experiment.seed };
  };
  return { env, get: store.getState, trainOne };
}

it('keeps the last runs of a visit at hand, and opens the others from storage', async () => {
  const { get, trainOne } = setUp();
  const all = [];
  for (let i = 0; i < 14; i++) all.push(await trainOne());
  const [first] = all as [(typeof all)[0]];
  expect(get().runs.map((run) => run.runId)).toEqual(all.slice(-10).map(({ runId }) => runId));
  expect(Object.keys(get().live)).toHaveLength(10);
  expect(lossPoints(first.runId, first.seed, 'model')).toBeNull();
  expect(get().kept).toHaveLength(14);
  expect(await get().openKept(first.runId)).toBe(true);
  expect(get().shownRunId).toBe(first.runId);
  expect(lossPoints(first.runId, first.seed, 'model')?.steps).toEqual([1, 2, 3]);
});

it('keeps what storage refused, however much that is', async () => {
  const { env, get, trainOne } = setUp();
  env.runs.put = async () => {
    throw new DOMException('', 'QuotaExceededError');
  };
  for (let i = 0; i < 12; i++) await trainOne();
  expect(get().runs).toHaveLength(12);
  expect(get().keepTrouble).toMatchObject({ kind: 'full', unkept: { length: 12 } });
});
