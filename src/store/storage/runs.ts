// Stores runs beyond the visit: an entry for lists, a record for charts, and heavy parts beside them.
import type { TableInput } from '../../engine/config/tableInput.ts';
import { entryOf, PART_KINDS, type PartKind, type RunEntry } from '../runEntry.ts';
import { networksOf, partOf, type RunParts, sizeOf } from '../runParts.ts';
import { isOver, readRecord } from '../runRecord.ts';
import { heldRuns } from './checkpoints.ts';
import type { Database, StoredPart } from './database.ts';
import type { RunStore } from './runStore.ts';
import { readWhole, writeWhole } from './wholeRun.ts';

const LISTED = ['runEntries'] as const;

/** Deletes files that no run needs any more. */
async function dropUnusedFiles(db: Database): Promise<void> {
  const change = db.transaction(['runParts', 'files'], 'readwrite');
  const ids = await change.objectStore('files').getAllKeys();
  if (ids.length > 0) {
    const used = new Set<string | null>();
    for (let at = await change.objectStore('runParts').openCursor(); at; at = await at.continue())
      if (at.value.kind === 'networks') used.add(at.value.data.fileId);
    await Promise.all(ids.filter((id) => !used.has(id)).map((id) => change.objectStore('files').delete(id)));
  }
  await change.done;
}

export function createRunStore(connect: () => Promise<Database>): RunStore {
  /** Changes an entry within a transaction; null if there is none. */
  async function changeEntry(runId: string, change: (entry: RunEntry) => RunEntry): Promise<RunEntry | null> {
    const db = await connect();
    const transaction = db.transaction(LISTED, 'readwrite');
    const entry = await transaction.store.get(runId);
    const next = entry ? change(entry) : null;
    if (next) await transaction.store.put(next);
    await transaction.done;
    return next;
  }

  async function putStored(part: StoredPart, file?: TableInput): Promise<RunEntry | null> {
    const db = await connect();
    const { runId, kind, bytes } = part;
    const change = db.transaction(['runParts', 'runEntries', 'files'], 'readwrite');
    const entry = await change.objectStore('runEntries').get(runId);
    // A run that was deleted meanwhile is not written again.
    const next = entry ? { ...entry, bytes: { ...entry.bytes, [kind]: bytes } } : null;
    if (next) {
      await Promise.all([
        change.objectStore('runParts').put(part),
        change.objectStore('runEntries').put(next),
        ...(file ? [change.objectStore('files').put(file)] : []),
      ]);
    }
    await change.done;
    return next;
  }

  async function partOfRun(runId: string, kind: PartKind): Promise<StoredPart | undefined> {
    const db = await connect();
    return db.get('runParts', [runId, kind]);
  }

  const store: RunStore = {
    async put(record) {
      const db = await connect();
      const change = db.transaction(['runs', 'runEntries'], 'readwrite');
      const entry = entryOf(record, await change.objectStore('runEntries').get(record.runId));
      await Promise.all([
        change.objectStore('runs').put(record),
        change.objectStore('runEntries').put(entry),
        change.done,
      ]);
      return entry;
    },

    putPart: (runId, kind, data) => putStored({ runId, kind, bytes: sizeOf(data), data } as StoredPart),

    putNetworks: (runId, networks) =>
      putStored({ runId, kind: 'networks', bytes: sizeOf(networks), data: partOf(networks) }, networks.file),

    async list() {
      const db = await connect();
      const entries = (await db.getAllFromIndex('runEntries', 'createdAt')).reverse();
      const isHeld = await heldRuns();
      return entries.map((entry) =>
        isOver(entry.status) || isHeld(entry.runId) ? entry : { ...entry, status: 'interrupted' as const },
      );
    },

    async get(runId) {
      const db = await connect();
      return readRecord(await db.get('runs', runId));
    },

    async getPart<K extends 'series' | 'captures'>(runId: string, kind: K) {
      const part = await partOfRun(runId, kind);
      return (part?.data ?? null) as RunParts[K] | null;
    },

    async getNetworks(runId) {
      const part = await partOfRun(runId, 'networks');
      if (part?.kind !== 'networks') return null;
      const db = await connect();
      const { fileId } = part.data;
      return networksOf(part.data, fileId === null ? null : ((await db.get('files', fileId)) ?? null));
    },

    change: (runId, { labels, deletedAt }) =>
      changeEntry(runId, (entry) => ({
        ...entry,
        labels: { ...entry.labels, ...labels },
        deletedAt: deletedAt === undefined ? entry.deletedAt : deletedAt,
      })),

    async dropPart(runId, kind) {
      const db = await connect();
      await db.delete('runParts', [runId, kind]);
      if (kind === 'networks') await dropUnusedFiles(db);
      return changeEntry(runId, (entry) => ({ ...entry, bytes: { ...entry.bytes, [kind]: 0 } }));
    },

    async delete(runId) {
      const db = await connect();
      const change = db.transaction(['runs', 'runEntries', 'runParts'], 'readwrite');
      await Promise.all([
        change.objectStore('runs').delete(runId),
        change.objectStore('runEntries').delete(runId),
        ...PART_KINDS.map((kind) => change.objectStore('runParts').delete([runId, kind])),
        change.done,
      ]);
      await dropUnusedFiles(db);
    },

    async whole(runId) {
      const db = await connect();
      return readWhole(store, await db.get('runEntries', runId), runId);
    },

    putWhole: (run) => writeWhole(store, run),

    async setting(key) {
      const db = await connect();
      return (await db.get('settings', key))?.value;
    },

    async setSetting(key, value) {
      const db = await connect();
      await db.put('settings', { key, value });
    },
    async changeSetting(key, make) {
      const db = await connect();
      const transaction = db.transaction('settings', 'readwrite');
      const value = make((await transaction.store.get(key))?.value);
      await transaction.store.put({ key, value });
      await transaction.done;
      return value;
    },
  };
  return store;
}
