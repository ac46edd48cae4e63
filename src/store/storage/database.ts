// The page's database. Its versions are the list of migrations: each takes what the version before kept one further, and none is
// ever changed or taken out, so that a page of any age is brought up to date with what it holds.
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from 'idb';
import type { Checkpoint } from '../../engine/protocol/checkpoint.ts';
import type { RunRecord } from '../runRecord.ts';

/** What a list of runs shows of one. */
export interface RunEntry extends Pick<RunRecord, 'runId' | 'number' | 'createdAt' | 'status'> {
  modelId: string;
  /** Size of the record as JSON; storage itself does not say what it takes. */
  bytes: number;
}

export interface Schema extends DBSchema {
  checkpoints: { key: string; value: Checkpoint; indexes: { savedAt: number } };
  runs: { key: string; value: RunRecord };
  /** What a list shows of the runs, so that it reads none of them. */
  runEntries: { key: string; value: RunEntry; indexes: { createdAt: string } };
}

export type Database = IDBPDatabase<Schema>;
type Upgrade = IDBPTransaction<Schema, StoreNames<Schema>[], 'versionchange'>;

/** The one at `v` makes version `v + 1`. */
const migrations: readonly ((db: Database, upgrade: Upgrade) => void)[] = [
  (db) => {
    db.createObjectStore('checkpoints', { keyPath: 'runId' });
  },
  // Which checkpoints are old is read from keys alone, not from megabytes of weights.
  (_, upgrade) => {
    upgrade.objectStore('checkpoints').createIndex('savedAt', 'savedAt');
  },
  (db) => {
    db.createObjectStore('runs', { keyPath: 'runId' });
    db.createObjectStore('runEntries', { keyPath: 'runId' }).createIndex('createdAt', 'createdAt');
  },
];

/** @returns opens the database at the first call, and again after it was closed */
export function connector(name: string): () => Promise<Database> {
  let database: Promise<Database> | null = null;
  const forget = () => {
    database = null;
  };
  return () => {
    database ??= openDB<Schema>(name, migrations.length, {
      upgrade: (db, from, _to, upgrade) => {
        for (const migrate of migrations.slice(from)) migrate(db, upgrade);
      },
      // Another tab brings a newer version of the page: let it.
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close();
        forget();
      },
      terminated: forget,
    }).catch((error) => {
      forget();
      throw error;
    });
    return database;
  };
}
