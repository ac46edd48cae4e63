import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand';
import { MAX_LINK } from '../engine/config/codec.ts';
import type { Experiment } from '../engine/config/experiment.ts';
import type { ErrorReport } from '../engine/core/errors.ts';
import { createAppState } from './appState.ts';
import { begunSince, firstEngine, hasActiveRun } from './engines.ts';
import { fitsLink, keepAddress, linkQuery } from './link.ts';
import { lossPoints } from './series.ts';
import { checkpointOf, result, runEvents } from './testing/fakeRun.ts';
import { fakeEnvironment } from './testing/fakeWorker.ts';
import { setUp } from './testing/setUp.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const engine = (at: ReturnType<typeof setUp>) => firstEngine(at.get());

/** Starts a run and plays two epochs of it. */
async function running(at: ReturnType<typeof setUp>) {
  at.get().start();
  const command = at.worker().last('run');
  const runId = command?.runId as string;
  const experiment = command?.experiment as Experiment;
  at.worker().say(...runEvents(runId, experiment, 2));
  await at.settle();
  return { runId, experiment };
}

describe('a run', () => {
  it('is shown from its first event on, and its experiment stays as it was', async () => {
    const at = setUp();
    const { runId, experiment } = await running(at);
    at.get().setValue('training.epochs', 3);
    const [run] = at.get().runs;
    expect(run?.status).toBe('running');
    expect(at.get().shownRunId).toBe(runId);
    expect(run?.seedStates[0]?.records.model.map((r) => r.epoch)).toEqual([1, 2]);
    expect(run?.experiment).toEqual(experiment);
    expect(at.get().experiment?.training.epochs).toBe(3);
    at.worker().say({ type: 'run-finished', runId, step: 6, result: result(experiment, 'finished') });
    await at.settle();
    expect(at.get().runs[0]?.status).toBe('finished');
    expect(hasActiveRun(at.get())).toBe(false);
  });

  it('is seen to begin by the engines, though it ends in the update that brings it', async () => {
    const at = setUp();
    const begun: string[] = [];
    at.store.subscribe((state, before) => {
      begun.push(...begunSince(state, before));
      if (state.runs.some(({ status }) => status === 'running')) begun.push('seen in training');
    });
    const runId = at.get().start() as string;
    const { experiment } = at.worker().last('run') as { experiment: Experiment };
    const end = { type: 'run-finished', runId, step: 6, result: result(experiment, 'finished') } as const;
    at.worker().say(...runEvents(runId, experiment, 2), end);
    await at.settle();
    expect(at.get().runs[0]?.status).toBe('finished');
    expect(begun).toEqual([runId]);
  });

  it('takes no notice of events of a run it does not know', async () => {
    const at = setUp();
    const { experiment } = await running(at);
    const before = at.get().runs;
    const [, seedStarted] = runEvents('another', experiment, 1);
    if (seedStarted) at.worker().say(seedStarted);
    await at.settle();
    expect(at.get().runs).toEqual(before);
  });

  it('is not brought back by late events after a reset', async () => {
    const at = setUp();
    const { runId, experiment } = await running(at);
    at.get().reset();
    expect(at.worker().last('stop')?.runId).toBe(runId);
    at.worker().say({ type: 'run-finished', runId, step: 6, result: result(experiment, 'stopped') });
    await at.settle();
    expect(at.get().runs).toEqual([]);
    expect(hasActiveRun(at.get())).toBe(false);
  });

  it('that fails keeps its curves and can go on from its checkpoint', async () => {
    const at = setUp();
    const { runId, experiment } = await running(at);
    const checkpoint = checkpointOf(runId, experiment, 3);
    const error = { kind: 'numeric' as const, message: 'The loss is not a finite number.', issues: [] };
    at.worker().say(
      { type: 'checkpoint', runId, step: 3, checkpoint },
      { type: 'run-failed', runId, step: 6, error, result: result(experiment, 'failed') },
    );
    await at.settle();
    const [run] = at.get().runs;
    expect(run).toMatchObject({ status: 'failed', error, checkpointStep: 3 });
    expect(lossPoints(runId, experiment.seed, 'model')?.steps).toEqual([1, 2, 3, 4, 5, 6]);
    expect(at.env.kept.size).toBe(0);
    at.get().resumeFromCheckpoint(runId);
    expect(at.worker().last('run')).toMatchObject({ runId, resume: checkpoint });
  });

  it('is kept when the page may be about to go', async () => {
    const at = setUp();
    at.get().keepNow();
    expect(at.worker().last('keep')).toBeUndefined();
    const { runId } = await running(at);
    at.get().keepNow();
    expect(at.worker().last('keep')).toEqual({ type: 'keep', runId });
  });

  it('steps once as soon as the worker has begun it', async () => {
    const at = setUp();
    at.get().step();
    const command = at.worker().last('run');
    expect(command?.paused).toBe(true);
    expect(at.worker().last('step')).toBeUndefined();
    at.worker().say(...runEvents(command?.runId as string, command?.experiment as Experiment, 0));
    await at.settle();
    expect(at.worker().last('step')?.runId).toBe(command?.runId);
  });
});

describe('an engine that dies', () => {
  it('stops the run, keeps its curves, and goes on from the last checkpoint after a restart', async () => {
    const at = setUp();
    const { runId, experiment } = await running(at);
    const checkpoint = checkpointOf(runId, experiment, 3);
    at.worker().say({ type: 'checkpoint', runId, step: 3, checkpoint });
    at.worker().break('out of memory');
    expect(engine(at)).toMatchObject({ status: 'failed', runId: null });
    expect(engine(at).error?.message).toContain('out of memory');
    expect(at.get().runs[0]).toMatchObject({ status: 'stopped', checkpointStep: 3 });
    expect(at.get().runs[0]?.seedStates[0]?.records.model).toHaveLength(2);
    at.get().restartEngine({ resume: runId });
    expect(at.env.workers).toHaveLength(2);
    at.worker().getReady();
    expect(engine(at)).toMatchObject({ status: 'ready', error: null, runId });
    expect(at.worker().last('run')?.resume).toBe(checkpoint);
  });

  it('is ended when its device is lost, so that no late event meets the next one', async () => {
    const at = setUp();
    await running(at);
    at.worker().say({ type: 'backend-lost', error: { kind: 'backend', message: 'lost', issues: [] } });
    expect(at.worker().terminated).toBe(true);
    expect(at.get().runs[0]?.status).toBe('stopped');
  });

  it('takes a run up again by itself when the GPU is lost, the second time on wasm', async () => {
    const at = setUp();
    const { runId, experiment } = await running(at);
    const lost: ErrorReport = { kind: 'backend', message: 'The GPU device was lost: reset.', issues: [] };
    for (const [loss, step] of [3, 5].entries()) {
      const checkpoint = checkpointOf(runId, experiment, step);
      at.worker().say({ type: 'checkpoint', runId, step, checkpoint });
      await at.settle();
      at.worker().say({ type: 'backend-lost', error: lost, device: true });
      expect(at.env.workers).toHaveLength(loss + 2);
      expect(at.worker().last('start')?.request.backend).toBe(loss === 0 ? 'auto' : 'wasm');
      at.worker().getReady();
      expect(at.worker().last('run')?.resume).toBe(checkpoint);
      expect(engine(at)).toMatchObject({ status: 'ready', error: null, runId });
      expect(at.get().recoveryNote).toBe(
        `The GPU device was lost: reset. The run goes on from its checkpoint at step ${step} on wasm (SIMD).`,
      );
      at.worker().say(...runEvents(runId, experiment, 0));
      await at.settle();
      expect(at.get().runs[0]).toMatchObject({ status: 'running', error: null });
    }
  });

  it('leaves a paused run paused when the GPU is lost', async () => {
    const at = setUp();
    const { runId, experiment } = await running(at);
    const checkpoint = checkpointOf(runId, experiment, 3);
    at.worker().say({ type: 'state', runId, step: 3, state: 'paused' });
    at.worker().say({ type: 'checkpoint', runId, step: 3, checkpoint });
    await at.settle();
    const error: ErrorReport = { kind: 'backend', message: 'Gone.', issues: [] };
    at.worker().say({ type: 'backend-lost', error, device: true });
    at.worker().getReady();
    expect(at.worker().last('run')).toMatchObject({ resume: checkpoint, paused: true });
  });

  it('turns to wasm when the GPU does not come back', async () => {
    const at = setUp();
    const { runId, experiment } = await running(at);
    const checkpoint = checkpointOf(runId, experiment, 3);
    at.worker().say({ type: 'checkpoint', runId, step: 3, checkpoint });
    await at.settle();
    const error: ErrorReport = { kind: 'backend', message: 'Gone.', issues: [] };
    at.worker().say({ type: 'backend-lost', error, device: true });
    at.worker().say({ type: 'backend-lost', error: { ...error, message: 'No GPU found.' } });
    expect(at.worker().last('start')?.request.backend).toBe('wasm');
    at.worker().getReady();
    expect(at.worker().last('run')?.resume).toBe(checkpoint);
    expect(at.get().recoveryNote).toMatch(/^Gone\. No GPU found\. The run goes on/);
    at.worker().say({ type: 'backend-lost', error });
    expect(engine(at).status).toBe('failed');
  });

  it('begins a run again that lost its GPU before its first checkpoint', async () => {
    const at = setUp();
    const { runId, experiment } = await running(at);
    at.get().setValue('training.epochs', 3);
    const error: ErrorReport = { kind: 'backend', message: 'Gone.', issues: [] };
    at.worker().say({ type: 'backend-lost', error, device: true });
    expect(at.get().runs[0]?.status).toBe('stopped');
    at.worker().getReady();
    const command = at.worker().last('run');
    expect(command).toMatchObject({ runId, experiment });
    expect(command?.resume).toBeUndefined();
    expect(engine(at)).toMatchObject({ status: 'ready', runId });
    expect(at.get().recoveryNote).toBe(
      'Gone. The run had no checkpoint yet and begins again on wasm (SIMD).',
    );
    expect(lossPoints(runId, experiment.seed, 'model')).toBeNull();
    at.worker().say(...runEvents(runId, experiment, 1));
    await at.settle();
    expect(at.get().runs).toHaveLength(1);
    expect(at.get().runs[0]).toMatchObject({ status: 'running', error: null });
    expect(at.get().live[runId]?.starts).toBe(2);
    expect(at.get().runs[0]?.seedStates[0]?.records.model).toHaveLength(1);
    expect(lossPoints(runId, experiment.seed, 'model')?.steps).toEqual([1, 2, 3]);
  });

  it('begins a run again that the worker had not begun, and steps as was asked', async () => {
    const at = setUp();
    at.get().step();
    const { runId, experiment } = at.worker().last('run') ?? {};
    const error: ErrorReport = { kind: 'backend', message: 'Gone.', issues: [] };
    at.worker().say({ type: 'backend-lost', error, device: true });
    at.worker().getReady();
    expect(at.worker().last('run')).toMatchObject({ runId, experiment, paused: true });
    at.worker().say(...runEvents(runId as string, experiment as Experiment, 0));
    await at.settle();
    expect(at.worker().last('step')?.runId).toBe(runId);
  });

  it('does not begin a run again after a restart that the user asked for', async () => {
    const at = setUp();
    await running(at);
    at.get().restartEngine();
    at.worker().getReady();
    expect(at.worker().last('run')).toBeUndefined();
    expect(engine(at)).toMatchObject({ status: 'ready', runId: null });
  });

  it('is given a minute to start', async () => {
    const env = fakeEnvironment();
    const store = createStore(createAppState(env));
    store.getState().restartEngine();
    await vi.advanceTimersByTimeAsync(59_000);
    expect(firstEngine(store.getState()).status).toBe('starting');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(firstEngine(store.getState()).status).toBe('failed');
    expect(firstEngine(store.getState()).error?.message).toContain('within a minute');
  });
});

describe('the experiment', () => {
  it('keeps what it had when a value is refused, and nothing else takes the refusal back', async () => {
    const at = setUp();
    const before = at.get().experiment;
    at.get().setValue('training.epochs', -3);
    expect(at.get().experiment).toBe(before);
    expect(at.get().issues.map((i) => i.path)).toEqual(['training.epochs']);
    at.get().setValue('seed', 4);
    await at.settle();
    expect(at.get().experiment?.seed).toBe(4);
    expect(at.get().issues).toHaveLength(1);
    at.get().setValue('training.epochs', before?.training.epochs);
    expect(at.get().issues).toEqual([]);
  });

  it('drops refusals of settings that go with another source', () => {
    const at = setUp();
    at.get().setValue('tasks.count', 'many');
    at.get().setValue('data', 'table');
    expect(at.get().issues).toEqual([]);
  });

  it('shows what the worker says of it, the last question first', async () => {
    const at = setUp();
    await at.settle();
    const first = at.worker().last('check');
    at.get().setValue('seed', 9);
    await at.settle();
    const second = at.worker().last('check');
    const issue = { path: 'model.params.heads', expected: 'a divisor', got: '3', remedy: 'Use 4.' };
    const answer = { type: 'checked' as const, experiment: at.get().experiment as Experiment, summary: null };
    at.worker().say({ ...answer, requestId: second?.requestId as number, issues: [issue] });
    at.worker().say({ ...answer, requestId: first?.requestId as number, issues: [] });
    await at.settle();
    expect(at.get().issues).toEqual([issue]);
  });

  it('of a link takes what can be read and names the rest', () => {
    const at = setUp('?v=1&tasks.rho=0.25&model.heads=two&view.tab=tasks&view.head=2');
    expect(at.get().experiment?.tasks.rho).toBe(0.25);
    expect(at.get().sourceIssues?.title).toBe('1 setting of this link was not understood');
    expect(at.get()).toMatchObject({ tab: 'tasks', view: { attention: { head: 2 } } });
    const viewOnly = setUp('?view.head=two&view.nonsense=1');
    expect(viewOnly.get().experiment).toEqual(setUp().get().experiment);
    expect(viewOnly.get().sourceIssues?.issues.map((i) => i.path)).toEqual(['view.head', 'view.nonsense']);
  });

  it('of a link to a step of a lesson is that of the step, unless the link has one', () => {
    expect(setUp('?view.lesson=what-is-a-task&view.step=1').get().isStepToSetUp).toBe(true);
    expect(setUp('?v=1&view.lesson=what-is-a-task&view.step=1').get().isStepToSetUp).toBe(false);
    expect(setUp('?view.tab=tasks').get().isStepToSetUp).toBe(false);
  });

  it('of a link that gives a setting several times takes the last and says so', () => {
    const at = setUp(
      '?v=1&seed=7&model=ple&seed=9&model=mt-mlp&repeats=2&repeats=2&view.tab=data&view.tab=tasks',
    );
    expect(at.get()).toMatchObject({
      experiment: { seed: 9, repeats: 2, model: { id: 'mt-mlp' } },
      tab: 'tasks',
    });
    expect(at.get().sourceIssues?.issues.map(({ path, got }) => [path, got])).toEqual([
      ['seed', '2: 7 and 9'],
      ['model', '2: ple and mt-mlp'],
      ['view.tab', '2: data and tasks'],
    ]);
  });

  it('is refused as a file with every fault, and stays', () => {
    const at = setUp();
    const before = at.get().experiment;
    at.get().importExperiment('mine.json', '{"training": {"epochs": -3}, "model": {"id": "x"}}');
    expect(
      at
        .get()
        .sourceIssues?.issues.map((i) => i.path)
        .sort(),
    ).toEqual(['model.id', 'training.epochs']);
    at.get().importExperiment('mine.json', '{');
    expect(at.get().sourceIssues?.issues[0]?.expected).toBe('JSON');
    expect(at.get().experiment).toBe(before);
  });

  it('cannot run while its table is not at hand', async () => {
    const at = setUp('?v=1&data=table&data.file=own.csv');
    await at.settle();
    expect(at.get().fileError?.message).toContain('own.csv');
    expect(at.get().issues.map((i) => i.path)).toEqual(['data.params.file']);
  });
});

describe('the address', () => {
  it('stays as it was opened until something changes, then holds experiment, view and backend', async () => {
    const at = setUp('?v=1&model.heads=two&view.backend=wasm');
    keepAddress(at.store, at.env);
    await at.settle();
    at.get().setDrawer(true);
    await at.settle();
    expect(at.env.address).toEqual([]);
    at.get().setValue('tasks.rho', 0.25);
    at.get().setTab('tasks');
    await at.settle();
    expect(at.env.address).toEqual(['v=1&tasks.rho=0.25&view.tab=tasks&view.backend=wasm']);
  });

  it('is that of the page alone where the experiment is too long for a link', async () => {
    const at = setUp('?v=1&view.backend=wasm');
    keepAddress(at.store, at.env);
    await at.settle();
    // Not a square number of cells, so that it cannot be packed.
    at.get().setValue('model.customMask', 'x'.repeat(MAX_LINK));
    await at.settle();
    expect(fitsLink(linkQuery(at.get()))).toBe(false);
    at.get().setValue('model.customMask', '');
    await at.settle();
    expect(at.env.address).toEqual(['view.backend=wasm', 'v=1&view.backend=wasm']);
  });
});

it('tells once that checkpoints cannot be kept', async () => {
  const at = setUp();
  at.env.checkpoints.save = async () => {
    throw new Error('quota');
  };
  const { runId, experiment } = await running(at);
  const say = (step: number) =>
    at.worker().say({ type: 'checkpoint', runId, step, checkpoint: checkpointOf(runId, experiment, step) });
  say(3);
  await at.settle();
  expect(at.get().storageNote).toContain('quota');
  at.store.setState({ storageNote: '' });
  say(6);
  await at.settle();
  expect(at.get().storageNote).toBe('');
  expect(at.get().runs[0]?.status).toBe('running');
});
