// The list of kept runs: what the user chooses, names, deletes and imports there.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand';
import type { Experiment } from '../engine/config/experiment.ts';
import { createAppState } from './appState.ts';
import { bytesOf } from './runEntry.ts';
import { checkpointOf } from './testing/fakeRun.ts';
import type { FakeWorker } from './testing/fakeWorker.ts';
import { next, settle, train, visit } from './testing/visits.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a choice among the kept runs', () => {
  it('is shown, however late one that was chosen before it has been read', async () => {
    const first = await visit();
    const [slow, quick] = [await train(first), await train(first)];
    const { get, env } = await visit(next(first));
    const { get: read } = env.runs;
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    env.runs.get = async (id) => {
      if (id === slow) await held;
      return read(id);
    };
    const late = get().openKept(slow);
    expect(await get().openKept(quick)).toBe(true);
    goOn();
    expect(await late).toBe(false);
    expect(get().shownRunId).toBe(quick);
  });

  it('that is to go on waits for an engine that another run has taken meanwhile', async () => {
    const first = await visit();
    const runId = await train(first, false);
    const env = next(first);
    await env.checkpoints.save(checkpointOf(runId, first.get().experiment as Experiment, 6));
    const at = await visit(env);
    await at.get().resumeKept(runId);
    // Its curves are still being read.
    const other = at.get().start() as string;
    await settle();
    expect(
      env.workers.flatMap(({ sent }) => sent.flatMap((c) => (c.type === 'run' ? [c.runId] : []))),
    ).toEqual([other]);
    expect(at.get().unfinished?.runId).toBe(runId);
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
    // Another tab can still undo it for some minutes.
    vi.setSystemTime(Date.now() + 5 * 60_000);
    expect((await visit(next(at))).env.runs.records.has(runId)).toBe(true);
    vi.setSystemTime(Date.now() + 3_600_000);
    const later = await visit(next(at));
    expect(later.env.runs.records.has(runId)).toBe(false);
    expect(bytesOf(later.get().kept?.[0] as never)).toBeGreaterThan(0);
  });

  it('says so where storage refuses it, and changes nothing', async () => {
    const at = await visit();
    const runId = await train(at);
    const other = await train(at);
    await at.get().deleteRuns([other]);
    at.env.runs.fault = new Error('refused');
    await at.get().deleteRuns([runId]);
    expect(at.get().archiveReport).toEqual({ title: 'The runs were not deleted', lines: ['Refused.'] });
    expect(at.get().kept?.map((entry) => entry.runId)).toEqual([runId]);
    await at.get().labelRun(runId, { name: 'x' });
    expect(at.get().archiveReport?.title).toBe('The labels were not kept');
    await at.get().undoDelete();
    expect(at.get().archiveReport?.title).toBe('The runs were not brought back');
    at.env.runs.fault = null;
    await at.get().undoDelete();
    expect(at.get().kept).toHaveLength(2);
  });

  it('asks the browser to keep them once there are ten, and once', async () => {
    const at = await visit();
    for (let i = 0; i < 9; i++) await train(at);
    expect(at.env.asked.persist).toBe(0);
    await train(at);
    await train(at);
    expect(at.env.asked.persist).toBe(1);
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
