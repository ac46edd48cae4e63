// What the slices share: the pool of engines, and everything of the browser that the store touches, so that tests in Node run
// the whole store against a scripted worker.
import type { EnginePool } from '../client/enginePool.ts';
import type { WorkerLike } from '../client/trainClient.ts';
import type { GetState, SetState } from './state.ts';
import type { CheckpointStore } from './storage/checkpoints.ts';
import type { TableStore } from './storage/keptTables.ts';
import type { RunStore } from './storage/runStore.ts';

export interface Environment {
  createWorker(): WorkerLike;
  /** How many runs the user begins at once. */
  engineLimit: number;
  /** Of the machine: sweeps train that many runs less one at a time. */
  cores: number;
  /** What the address says of the experiment and the view, with or without a question mark. */
  readQuery(): string;
  writeQuery(query: string): void;
  /** A file that ships with the page. @throws when there is none */
  fetchFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Offers a file to the user. */
  saveFile(name: string, bytes: Uint8Array): void;
  newRunId(): string;
  checkpoints: CheckpointStore;
  runs: RunStore;
  tables: TableStore;
  storage: {
    /** Asks the browser not to clear away what the page keeps. @returns whether it promises */
    persist(): Promise<boolean>;
  };
  locks: {
    /**
     * Waits until no other tab holds the lock, then holds it until the page goes away or the returned function is called.
     * @param onHeld - told once
     */
    hold(name: string, onHeld: () => void): () => void;
  };
  /** Other tabs of the page. */
  otherTabs: {
    /** Kept runs have changed. */
    tell(): void;
    onTold(listener: () => void): void;
  };
}

export interface Context {
  set: SetState;
  get: GetState;
  env: Environment;
  pool: EnginePool;
}
