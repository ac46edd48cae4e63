import { deleteDB, openDB } from 'idb';
import { afterEach, describe, expect, it } from 'vitest';
import type { Experiment } from '../../engine/config/experiment.ts';
import { tableInput } from '../../engine/config/tableInput.ts';
import { KEPT_VERSION, type KeptNetworks } from '../../engine/protocol/keptNetworks.ts';
import { newRecord } from '../recordReducer.ts';
import { bytesOf } from '../runEntry.ts';
import { checkpointOf } from '../testing/fakeRun.ts';
import { backend } from '../testing/fakeWorker.ts';
import { connector, DATABASE_VERSION } from './database.ts';
import { PLACES } from './keptTable.ts';
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

const networks = (file?: KeptNetworks['file']): KeptNetworks => ({
  version: KEPT_VERSION,
  seed: 0,
  epoch: 1,
  table: '0',
  tensors: { 'model/parameter/0': new Float32Array([1, 2]) },
  networks: [],
  ...(file ? { file } : {}),
});

/** Each test has a database of its own, because connections stay open. */
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

  it('of version 3 keeps its runs, and lists them as today', async () => {
    const name = freshName();
    const record = { ...recordOf('a', 4), status: 'finished' as const };
    const old = await openDB(name, 3, {
      upgrade: (db) => {
        db.createObjectStore('checkpoints', { keyPath: 'runId' }).createIndex('savedAt', 'savedAt');
        db.createObjectStore('runs', { keyPath: 'runId' });
        db.createObjectStore('runEntries', { keyPath: 'runId' }).createIndex('createdAt', 'createdAt');
      },
    });
    await old.put('runs', record);
    const { runId, number, createdAt, status } = record;
    await old.put('runEntries', { runId, number, createdAt, status, modelId: 'multitab', bytes: 7 });
    old.close();
    const { runs } = createStorage(name);
    expect(await runs.list()).toMatchObject([{ runId: 'a', number: 4, experiment, labels: { name: '' } }]);
    expect(await runs.get('a')).toEqual(record);
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
  it('are put, listed with their size, read back and deleted', async () => {
    const name = freshName();
    const { runs } = createStorage(name);
    const finished = { ...recordOf('a', 1), status: 'finished' as const };
    const first = await runs.put({ ...recordOf('a', 1), status: 'stopped' });
    await runs.put(recordOf('b', 2));
    expect(bytesOf(first)).toBe(JSON.stringify({ ...finished, status: 'stopped' }).length);
    const again = await runs.put(finished);
    const listed = await createStorage(name).runs.list();
    expect(listed.map((entry) => entry.runId)).toEqual(['b', 'a']);
    expect(listed[1]).toEqual(again);
    expect(again).toMatchObject({ number: 1, status: 'finished', experiment });
    expect(await runs.get('a')).toEqual(finished);
    await runs.delete('a');
    expect(await runs.get('a')).toBeNull();
    expect((await runs.list()).map((entry) => entry.runId)).toEqual(['b']);
  });

  it('keep labels over a rewriting, and parts beside the record until they are dropped', async () => {
    const { runs } = createStorage(freshName());
    await runs.put(recordOf('a', 1));
    await runs.change('a', { labels: { name: 'mine', isStarred: true } });
    await runs.putNetworks('a', networks(tableInput('t.csv', new Blob(['a,b']))));
    await runs.putPart('a', 'series', [
      { seed: 0, role: 'model', points: { steps: [1], taskLosses: [[Number.NaN]], gradientNorms: [2] } },
    ]);
    const entry = await runs.put({ ...recordOf('a', 1), status: 'finished' });
    expect(entry).toMatchObject({ labels: { name: 'mine', isStarred: true, note: '' } });
    expect(entry.bytes.networks).toBeGreaterThan(8);
    const back = await runs.getNetworks('a');
    expect(back?.tensors['model/parameter/0']).toEqual(new Float32Array([1, 2]));
    expect(await back?.file?.blob.text()).toBe('a,b');
    expect((await runs.getPart('a', 'series'))?.[0]?.points.taskLosses).toEqual([[Number.NaN]]);
    expect((await runs.dropPart('a', 'networks'))?.bytes.networks).toBe(0);
    expect(await runs.getNetworks('a')).toBeNull();
  });

  it('share the file of their table, which goes with the last of them', async () => {
    const name = freshName();
    const { runs } = createStorage(name);
    const file = tableInput('t.csv', new Blob(['a,b']));
    for (const [at, runId] of ['a', 'b'].entries()) {
      await runs.put(recordOf(runId, at + 1));
      await runs.putNetworks(runId, networks(file));
    }
    const files = async () => (await connector(name)()).count('files');
    expect(await files()).toBe(1);
    await runs.delete('a');
    expect(await (await runs.getNetworks('b'))?.file?.blob.text()).toBe('a,b');
    await runs.delete('b');
    expect(await files()).toBe(0);
  });

  it('that were under way are interrupted once no tab holds them', async () => {
    const { runs, checkpoints } = createStorage(freshName());
    await runs.put({ ...recordOf('held', 1), status: 'running' });
    const release = checkpoints.hold('held');
    expect((await runs.list())[0]?.status).toBe('running');
    release();
    await expect.poll(async () => (await runs.list())[0]?.status).toBe('interrupted');
    expect((await runs.get('held'))?.status).toBe('interrupted');
  });

  it('of a run that was deleted meanwhile take nothing in', async () => {
    const { runs } = createStorage(freshName());
    expect(await runs.putNetworks('gone', networks())).toBeNull();
    expect(await runs.getNetworks('gone')).toBeNull();
  });
});

describe('tables that are kept', () => {
  it.each(PLACES)('open again by their name, one per name, and can be deleted: %s', async (place) => {
    const { tables } = createStorage(freshName());
    const prepared = { key: 'k', blob: new Blob(['columns']) };
    await tables.keep({ ...tableInput('t.csv', new Blob(['old'])), prepared }, place);
    const kept = await tables.keep({ ...tableInput('t.csv', new Blob(['a,b'])), prepared }, place);
    expect(await tables.list()).toEqual([kept]);
    expect([kept.place, kept.bytes]).toEqual([place, 10]);
    const opened = await tables.open('t.csv');
    expect([opened?.id, await opened?.blob.text(), await opened?.prepared?.blob.text()]).toEqual([
      kept.id,
      'a,b',
      'columns',
    ]);
    await tables.delete(kept.id);
    expect([await tables.list(), await tables.open('t.csv')]).toEqual([[], null]);
  });
});

describe('settings', () => {
  it('that several tabs change at once keep what each of them adds', async () => {
    const name = freshName();
    const add = (value: number) => (before: unknown) => [...((before as number[] | undefined) ?? []), value];
    await Promise.all([1, 2, 3].map((value) => createStorage(name).runs.changeSetting('list', add(value))));
    expect(await createStorage(name).runs.setting('list')).toHaveLength(3);
  });
});

describe('a later version of the page', () => {
  it('opens what this one has written', async () => {
    const name = freshName();
    const { runs, checkpoints } = createStorage(name);
    const record = { ...recordOf('a', 1), status: 'finished' as const };
    const entry = await runs.put(record);
    await runs.putNetworks('a', networks());
    await checkpoints.save(checkpointOf('a', experiment, 7));
    const later = await openDB(name, DATABASE_VERSION + 1, {
      upgrade: (db) => {
        db.createObjectStore('of the next version');
      },
    });
    expect(await later.get('runs', 'a')).toEqual(record);
    expect((await later.get('runEntries', 'a')).runId).toBe(entry.runId);
    expect((await later.get('runParts', ['a', 'networks'])).data.tensors).toEqual(networks().tensors);
    expect((await later.get('checkpoints', 'a')).step).toBe(7);
    later.close();
  });
});
