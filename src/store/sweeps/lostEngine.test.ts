// A sweep trains unattended: engines that are lost or silent with one of its runs are started again by themselves.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand';
import { catalog } from '../../engine/catalog.ts';
import type { Experiment } from '../../engine/config/experiment.ts';
import { requireSweep } from '../../engine/sweeps/parse.ts';
import { createAppState } from '../appState.ts';
import { checkpointOf, runEvents } from '../testing/fakeRun.ts';
import { type FakeWorker, fakeEnvironment } from '../testing/fakeWorker.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(3000);

/** A page with a sweep of two runs, whose first has trained two epochs. */
async function sweeping() {
  const env = fakeEnvironment();
  const { getState: get } = createStore(createAppState(env));
  get().restartEngine();
  env.workers.at(-1)?.getReady();
  await get().loadKept();
  await get().loadSweeps();
  const axes = [{ key: 'tasks.rho', values: [0, 0.5] }];
  const id = await get().addSweep(requireSweep({ version: 1, axes, seeds: [0] }, catalog));
  await settle();
  const worker = () => env.workers.at(-1) as FakeWorker;
  const train = async () => {
    const { runId, experiment } = worker().last('run') as { runId: string; experiment: Experiment };
    worker().say(...runEvents(runId, experiment, 2));
    await settle();
    return { runId, experiment };
  };
  /** The engine that was started in place of a lost one. */
  const comesBack = async () => {
    await settle();
    worker().getReady();
    await settle();
  };
  return { env, get, id, worker, train, comesBack };
}

describe('an engine of a sweep', () => {
  it('that dies is started again, and its run goes on from its checkpoint', async () => {
    const at = await sweeping();
    const { runId, experiment } = await at.train();
    at.env.kept.set(runId, checkpointOf(runId, experiment, 3));
    at.worker().break('out of memory');
    await at.comesBack();
    expect(at.env.workers).toHaveLength(2);
    expect(at.worker().last('run')).toMatchObject({ runId, resume: { step: 3 } });
    expect(at.get().recoveryNote).toContain('The engine started again on wasm');
  });

  it('that dies three times with one run leaves it as failed, and the next run is trained', async () => {
    const at = await sweeping();
    const { runId } = await at.train();
    for (let i = 0; i < 3; i++) {
      if (i > 0) await at.train();
      at.worker().break('out of memory');
      await at.comesBack();
    }
    expect(at.get().kept?.find((entry) => entry.runId === runId)?.status).toBe('failed');
    expect(at.get().recoveryNote).toContain('3 engines were lost with this run');
    expect(at.worker().last('run')?.runId).not.toBe(runId);
    await at.get().retrySweep(at.id);
    expect(at.get().sweeps[0]?.again).toEqual([runId]);
  });

  it('that gives no answer for a minute is given up, one that answers late is not', async () => {
    const at = await sweeping();
    const { runId } = await at.train();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(at.get().engines[0]?.silence).toBe('no-answer');
    at.worker().say({ type: 'pong' });
    await vi.advanceTimersByTimeAsync(45_000);
    expect(at.env.workers).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(25_000);
    await at.comesBack();
    expect(at.env.workers).toHaveLength(2);
    expect(at.worker().last('run')).toMatchObject({ runId });
  });

  it('that dies with a run of the user waits for the user', async () => {
    const own = fakeEnvironment();
    const { getState: get } = createStore(createAppState(own));
    get().restartEngine();
    own.workers.at(-1)?.getReady();
    get().start();
    const { runId, experiment } = own.workers.at(-1)?.last('run') ?? {};
    own.workers.at(-1)?.say(...runEvents(runId as string, experiment as Experiment, 2));
    await settle();
    own.workers.at(-1)?.break('out of memory');
    await settle();
    expect(own.workers).toHaveLength(1);
    expect(get().engines[0]?.status).toBe('failed');
  });
});
