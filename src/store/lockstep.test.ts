// Two runs in lock-step, each in an engine of its own: neither is given a step before both wait for it.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createStore } from 'zustand';
import type { Experiment } from '../engine/config/experiment.ts';
import { createAppState } from './appState.ts';
import { isHeld } from './engines.ts';
import { result, runEvents } from './testing/fakeRun.ts';
import { type FakeWorker, fakeEnvironment } from './testing/fakeWorker.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Both have begun; the second engine was quicker. */
async function setUp() {
  const env = fakeEnvironment();
  const { getState: get } = createStore(createAppState(env));
  const worker = (at: number) => env.workers[at] as FakeWorker;
  get().restartEngine();
  worker(0).getReady();
  const experiment = get().experiment as Experiment;
  const other = { ...experiment, seed: 9 };
  const ids = get().startLockstep(other) as readonly [string, string];
  worker(1).getReady();
  worker(1).say(...runEvents(ids[1], other, 0));
  await vi.advanceTimersByTimeAsync(1000);
  worker(0).say(...runEvents(ids[0], experiment, 0));
  await vi.advanceTimersByTimeAsync(1000);
  const waits = (at: 0 | 1, step: number) =>
    worker(at).say({ type: 'state', runId: ids[at], step, state: 'paused' });
  const steps = () => [0, 1].map((at) => worker(at).sent.filter((c) => c.type === 'step').length);
  return { get, worker, experiment, ids, waits, steps };
}

it('begins both paused, and shows the first whichever is quicker', async () => {
  const { get, worker, ids } = await setUp();
  expect(worker(0).last('run')).toMatchObject({ runId: ids[0], paused: true });
  expect(worker(1).last('run')).toMatchObject({ runId: ids[1], paused: true, experiment: { seed: 9 } });
  expect(get().shownRunId).toBe(ids[0]);
  const numbers = ids.map((id) => get().runs.find((r) => r.runId === id)?.number);
  expect(numbers).toEqual([1, 2]);
  expect(isHeld(get(), ids[0])).toBe(false);
  expect(get().startLockstep(get().experiment as Experiment)).toBeNull();
});

it('gives a step to both when both have taken the last', async () => {
  const { waits, steps } = await setUp();
  waits(0, 0);
  expect(steps()).toEqual([0, 0]);
  waits(1, 0);
  expect(steps()).toEqual([1, 1]);
  waits(1, 1);
  expect(steps()).toEqual([1, 1]);
  waits(0, 1);
  expect(steps()).toEqual([2, 2]);
  // One that is behind catches up alone.
  waits(0, 1);
  waits(1, 2);
  expect(steps()).toEqual([3, 2]);
});

it('is paused, stepped, slowed and stopped as one', async () => {
  const { get, worker, ids, waits, steps } = await setUp();
  get().pause();
  waits(0, 0);
  waits(1, 0);
  expect(steps()).toEqual([0, 0]);
  expect([isHeld(get(), ids[0]), isHeld(get(), ids[1])]).toEqual([true, true]);
  get().step();
  expect(steps()).toEqual([1, 1]);
  waits(0, 1);
  waits(1, 1);
  expect(steps()).toEqual([1, 1]);
  get().setPace(2);
  get().resume();
  await vi.advanceTimersByTimeAsync(500);
  expect(steps()).toEqual([2, 2]);
  waits(0, 2);
  waits(1, 2);
  await vi.advanceTimersByTimeAsync(499);
  expect(steps()).toEqual([2, 2]);
  await vi.advanceTimersByTimeAsync(1);
  expect(steps()).toEqual([3, 3]);
  get().stop();
  expect([worker(0).last('stop')?.runId, worker(1).last('stop')?.runId]).toEqual([...ids]);
  expect(worker(0).last('pause')).toBeUndefined();
});

it('lets the longer one go on alone, and ends with it', async () => {
  const { get, worker, experiment, ids, waits, steps } = await setUp();
  waits(0, 0);
  waits(1, 0);
  worker(0).say({ type: 'run-finished', runId: ids[0], step: 1, result: result(experiment, 'finished') });
  waits(1, 1);
  expect(steps()).toEqual([1, 2]);
  worker(1).say({ type: 'run-finished', runId: ids[1], step: 2, result: result(experiment, 'finished') });
  expect(get().lockstep).toBeNull();
});
