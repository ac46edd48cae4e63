// Records of runs, so that they outlast the visit.
import { type RunRecord, readRecord } from '../runRecord.ts';
import type { Database, RunEntry } from './database.ts';

export interface RunStore {
  /** In place of an earlier record of the run. @throws when storage is blocked or full */
  put(record: RunRecord): Promise<RunEntry>;
  /** Newest first. */
  list(): Promise<RunEntry[]>;
  /** Null where there is none, or none that this version of the page can read. */
  get(runId: string): Promise<RunRecord | null>;
  delete(runId: string): Promise<void>;
}

const entryOf = (record: RunRecord): RunEntry => ({
  runId: record.runId,
  number: record.number,
  createdAt: record.createdAt,
  status: record.status,
  modelId: record.experiment.model.id,
  bytes: new Blob([JSON.stringify(record)]).size,
});

export const createRunStore = (connect: () => Promise<Database>): RunStore => ({
  async put(record) {
    const db = await connect();
    const entry = entryOf(record);
    const change = db.transaction(['runs', 'runEntries'], 'readwrite');
    await Promise.all([
      change.objectStore('runs').put(record),
      change.objectStore('runEntries').put(entry),
      change.done,
    ]);
    return entry;
  },

  async list() {
    const db = await connect();
    return (await db.getAllFromIndex('runEntries', 'createdAt')).reverse();
  },

  async get(runId) {
    const db = await connect();
    return readRecord(await db.get('runs', runId));
  },

  async delete(runId) {
    const db = await connect();
    const change = db.transaction(['runs', 'runEntries'], 'readwrite');
    await Promise.all([
      change.objectStore('runs').delete(runId),
      change.objectStore('runEntries').delete(runId),
      change.done,
    ]);
  },
});
