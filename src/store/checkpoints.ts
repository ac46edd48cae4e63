// Checkpoints of runs in progress, in IndexedDB, so that a reload can go on. Each run is held by a lock of its tab: a
// second tab neither offers nor removes what the first is still training.
import { type IDBPDatabase, openDB } from 'idb';
import { readCheckpoint } from '../engine/protocol/checkpoint.ts';
import type { CheckpointStore } from './context.ts';

const STORE = 'checkpoints';
/** Version 2 added the index: which checkpoints are old is read from keys alone, not from megabytes of weights. */
const DATABASE_VERSION = 2;
const KEEP = 3;

let database: Promise<IDBPDatabase> | null = null;

function open(): Promise<IDBPDatabase> {
  database ??= openDB('multitab-workbench', DATABASE_VERSION, {
    upgrade: (db) => {
      if (db.objectStoreNames.contains(STORE)) db.deleteObjectStore(STORE);
      db.createObjectStore(STORE, { keyPath: 'runId' }).createIndex('savedAt', 'savedAt');
    },
    // Another tab brings a newer version of the page: let it.
    blocking: (_current, _blocked, event) => {
      (event.target as IDBDatabase).close();
      database = null;
    },
  });
  return database;
}

const lockName = (runId: string) => `run ${runId}`;

/** Ids of kept runs, newest first, without those that an open tab is training. */
async function freeRuns(db: IDBPDatabase): Promise<string[]> {
  const newestFirst = (await db.getAllKeysFromIndex(STORE, 'savedAt')).reverse() as string[];
  const locks = await navigator.locks?.query();
  const held = new Set((locks?.held ?? []).map((lock) => lock.name));
  return newestFirst.filter((runId) => !held.has(lockName(runId)));
}

export const checkpoints: CheckpointStore = {
  hold(runId) {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    void navigator.locks?.request(lockName(runId), () => held);
    return release;
  },

  async save(checkpoint) {
    const db = await open();
    await db.put(STORE, checkpoint);
    const others = (await freeRuns(db)).filter((runId) => runId !== checkpoint.runId);
    await Promise.all(others.slice(KEEP - 1).map((runId) => db.delete(STORE, runId)));
  },

  async findUnfinished() {
    const db = await open();
    for (const runId of await freeRuns(db)) {
      const checkpoint = readCheckpoint(await db.get(STORE, runId));
      if (checkpoint) return checkpoint;
    }
    return null;
  },

  async discard(runId) {
    const db = await open();
    await db.delete(STORE, runId);
  },
};
