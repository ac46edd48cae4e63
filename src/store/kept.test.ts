// Kept runs: written while they train, opened in a later visit, and probed again.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand';
import type { Experiment } from '../engine/config/experiment.ts';
import { KEPT_VERSION, type KeptNetworks } from '../engine/protocol/keptNetworks.ts';
import { createAppState } from './appState.ts';
import { keepOnScreen } from './lastShown.ts';
import { bytesOf } from './runEntry.ts';
import { forgetSeries, lossPoints } from './series.ts';
import { checkpointOf, result, runEvents } from './testing/fakeRun.ts';
import { type FakeEnvironment, type FakeWorker, fakeEnvironment } from './testing/fakeWorker.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(3000);

const networks: KeptNetworks = {
  version: KEPT_VERSION,
  seed: 0,
  epoch: 2,
  table: 'x',
  tensors: { 'model/parameter/0': new Float32Array(100) },
  networks: [],
};

/** A visit: the page is loaded anew. */
async function visit(env: FakeEnvironment = fakeEnvironment()) {
  const store = createStore(createAppState(env));
  const get = store.getState;
  get().restartEngine();
  const worker = () => env.workers.at(-1) as FakeWorker;
  worker().getReady();
  await get().loadKept();
  return { env, store, get, worker };
}

type Visit = Awaited<ReturnType<typeof visit>>;

const next = ({ env }: Visit) => fakeEnvironment('', 1, { runs: env.runs, firstRun: 100 });

/** Trains two epochs; if `ends`, to the end of the run. */
async function train(at: Visit, ends = true) {
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

describe('what the user says of a run', () => {
  it('is kept, starring asks the browser to keep it, and a deletion can be undone', async () => {
    const at = await visit();
    const runId = await train(at);
    const other = await train(at);
    expect(at.env.asked.persist).toBe(0);
    await at.get().labelRun(runId, { name: 'wide', tags: ['a'] });
    expect(at.env.asked.persist).toBe(0);
    await at.get().labelRun(runId, { isStarred: true });
    expect(at.env.asked.persist).toBe(1);
    await at.get().deleteRuns([runId]);
    expect(at.get().kept?.map((entry) => entry.runId)).toEqual([other]);
    expect(at.get().runs.map((run) => run.runId)).toEqual([other]);
    await at.get().undoDelete();
    expect(at.get().kept?.find((entry) => entry.runId === runId)?.labels).toEqual({
      name: 'wide',
      tags: ['a'],
      isStarred: true,
      note: '',
    });
    await at.get().deleteRuns([runId]);
    vi.setSystemTime(Date.now() + 3_600_000);
    const later = await visit(next(at));
    expect(later.env.runs.records.has(runId)).toBe(false);
    expect(bytesOf(later.get().kept?.[0] as never)).toBeGreaterThan(0);
  });

  it('does not delete a run that goes on', async () => {
    const at = await visit();
    const runId = await train(at, false);
    await at.get().deleteRuns([runId]);
    expect(at.get().kept).toHaveLength(1);
  });
});

describe('an import', () => {
  it('that is asked before the engine has started waits for it, and brings deleted runs back', async () => {
    const at = await visit();
    const runId = await train(at);
    const files: File[] = [];
    at.env.saveFile = (name, bytes) => files.push(new File([bytes as Uint8Array<ArrayBuffer>], name));
    await at.get().exportRuns([runId], true);
    await at.get().deleteRuns([runId]);
    const env = next(at);
    const { getState: get } = createStore(createAppState(env));
    get().restartEngine();
    await get().loadKept();
    expect(get().kept).toEqual([]);
    const imported = get().importRuns(files);
    await settle();
    expect(get().archiveReport?.title).toBe('The import waits for the engine');
    (env.workers.at(-1) as FakeWorker).getReady();
    await imported;
    expect(get().archiveReport?.title).toBe('1 run imported');
    expect(get().kept?.map((entry) => entry.runId)).toEqual([runId]);
  });
});

describe('a list that is read while it changes', () => {
  it('has what was written and not what was deleted meanwhile', async () => {
    const at = await visit();
    const gone = await train(at);
    const before = await at.env.runs.list();
    let answer = (_entries: typeof before) => {};
    const { list } = at.env.runs;
    at.env.runs.list = () => new Promise((resolve) => (answer = resolve));
    const read = at.get().loadKept();
    await vi.advanceTimersByTimeAsync(0);
    await at.get().deleteRuns([gone]);
    const written = await train(at);
    answer(before);
    await read;
    expect(at.get().kept?.map((entry) => entry.runId)).toEqual([written]);
    at.env.runs.list = list;
    await at.get().loadKept();
    expect(at.get().kept?.map((entry) => entry.runId)).toEqual([written]);
  });
});
