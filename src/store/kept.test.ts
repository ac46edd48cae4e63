// Kept runs: written while they train, opened in a later visit, and probed again.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Experiment } from '../engine/config/experiment.ts';
import { keepOnScreen } from './lastShown.ts';
import { forgetSeries, lossPoints } from './series.ts';
import { checkpointOf, result, runEvents } from './testing/fakeRun.ts';
import { networks, next, settle, train, visit } from './testing/visits.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a run', () => {
  it('is written while it goes on, and its end with networks and losses', async () => {
    const at = await visit();
    const runId = await train(at, false);
    expect(at.env.runs.records.get(runId)).toMatchObject({ status: 'running' });
    expect(at.env.runs.records.get(runId)?.seedStates[0]?.records.model).toHaveLength(2);
    expect(at.get().kept?.map((entry) => entry.status)).toEqual(['running']);
    const experiment = at.get().experiment as Experiment;
    at.worker().say(
      { type: 'networks', runId, step: 6, kept: networks },
      { type: 'run-finished', runId, step: 6, result: result(experiment, 'finished') },
    );
    await settle();
    expect(at.get().kept).toMatchObject([{ runId, status: 'finished', elapsedMs: 1000 }]);
    const [entry] = at.get().kept ?? [];
    expect(entry?.bytes.networks).toBeGreaterThanOrEqual(400);
    expect(entry?.bytes.series).toBeGreaterThan(0);
  });

  it('opens in a later visit as it ended: curves at once, and its networks when they are asked', async () => {
    const first = await visit();
    const runId = await train(first);
    const losses = lossPoints(runId, 0, 'model');
    forgetSeries(runId);
    const at = await visit(next(first));
    expect(await at.get().openKept(runId)).toBe(true);
    expect(at.get().shownRunId).toBe(runId);
    expect(at.get().runs).toEqual(first.get().runs);
    expect(lossPoints(runId, 0, 'model')).toEqual(losses);
    expect(at.worker().last('open')).toBeUndefined();
    // A question that is withdrawn at once takes no engine from another run.
    at.get().askProbe('attention', { rows: { kind: 'mean' } }, { runId });
    at.get().endProbe('attention', runId);
    await settle();
    expect(at.worker().last('open')).toBeUndefined();
    at.get().askProbe('attention', { rows: { kind: 'mean' } }, { runId });
    at.get().askProbe('mask-tests', {}, { runId });
    await settle();
    expect(at.worker().sent.filter((c) => c.type === 'open')).toEqual([
      { type: 'open', runId, experiment: first.get().runs[0]?.experiment, kept: networks },
    ]);
    expect(
      at
        .worker()
        .sent.filter((c) => c.type === 'probe')
        .map((c) => c.probe),
    ).toEqual(expect.arrayContaining(['attention', 'mask-tests']));
    // A new run takes the engine, and gets a new number.
    await train(at);
    expect(at.get().runs.map((run) => run.number)).toEqual([1, 2]);
    at.get().askProbe('mask-tests', {}, { runId });
    await settle();
    expect(at.worker().sent.filter((c) => c.type === 'open')).toHaveLength(2);
  });

  it('that is brought back twice, as by a reload and by the user, keeps what has come since', async () => {
    const first = await visit();
    const runId = await train(first);
    const { get, env } = await visit(next(first));
    const { get: read } = env.runs;
    env.runs.get = async (id) => {
      env.runs.get = read;
      await get().bringBack(id);
      forgetSeries(id);
      return read(id);
    };
    expect(await get().bringBack(runId)).toBe(true);
    expect(get().runs).toHaveLength(1);
    expect(lossPoints(runId, 0, 'model')).toBeNull();
  });

  it('whose networks are not kept, or whose engine is taken, says so when it is asked', async () => {
    const first = await visit();
    const runId = await train(first);
    await first.get().setBudget(1);
    expect(first.get().kept?.[0]?.bytes.networks).toBe(0);
    const at = await visit(next(first));
    await at.get().openKept(runId);
    const ask = async () => {
      at.get().askProbe('mask-tests', {}, { runId });
      await settle();
      return at.get().live[runId]?.answers['mask-tests']?.error?.message;
    };
    expect(await ask()).toMatch(/networks of run 1 are not kept/);
    await first.env.runs.putNetworks(runId, networks);
    const engines = at.env.workers.length;
    await train(at, false);
    at.get().trainRun('second', { experiment: at.get().experiment as Experiment });
    expect(at.env.workers).toHaveLength(engines + 1);
    expect(await ask()).toMatch(/trains another run/);
  });

  it('is asked in an engine of its own while another run trains', async () => {
    const first = await visit();
    const runId = await train(first);
    const at = await visit(next(first));
    await at.get().openKept(runId);
    await train(at, false);
    const training = at.worker();
    at.get().askProbe('mask-tests', {}, { runId });
    await settle();
    expect(at.worker()).not.toBe(training);
    expect(training.last('open')).toBeUndefined();
    at.worker().getReady();
    await settle();
    expect(at.worker().sent.flatMap((c) => (c.type === 'open' ? [c.runId] : []))).toEqual([runId]);
    expect(at.get().live[runId]?.answers['mask-tests']?.error).toBeNull();
  });

  it('whose networks are refused by the engine shows why', async () => {
    const first = await visit();
    const runId = await train(first);
    const at = await visit(next(first));
    await at.get().openKept(runId);
    at.get().askProbe('mask-tests', {}, { runId });
    await settle();
    const error = { kind: 'file' as const, message: 'Another table.', issues: [] };
    at.worker().say({ type: 'open-failed', runId, error });
    expect(at.get().live[runId]?.answers['mask-tests']).toMatchObject({ isOpen: false, error });
  });

  it('that was under way when its tab went is interrupted, and goes on with its curves and number', async () => {
    const first = await visit();
    await train(first);
    const runId = await train(first, false);
    const experiment = first.get().experiment as Experiment;
    forgetSeries(runId);
    const env = next(first);
    await env.checkpoints.save(checkpointOf(runId, experiment, 6));
    const at = await visit(env);
    expect(at.get().kept?.[0]).toMatchObject({ runId, number: 2, status: 'interrupted' });
    await at.get().resumeKept(runId);
    await settle();
    expect(at.worker().last('run')).toMatchObject({ runId, resume: { step: 6 } });
    const [started] = runEvents(runId, experiment, 0);
    at.worker().say({ ...started, resumedFromStep: 6 } as never);
    await settle();
    expect(at.get().runs).toMatchObject([{ runId, number: 2, status: 'preparing' }]);
    expect(at.get().runs[0]?.seedStates[0]?.records.model).toHaveLength(2);
  });
});

describe('the page that is loaded again', () => {
  it('shows the run that was on screen, and never over one that was begun or deleted meanwhile', async () => {
    const first = await visit();
    await keepOnScreen(first.store, first.env);
    const runId = await train(first);
    expect(first.env.remembered.runId).toBe(runId);
    const again = async () => {
      const env = next(first);
      env.remembered.runId = runId;
      return visit(env);
    };
    forgetSeries(runId);
    const at = await again();
    await keepOnScreen(at.store, at.env);
    expect(at.get().shownRunId).toBe(runId);
    expect(at.get().runs).toEqual(first.get().runs);
    expect(lossPoints(runId, 0, 'model')?.steps).toHaveLength(6);
    // What leaves the screen is forgotten.
    at.get().reset();
    expect(at.env.remembered.runId).toBeNull();

    const busy = await again();
    const other = await train(busy, false);
    await keepOnScreen(busy.store, busy.env);
    expect(busy.get().shownRunId).toBe(other);
    expect(busy.env.remembered.runId).toBe(other);

    await first.get().deleteRuns([runId]);
    const later = await again();
    await keepOnScreen(later.store, later.env);
    expect(later.get().shownRunId).toBeNull();
    expect(later.env.remembered.runId).toBeNull();
  });
});

describe('what a network answers after the end', () => {
  it('is kept, and stands there when the run is opened again', async () => {
    const first = await visit();
    const runId = await train(first);
    const answer = { report: null, values: new Float32Array([1, 2]) };
    const at = { role: 'model' as const, seed: 0, epoch: 2 };
    first.worker().say({
      type: 'probe-answer',
      runId,
      step: 6,
      probe: 'mask-tests',
      request: {},
      at,
      state: 'answered',
      answer,
    });
    await settle();
    expect(first.get().kept?.[0]?.bytes.captures).toBeGreaterThan(8);
    const later = await visit(next(first));
    await later.get().openKept(runId);
    expect(later.get().live[runId]?.answers['mask-tests']).toEqual({
      answer: { ...answer, ...at, request: {}, step: 6 },
      isOpen: false,
      progress: null,
      error: null,
    });
  });
});

describe('a run that is reset', () => {
  it('leaves the page and stays in the list, as one that was stopped', async () => {
    const at = await visit();
    const runId = await train(at, false);
    at.get().reset();
    await settle();
    expect(at.get().runs).toEqual([]);
    expect(at.get().kept).toMatchObject([{ runId, status: 'stopped' }]);
  });
});

describe('storage that is full', () => {
  it('loses nothing: the run stays in the page, and is written when there is room', async () => {
    const at = await visit();
    const full = new Error('The quota has been exceeded.');
    full.name = 'QuotaExceededError';
    at.env.runs.fault = full;
    const runId = await train(at);
    expect(at.get().keepTrouble).toMatchObject({ kind: 'full', unkept: [runId] });
    expect(at.get().runs[0]?.status).toBe('finished');
    expect(at.env.runs.records.size).toBe(0);
    // Its networks can be probed from memory.
    at.env.runs.fault = null;
    await at.get().freeStorage();
    expect(at.get().keepTrouble).toBeNull();
    expect(at.env.runs.records.get(runId)?.status).toBe('finished');
    expect(at.get().kept?.[0]?.bytes.networks).toBeGreaterThan(0);
  });
});

describe('storage that has room again', () => {
  it('takes what it refused with the next writing of the run, without being asked', async () => {
    const at = await visit();
    at.env.runs.fault = new Error('refused');
    const runId = await train(at);
    expect(at.get().keepTrouble).toMatchObject({ kind: 'refused', unkept: [runId] });
    at.env.runs.fault = null;
    at.worker().say({
      type: 'probe-answer',
      runId,
      step: 6,
      probe: 'mask-tests',
      request: {},
      at: null,
      state: 'answered',
      answer: { report: null },
    });
    await settle();
    expect(at.get().keepTrouble).toBeNull();
    expect(at.get().kept?.[0]?.status).toBe('finished');
    expect(at.get().kept?.[0]?.bytes.networks).toBeGreaterThan(0);
  });
});
