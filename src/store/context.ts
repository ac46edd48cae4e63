// What the slices share: the pool of engines, and every browser function that the store uses, so that tests in Node run the
// whole store against a scripted worker.
import type { EnginePool } from '../client/enginePool.ts';
import type { WorkerLike } from '../client/trainClient.ts';
import type { GetState, SetState } from './state.ts';
import type { CheckpointStore } from './storage/checkpoints.ts';
import type { TableStore } from './storage/keptTables.ts';
import type { RunStore } from './storage/runStore.ts';

export interface Environment {
  createWorker(): WorkerLike;
  /** How many runs the user may have in progress at once. */
  engineLimit: number;
  /** CPU cores. A sweep trains one run fewer than this at a time. */
  cores: number;
  /** The part of the address that holds experiment and view, with or without a question mark. */
  readQuery(): string;
  writeQuery(query: string): void;
  /** Reads a file that ships with the page. @throws Error when there is none */
  fetchFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Offers a file to the user. */
  saveFile(name: string, bytes: Uint8Array): void;
  newRunId(): string;
  /** The id of the run on screen, as this tab of the browser remembers it over a reload. */
  lastShown: {
    /** @returns null if the page was not reloaded, or showed no run */
    read(): string | null;
    write(runId: string | null): void;
  };
  checkpoints: CheckpointStore;
  runs: RunStore;
  tables: TableStore;
  storage: {
    /** Asks the browser not to evict the page's storage. @returns whether it agreed */
    persist(): Promise<boolean>;
  };
  locks: {
    /**
     * Waits until no other tab holds the lock, then holds it until the page closes or the returned function is called.
     * @param onHeld - called once, when this tab holds the lock
     */
    hold(name: string, onHeld: () => void): () => void;
  };
  /** Messages to and from other tabs of the page. */
  otherTabs: {
    /** Tells other tabs that the kept runs have changed. */
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
