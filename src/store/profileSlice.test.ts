import { expect, it } from 'vitest';
import { createStore } from 'zustand';
import type { StepProfile } from '../engine/protocol/profile.ts';
import { createAppState } from './appState.ts';
import { profileSubject } from './profileSlice.ts';
import { runEvents } from './testing/fakeRun.ts';
import { type FakeWorker, fakeEnvironment } from './testing/fakeWorker.ts';

const NETWORKS = [
  { role: 'model', label: 'MultiTab-Net' },
  { role: 'baseline', label: 'ST-MLP' },
] as const;

function setUp() {
  const env = fakeEnvironment();
  const store = createStore(createAppState(env));
  store.getState().restartEngine();
  const worker = env.workers.at(-1) as FakeWorker;
  worker.getReady();
  const answer = async (role: string) => {
    const asked = worker.last('profile');
    const profile = { role, label: role } as StepProfile;
    worker.say({ type: 'profiled', requestId: asked?.requestId ?? 0, profile });
    await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { store, get: store.getState, worker, answer };
}

it('asks network by network, of the experiment as it stands while there is no run', async () => {
  const { get, worker, answer } = setUp();
  const done = get().profileSteps(NETWORKS);
  expect(get().profiling).toEqual({ label: 'MultiTab-Net', done: 0, total: 2 });
  expect(worker.last('profile')).toMatchObject({ role: 'model', runId: null, experiment: get().experiment });
  await answer('model');
  expect(worker.last('profile')).toMatchObject({ role: 'baseline' });
  expect(get().profiles.networks.map((p) => p.role)).toEqual(['model']);
  await answer('baseline');
  await done;
  expect(get().profiling).toBe(null);
  expect(get().profiles.networks.map((p) => p.role)).toEqual(['model', 'baseline']);
  // Of another experiment it says nothing.
  const { key } = get().profiles;
  expect(profileSubject(get()).key).toBe(key);
  get().setValue('training.batchSize', 64);
  expect(profileSubject(get()).key).not.toBe(key);
});

it('asks the run on screen, and stops at a refusal with its reason', async () => {
  const { get, worker } = setUp();
  get().start();
  const command = worker.last('run');
  const runId = command?.runId ?? '';
  worker.say(...runEvents(runId, get().experiment as NonNullable<ReturnType<typeof get>['experiment']>, 1));
  await expect.poll(() => get().shownRunId).toBe(runId);
  const done = get().profileSteps(NETWORKS);
  const asked = worker.last('profile');
  expect(asked).toMatchObject({ runId, role: 'model' });
  const error = { kind: 'config', message: 'no', issues: [] } as const;
  worker.say({ type: 'request-failed', requestId: asked?.requestId ?? 0, error: { ...error, issues: [] } });
  await done;
  expect(get()).toMatchObject({ profiling: null, profileError: { message: 'no' } });
  expect(worker.sent.filter((c) => c.type === 'profile')).toHaveLength(1);
});
