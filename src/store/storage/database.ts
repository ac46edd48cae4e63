// The page's database. Its versions are the list of migrations: each one upgrades the data of the version before. None is ever
// changed or removed, so that a page of any age is upgraded with its data.
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';
import type { TableInput } from '../../engine/config/tableInput.ts';
import type { Checkpoint } from '../../engine/protocol/checkpoint.ts';
import { within } from '../deadline.ts';
import { entryOf, type PartKind, type RunEntry } from '../runEntry.ts';
import type { RunParts } from '../runParts.ts';
import type { RunRecord } from '../runRecord.ts';
import type { KeptTable } from './keptTable.ts';

/** A part of a run, of the kind that its key names. */
export type StoredPart = {
  [K in PartKind]: { runId: string; kind: K; bytes: number; data: RunParts[K] };
}[PartKind];

export interface Schema extends DBSchema {
  checkpoints: { key: string; value: Checkpoint; indexes: { savedAt: number } };
  runs: { key: string; value: RunRecord };
  /** What a list shows of the runs, so that it need not read records. */
  runEntries: { key: string; value: RunEntry; indexes: { createdAt: string } };
  runParts: { key: [runId: string, kind: string]; value: StoredPart };
  /** Tables that the rows of kept runs come from. */
  files: { key: string; value: TableInput };
  /** Tables that the user asked to keep, and their entries for a list. */
  tableEntries: { key: string; value: KeptTable };
  tables: { key: string; value: TableInput };
  settings: { key: string; value: { key: string; value: unknown } };
}

export type Database = IDBPDatabase<Schema>;
type Upgrade = IDBPTransaction<Schema, StoreNames<Schema>[], 'versionchange'>;

/** The migration at index `v` makes version `v + 1`. */
const migrations: readonly ((db: Database, upgrade: Upgrade) => void | Promise<void>)[] = [
  (db) => {
    db.createObjectStore('checkpoints', { keyPath: 'runId' });
  },
  // Old checkpoints are found by their keys alone, without reading megabytes of weights.
  (_, upgrade) => {
    upgrade.objectStore('checkpoints').createIndex('savedAt', 'savedAt');
  },
  (db) => {
    db.createObjectStore('runs', { keyPath: 'runId' });
    db.createObjectStore('runEntries', { keyPath: 'runId' }).createIndex('createdAt', 'createdAt');
  },
  // Entries hold what a comparison needs; heavy parts are in separate stores.
  async (db, upgrade) => {
    db.createObjectStore('runParts', { keyPath: ['runId', 'kind'] });
    db.createObjectStore('files', { keyPath: 'id' });
    db.createObjectStore('settings', { keyPath: 'key' });
    const entries = upgrade.objectStore('runEntries');
    await entries.clear();
    for (const record of await upgrade.objectStore('runs').getAll()) await entries.put(entryOf(record));
  },
  (db) => {
    db.createObjectStore('tableEntries', { keyPath: 'id' });
    db.createObjectStore('tables', { keyPath: 'id' });
  },
];

/** Newest version of the database; exported for tests that open it as a later version would. */
export const DATABASE_VERSION = migrations.length;

/** Milliseconds; longer than any migration takes. */
const OPEN_MS = 20_000;
const NO_ANSWER =
  "expected the browser's database to open, got no answer in 20 seconds; another tab may keep an older version of it open";

/** @returns a function that opens the database at its first call, and again after it was closed */
export function connector(name: string): () => Promise<Database> {
  let database: Promise<Database> | null = null;
  const forget = () => {
    database = null;
  };
  return () => {
    database ??= openDB<Schema>(name, DATABASE_VERSION, {
      upgrade: async (db, from, _to, upgrade) => {
        for (const migrate of migrations.slice(from)) await migrate(db, upgrade);
      },
      // Another tab has a newer version of the page: let it upgrade.
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close();
        forget();
      },
      terminated: forget,
    }).catch((error) => {
      forget();
      throw error;
    });
    return within(database, OPEN_MS, NO_ANSWER);
  };
}
