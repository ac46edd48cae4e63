// A store with an engine that is ready, on fake timers.
import { vi } from 'vitest';
import { createStore } from 'zustand';
import { createAppState } from '../appState.ts';
import { type FakeWorker, fakeEnvironment } from './fakeWorker.ts';

/** @param query - the query of the address that the page was opened with */
export function setUp(query = '') {
  const env = fakeEnvironment(query);
  const store = createStore(createAppState(env));
  store.getState().restartEngine();
  const worker = () => env.workers.at(-1) as FakeWorker;
  worker().getReady();
  const get = store.getState;
  const settle = () => vi.advanceTimersByTimeAsync(1000);
  return { env, store, get, worker, settle };
}
