import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand';
import type { Experiment } from '../engine/config/experiment.ts';
import type { ProbeReply } from '../engine/protocol/probe.ts';
import type { StepProfile } from '../engine/protocol/profile.ts';
import { createAppState } from './appState.ts';
import { subjectOf } from './probesSlice.ts';
import { runEvents } from './testing/fakeRun.ts';
import { type FakeWorker, fakeEnvironment } from './testing/fakeWorker.ts';
import { watching } from './watchers.ts';

function setUp() {
  const env = fakeEnvironment();
  const store = createStore(createAppState(env));
  store.getState().restartEngine();
  const worker = env.workers.at(-1) as FakeWorker;
  worker.getReady();
  const answer = (runId: string | null, probe: string, request: unknown, reply: ProbeReply) => {
    const event = { type: 'probe-answer' as const, probe, request, at: null, ...reply };
    worker.say(runId === null ? { runId, ...event } : { runId, step: 1, ...event });
  };
  const begin = async () => {
    store.getState().start();
    const runId = worker.last('run')?.runId ?? '';
    worker.say(...runEvents(runId, store.getState().experiment as Experiment, 1));
    await expect.poll(() => store.getState().shownRunId).toBe(runId);
    return runId;
  };
  return { get: store.getState, worker, answer, begin };
}

const profile = (label: string) => ({ label }) as StepProfile;
const ROLES = { roles: ['model', 'baseline'] } as const;

describe('questions about the experiment on the left', () => {
  it('keep what is known so far, with what they are of', () => {
    const { get, worker, answer } = setUp();
    const request = { roles: [...ROLES.roles] };
    get().askProbe('profile', request, { runId: null });
    expect(worker.last('probe')).toMatchObject({ runId: null, probe: 'profile', request: ROLES });
    expect(worker.last('probe')?.experiment).toBe(get().experiment);
    const state = () => get().planned.answers.profile;
    expect(state()).toMatchObject({ isOpen: true, answer: null });
    const progress = { label: 'ST-MLP', done: 1, total: 2 };
    const soFar = { networks: [profile('MultiTab-Net')] };
    answer(null, 'profile', ROLES, { state: 'measuring', progress, answer: soFar });
    expect(state()).toMatchObject({ isOpen: true, progress, answer: { ...soFar, request: ROLES } });
    const error = { kind: 'config' as const, message: 'no', issues: [] };
    answer(null, 'profile', ROLES, { state: 'refused', error });
    expect(state()).toMatchObject({ isOpen: false, progress: null, error, answer: soFar });
    // The answer says nothing about another experiment.
    expect(get().plannedSubjects.profile).toBe(subjectOf(get().experiment));
    get().setValue('training.batchSize', 64);
    expect(get().plannedSubjects.profile).not.toBe(subjectOf(get().experiment));
  });

  it('end when they are withdrawn, when a run begins, and when the engine dies', async () => {
    const { get, worker, answer, begin } = setUp();
    const request = { networks: [] };
    const progress = { label: '', done: 0, total: 1 };
    get().askProbe('measured-cost', request, { runId: null });
    get().endProbe('measured-cost', null);
    expect(worker.last('probe')).toMatchObject({ probe: 'measured-cost', request: null });
    // The worker answered before the question was withdrawn.
    answer(null, 'measured-cost', request, { state: 'measuring', progress });
    expect(get().planned.answers['measured-cost']).toMatchObject({ isOpen: false, progress: null });
    get().askProbe('measured-cost', request, { runId: null });
    await begin();
    expect(get().planned.answers['measured-cost']?.isOpen).toBe(false);
    get().askProbe('measured-cost', request, { runId: null });
    worker.break('gone');
    expect(get().planned.answers['measured-cost']).toMatchObject({ isOpen: false });
    expect(get().planned.answers['measured-cost']?.error?.message).toMatch(/gone/);
  });
});

describe('questions about a run', () => {
  it('are kept with the run, one answer per probe', async () => {
    const { get, worker, answer, begin } = setUp();
    const runId = await begin();
    get().askProbe('mask-tests', {}, { runId, role: 'model' });
    expect(worker.last('probe')).toMatchObject({ runId, probe: 'mask-tests', role: 'model' });
    answer(runId, 'mask-tests', {}, { state: 'answered', answer: { report: null } });
    await expect
      .poll(() => get().live[runId]?.answers['mask-tests']?.answer)
      .toEqual({ report: null, request: {}, step: 1 });
    expect(get().planned.answers).toEqual({});
  });

  it('that are remembered are asked from the first epoch on, and again when nobody looks any more', async () => {
    const { get, worker, begin } = setUp();
    const runId = await begin();
    const everyEpoch = { probe: 'attention', request: { rows: { kind: 'mean' } }, everyEpochOnly: true };
    expect(worker.last('probe')).toMatchObject(everyEpoch);
    get().askProbe('attention', { rows: { kind: 'rows', rows: [1] } }, { runId });
    expect(worker.last('probe')?.everyEpochOnly).toBeUndefined();
    get().endProbe('attention', runId);
    expect(worker.last('probe')).toMatchObject(everyEpoch);
    get().endProbe('expert-use', runId);
    expect(worker.last('probe')).toMatchObject({ probe: 'expert-use', request: null });
  });

  it('are not asked of a recording', () => {
    const { get, worker } = setUp();
    get().showExample(runEvents('r', get().experiment as Experiment, 1));
    const before = worker.sent.length;
    get().askProbe('mask-tests', {}, { runId: 'example' });
    get().endProbe('mask-tests', 'example');
    expect(worker.sent).toHaveLength(before);
  });
});

it('a question is ended by the last view that watches it', () => {
  const [train, tasks] = [watching('relations run-1'), watching('relations run-1')];
  const other = watching('relations run-2');
  expect([train(), other(), tasks()]).toEqual([false, true, true]);
  expect(watching('relations run-1')()).toBe(true);
});
