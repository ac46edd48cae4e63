import { deleteDB, openDB } from 'idb';
import { afterEach, describe, expect, it } from 'vitest';
import type { Experiment } from '../../engine/config/experiment.ts';
import { newRecord } from '../recordReducer.ts';
import { checkpointOf } from '../testing/fakeRun.ts';
import { backend } from '../testing/fakeWorker.ts';
import { connector } from './database.ts';
import { createStorage } from './storage.ts';

const experiment: Experiment = {
  version: 1,
  seed: 0,
  repeats: 1,
  data: { id: 'multitab', params: {} },
  tasks: {},
  model: { id: 'multitab', params: {} },
  compare: [],
  training: {},
  baseline: null,
};

/** A database per test: connections of a storage stay open. */
let count = 0;
const names: string[] = [];
function freshName(): string {
  const name = `storage-test-${++count}`;
  names.push(name);
  return name;
}
afterEach(async () => {
  await Promise.all(names.splice(0).map((name) => deleteDB(name)));
});

describe('a database of before', () => {
  const checkpoint = checkpointOf('r', experiment, 7);

  it('of version 1, without an index, keeps its checkpoint', async () => {
    const name = freshName();
    const old = await openDB(name, 1, {
      upgrade: (db) => {
        db.createObjectStore('checkpoints', { keyPath: 'runId' });
      },
    });
    await old.put('checkpoints', checkpoint);
    old.close();
    expect(await createStorage(name).checkpoints.findUnfinished()).toEqual(checkpoint);
  });

  it('of version 2 keeps its checkpoint, and takes runs', async () => {
    const name = freshName();
    const old = await openDB(name, 2, {
      upgrade: (db) => {
        db.createObjectStore('checkpoints', { keyPath: 'runId' }).createIndex('savedAt', 'savedAt');
      },
    });
    await old.put('checkpoints', checkpoint);
    old.close();
    const { checkpoints, runs } = createStorage(name);
    expect(await checkpoints.findUnfinished()).toEqual(checkpoint);
    expect(await runs.list()).toEqual([]);
  });

  it('has the stores of a new one, whatever its version', async () => {
    const storesOf = async (name: string) => {
      const db = await connector(name)();
      return [...db.objectStoreNames].map((store) => [
        store,
        ...db.transaction(store).objectStore(store).indexNames,
      ]);
    };
    const name = freshName();
    const old = await openDB(name, 1, {
      upgrade: (db) => {
        db.createObjectStore('checkpoints', { keyPath: 'runId' });
      },
    });
    old.close();
    expect(await storesOf(name)).toEqual(await storesOf(freshName()));
  });

  it('gives way to a newer version of the page in another tab', async () => {
    const name = freshName();
    const { runs } = createStorage(name);
    await runs.list();
    const newer = await openDB(name, 1000);
    newer.close();
    await expect(runs.list()).rejects.toThrow(/version/);
  });
});

describe('checkpoints', () => {
  it('are kept of the newest three runs, without those that a tab trains', async () => {
    const { checkpoints } = createStorage(freshName());
    const release = checkpoints.hold('run-1');
    for (const step of [1, 2, 3, 4, 5]) await checkpoints.save(checkpointOf(`run-${step}`, experiment, step));
    expect((await checkpoints.findUnfinished())?.runId).toBe('run-5');
    for (const runId of ['run-5', 'run-4', 'run-3']) await checkpoints.discard(runId);
    expect(await checkpoints.findUnfinished()).toBeNull();
    release();
    await expect.poll(async () => (await checkpoints.findUnfinished())?.runId).toBe('run-1');
  });
});

describe('runs', () => {
  const recordOf = (runId: string, number: number) =>
    newRecord(number, {
      type: 'run-started',
      runId,
      step: 0,
      experiment,
      seeds: [0],
      backend,
      startedAt: `2026-01-0${number}T00:00:00Z`,
      resumedFromStep: null,
    });

  it('are put, listed with their size, read back and deleted', async () => {
    const name = freshName();
    const { runs } = createStorage(name);
    const finished = { ...recordOf('a', 1), status: 'finished' as const };
    const first = await runs.put({ ...recordOf('a', 1), status: 'stopped' });
    await runs.put(recordOf('b', 2));
    expect(first.bytes).toBe(JSON.stringify({ ...finished, status: 'stopped' }).length);
    const again = await runs.put(finished);
    const listed = await createStorage(name).runs.list();
    expect(listed.map((entry) => entry.runId)).toEqual(['b', 'a']);
    expect(listed[1]).toEqual(again);
    expect(again).toMatchObject({ number: 1, status: 'finished', modelId: 'multitab' });
    expect(await runs.get('a')).toEqual(finished);
    await runs.delete('a');
    expect(await runs.get('a')).toBeNull();
    expect((await runs.list()).map((entry) => entry.runId)).toEqual(['b']);
  });
});
