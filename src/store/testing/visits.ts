// Visits of the page one after another that share what is kept, and runs in them, on fake timers.
import { vi } from 'vitest';
import { createStore } from 'zustand';
import type { Experiment } from '../../engine/config/experiment.ts';
import { KEPT_VERSION, type KeptNetworks } from '../../engine/protocol/keptNetworks.ts';
import { createAppState } from '../appState.ts';
import { result, runEvents } from './fakeRun.ts';
import { type FakeEnvironment, type FakeWorker, fakeEnvironment } from './fakeWorker.ts';

export const settle = () => vi.advanceTimersByTimeAsync(3000);

export const networks: KeptNetworks = {
  version: KEPT_VERSION,
  seed: 0,
  epoch: 2,
  table: 'x',
  tensors: { 'model/parameter/0': new Float32Array(100) },
  networks: [],
};

/** A visit: the page is loaded anew. */
export async function visit(env: FakeEnvironment = fakeEnvironment()) {
  const store = createStore(createAppState(env));
  const get = store.getState;
  get().restartEngine();
  const worker = () => env.workers.at(-1) as FakeWorker;
  worker().getReady();
  await get().loadKept();
  return { env, store, get, worker };
}

export type Visit = Awaited<ReturnType<typeof visit>>;

export const next = ({ env }: Visit) => fakeEnvironment('', 1, { runs: env.runs, firstRun: 100 });

/** Trains two epochs; if `ends`, to the end of the run. */
export async function train(at: Visit, ends = true) {
  const runId = at.get().start() as string;
  const experiment = at.get().experiment as Experiment;
  at.worker().say(...runEvents(runId, experiment, 2));
  await settle();
  if (ends) {
    at.worker().say(
      { type: 'networks', runId, step: 6, kept: networks },
      { type: 'run-finished', runId, step: 6, result: result(experiment, 'finished') },
    );
    await settle();
  }
  return runId;
}
