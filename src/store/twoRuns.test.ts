// Two engines and two runs at once: each run gets its own events, and loses nothing to the other.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand';
import type { Experiment } from '../engine/config/experiment.ts';
import { createAppState } from './appState.ts';
import { canBegin, controlledRunId, failedEngine } from './engines.ts';
import { lossPoints } from './series.ts';
import { checkpointOf, result, runEvents } from './testing/fakeRun.ts';
import { type FakeWorker, fakeEnvironment } from './testing/fakeWorker.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(1000);

/** The first run has played two epochs, the second one. */
async function setUp() {
  const env = fakeEnvironment('', 2);
  const store = createStore(createAppState(env));
  const get = store.getState;
  const worker = (at: number) => env.workers[at] as FakeWorker;
  get().restartEngine();
  worker(0).getReady();
  const experiment = get().experiment as Experiment;
  const first = get().start() as string;
  const second = get().start() as string;
  worker(1).getReady();
  worker(0).say(...runEvents(first, experiment, 2));
  worker(1).say(...runEvents(second, experiment, 1));
  await settle();
  return { env, get, worker, experiment, first, second };
}

describe('two runs at once', () => {
  it('have an engine, a record and series each, and leave no room for a third', async () => {
    const { get, env, worker, experiment, first, second } = await setUp();
    expect(env.workers).toHaveLength(2);
    expect(worker(1).sent.slice(0, 2)).toMatchObject([{ type: 'start' }, { type: 'run', runId: second }]);
    expect(get().runs.map((r) => [r.runId, r.status, r.seedStates[0]?.records.model.length])).toEqual([
      [first, 'running', 2],
      [second, 'running', 1],
    ]);
    expect(lossPoints(first, experiment.seed, 'model')?.steps).toHaveLength(6);
    expect(lossPoints(second, experiment.seed, 'model')?.steps).toHaveLength(3);
    expect(canBegin(get())).toBe(false);
    expect(get().start()).toBeNull();
  });

  it('are controlled and asked one by one', async () => {
    const { get, worker, first, second } = await setUp();
    expect(controlledRunId(get())).toBe(second);
    get().pause();
    get().showRun(first);
    get().stop();
    expect([worker(0).last('pause'), worker(1).last('pause')?.runId]).toEqual([undefined, second]);
    expect([worker(0).last('stop')?.runId, worker(1).last('stop')]).toEqual([first, undefined]);
    get().askProbe('mask-tests', {}, { runId: second });
    expect(worker(1).last('probe')).toMatchObject({ runId: second, probe: 'mask-tests' });
    expect(worker(0).last('probe')?.probe).not.toBe('mask-tests');
    get().askProbe('cost', {}, { runId: null });
    expect(worker(0).last('probe')).toMatchObject({ runId: null, probe: 'cost' });
  });

  it('end one by one, and the engine of the first to end takes the next', async () => {
    const { get, worker, experiment, first, second } = await setUp();
    worker(1).say({ type: 'run-finished', runId: second, step: 3, result: result(experiment, 'finished') });
    await settle();
    expect(get().engines.map((e) => e.runId)).toEqual([first, null]);
    expect(controlledRunId(get())).toBe(first);
    const third = get().start();
    expect(worker(1).last('run')?.runId).toBe(third);
    expect(get().runs.map((r) => r.status)).toEqual(['running', 'finished']);
  });

  it('go on where the engine of the other is lost', async () => {
    const { get, env, worker, experiment, first, second } = await setUp();
    get().askProbe('mask-tests', {}, { runId: first });
    get().askProbe('mask-tests', {}, { runId: second });
    const checkpoint = checkpointOf(second, experiment, 3);
    worker(1).say({ type: 'checkpoint', runId: second, step: 3, checkpoint });
    worker(1).break('out of memory');
    expect(failedEngine(get())).toMatchObject({ id: 2, runId: null });
    expect(get().runs.map((r) => r.status)).toEqual(['running', 'stopped']);
    expect(get().live[first]?.answers['mask-tests']?.isOpen).toBe(true);
    expect(get().live[second]?.answers['mask-tests']?.isOpen).toBe(false);
    get().restartEngine({ resume: second });
    expect(env.workers).toHaveLength(3);
    expect(worker(0).terminated).toBe(false);
    worker(2).getReady();
    expect(worker(2).last('run')).toMatchObject({ runId: second, resume: checkpoint });
    expect(get().engines.map((e) => e.runId)).toEqual([first, second]);
  });

  it('are taken up again, each on its own, when a GPU is lost', async () => {
    const { get, worker, first, second } = await setUp();
    const error = { kind: 'backend' as const, message: 'Gone.', issues: [] };
    worker(1).say({ type: 'backend-lost', error, device: true });
    worker(2).getReady();
    expect(worker(2).last('run')).toMatchObject({ runId: second, paused: false });
    expect(get().engines.map((e) => [e.status, e.runId])).toEqual([
      ['ready', first],
      ['ready', second],
    ]);
  });

  it('both stop when another backend is chosen', async () => {
    const { get, worker } = await setUp();
    get().restartEngine({ request: { backend: 'wasm', allowSoftwareAdapter: false } });
    expect([worker(0).terminated, worker(1).terminated]).toEqual([true, true]);
    expect(get().engines).toHaveLength(1);
    expect(get().runs.map((r) => r.status)).toEqual(['stopped', 'stopped']);
    expect(worker(2).last('start')?.request.backend).toBe('wasm');
  });
});
