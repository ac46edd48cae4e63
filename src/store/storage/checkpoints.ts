// Checkpoints of runs in progress, so that a reload can resume them. The tab that trains a run holds its lock: another tab
// neither offers nor removes such a run.
import { type Checkpoint, readCheckpoint } from '../../engine/protocol/checkpoint.ts';
import type { Database } from './database.ts';

export interface CheckpointStore {
  /** Holds the run for this tab until the page goes away or the returned function is called. */
  hold(runId: string): () => void;
  /** @throws when storage is blocked or full */
  save(checkpoint: Checkpoint): Promise<void>;
  /** The latest checkpoint of a run that no open tab is training. */
  findUnfinished(): Promise<Checkpoint | null>;
  /** The checkpoint of a run; null if there is none, or none to resume from. */
  get(runId: string): Promise<Checkpoint | null>;
  discard(runId: string): Promise<void>;
}

const KEEP = 3;

const lockName = (runId: string) => `run ${runId}`;

/** @returns a function that says whether a tab holds a run at this moment; without browser locks, no run is held */
export async function heldRuns(): Promise<(runId: string) => boolean> {
  const locks = await navigator.locks?.query();
  const held = new Set((locks?.held ?? []).map((lock) => lock.name));
  return (runId) => held.has(lockName(runId));
}

/** Ids of kept runs, newest first, without those that an open tab is training. */
async function freeRuns(db: Database): Promise<string[]> {
  const newestFirst = (await db.getAllKeysFromIndex('checkpoints', 'savedAt')).reverse();
  const isHeld = await heldRuns();
  return newestFirst.filter((runId) => !isHeld(runId));
}

export const createCheckpointStore = (connect: () => Promise<Database>): CheckpointStore => ({
  hold(runId) {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    void navigator.locks?.request(lockName(runId), () => held);
    return release;
  },

  async save(checkpoint) {
    const db = await connect();
    await db.put('checkpoints', checkpoint);
    const others = (await freeRuns(db)).filter((runId) => runId !== checkpoint.runId);
    await Promise.all(others.slice(KEEP - 1).map((runId) => db.delete('checkpoints', runId)));
  },

  async findUnfinished() {
    const db = await connect();
    for (const runId of await freeRuns(db)) {
      const checkpoint = readCheckpoint(await db.get('checkpoints', runId));
      if (checkpoint) return checkpoint;
    }
    return null;
  },

  async get(runId) {
    const db = await connect();
    return readCheckpoint(await db.get('checkpoints', runId));
  },

  async discard(runId) {
    const db = await connect();
    await db.delete('checkpoints', runId);
  },
});
