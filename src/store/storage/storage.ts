// What the page keeps in the browser between visits.
import { type CheckpointStore, createCheckpointStore } from './checkpoints.ts';
import { connector } from './database.ts';
import { createTableStore, type TableStore } from './keptTables.ts';
import type { RunStore } from './runStore.ts';
import { createRunStore } from './runs.ts';

export interface PageStorage {
  checkpoints: CheckpointStore;
  runs: RunStore;
  tables: TableStore;
}

export function createStorage(name = 'multitab-workbench'): PageStorage {
  const connect = connector(name);
  return {
    checkpoints: createCheckpointStore(connect),
    runs: createRunStore(connect),
    tables: createTableStore(connect),
  };
}
