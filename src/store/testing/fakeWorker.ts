// A fake worker for tests of the store, and an environment without a browser.
import { ScriptedWorker } from '../../client/testing.ts';
import { catalog } from '../../engine/catalog.ts';
import type { BackendReport } from '../../engine/protocol/backend.ts';
import type { Checkpoint } from '../../engine/protocol/checkpoint.ts';
import type { Environment } from '../context.ts';
import { type MemoryRuns, memoryRuns } from './memoryRuns.ts';
import { memoryTables } from './memoryTables.ts';

export const backend: BackendReport = {
  active: 'wasm',
  adapter: 'SIMD',
  reason: 'webgpu: no GPU found.',
  tried: [{ id: 'wasm', outcome: 'started' }],
  software: false,
};

export class FakeWorker extends ScriptedWorker {
  /** Sends what every worker reports once its backend runs. */
  getReady(): void {
    this.say({ type: 'ready', catalog }, { type: 'backend', report: backend });
  }
}

export interface FakeEnvironment extends Environment {
  workers: FakeWorker[];
  address: string[];
  kept: Map<string, Checkpoint>;
  runs: MemoryRuns;
  /** The run that the tab remembers over a reload. */
  remembered: { runId: string | null };
  /** How often the store asked for persistent storage. */
  asked: { persist: number };
}

/** Locks that no other tab holds. */
const FREE_LOCKS: Environment['locks'] = {
  hold(_name, onHeld) {
    onHeld();
    return () => {};
  },
};

/** @param options.runs - the runs kept by an earlier visit */
export function fakeEnvironment(
  query = '',
  engineLimit = 1,
  options: { runs?: MemoryRuns; firstRun?: number; cores?: number; locks?: Environment['locks'] } = {},
): FakeEnvironment {
  const asked = { persist: 0 };
  const remembered: FakeEnvironment['remembered'] = { runId: null };
  const workers: FakeWorker[] = [];
  const address: string[] = [];
  const kept = new Map<string, Checkpoint>();
  let runs = options.firstRun ?? 0;
  return {
    workers,
    address,
    kept,
    engineLimit,
    cores: options.cores ?? 1,
    locks: options.locks ?? FREE_LOCKS,
    createWorker() {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    },
    readQuery: () => query,
    writeQuery: (text) => address.push(text),
    fetchFile: async (path) => {
      throw new Error(`404 ${path}`);
    },
    saveFile: () => {},
    runs: options.runs ?? memoryRuns(),
    tables: memoryTables(),
    asked,
    remembered,
    lastShown: {
      read: () => remembered.runId,
      write: (runId) => {
        remembered.runId = runId;
      },
    },
    storage: {
      persist: async () => {
        asked.persist++;
        return true;
      },
    },
    otherTabs: { tell: () => {}, onTold: () => {} },
    newRunId: () => `run-${++runs}`,
    checkpoints: {
      hold: () => () => {},
      save: async (checkpoint) => {
        kept.set(checkpoint.runId, checkpoint);
      },
      findUnfinished: async () => [...kept.values()].at(-1) ?? null,
      get: async (runId) => kept.get(runId) ?? null,
      discard: async (runId) => {
        kept.delete(runId);
      },
    },
  };
}
