// A worker for tests of the store: it keeps what it is told and says what the test wants. With it, an environment
// without a browser.
import type { WorkerLike } from '../../client/trainClient.ts';
import { catalog } from '../../engine/catalog.ts';
import type { BackendReport } from '../../engine/protocol/backend.ts';
import type { Checkpoint } from '../../engine/protocol/checkpoint.ts';
import type { Command, Event } from '../../engine/protocol/messages.ts';
import type { Environment } from '../context.ts';

export const backend: BackendReport = {
  active: 'wasm',
  adapter: 'SIMD',
  reason: 'webgpu: no GPU found.',
  tried: [{ id: 'wasm', outcome: 'started' }],
  software: false,
};

export class FakeWorker implements WorkerLike {
  sent: Command[] = [];
  terminated = false;
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  postMessage(message: Command): void {
    this.sent.push(message);
  }
  terminate(): void {
    this.terminated = true;
  }
  say(...events: Event[]): void {
    for (const data of events) this.onmessage?.({ data } as MessageEvent<Event>);
  }
  /** What every worker says once its backend runs. */
  getReady(): void {
    this.say({ type: 'ready', catalog }, { type: 'backend', report: backend });
  }
  break(message: string): void {
    this.onerror?.({ message, preventDefault: () => {} } as ErrorEvent);
  }
  last<T extends Command['type']>(type: T): Extract<Command, { type: T }> | undefined {
    return this.sent.findLast((c): c is Extract<Command, { type: T }> => c.type === type);
  }
}

export interface FakeEnvironment extends Environment {
  workers: FakeWorker[];
  address: string[];
  kept: Map<string, Checkpoint>;
}

export function fakeEnvironment(query = ''): FakeEnvironment {
  const workers: FakeWorker[] = [];
  const address: string[] = [];
  const kept = new Map<string, Checkpoint>();
  let runs = 0;
  return {
    workers,
    address,
    kept,
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
    newRunId: () => `run-${++runs}`,
    checkpoints: {
      hold: () => () => {},
      save: async (checkpoint) => {
        kept.set(checkpoint.runId, checkpoint);
      },
      findUnfinished: async () => [...kept.values()].at(-1) ?? null,
      discard: async (runId) => {
        kept.delete(runId);
      },
    },
  };
}
