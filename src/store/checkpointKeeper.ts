// Writes checkpoints one after the other. If checkpoints arrive faster than storage writes them, only the newest of each run is
// written: a run resumes from nothing older.
import type { Checkpoint } from '../engine/protocol/checkpoint.ts';
import { within } from './deadline.ts';
import type { CheckpointStore } from './storage/checkpoints.ts';

/** Time after which a write of a checkpoint counts as failed. */
const WRITE_MS = 60_000;

export class CheckpointKeeper {
  /** Checkpoints that wait to be written, by run. */
  private readonly waiting = new Map<string, Checkpoint>();
  private isWriting = false;
  private readonly store: Pick<CheckpointStore, 'save' | 'discard'>;
  private readonly onTrouble: (error: unknown) => void;

  constructor(store: Pick<CheckpointStore, 'save' | 'discard'>, onTrouble: (error: unknown) => void) {
    this.store = store;
    this.onTrouble = onTrouble;
  }

  save(checkpoint: Checkpoint): void {
    this.waiting.set(checkpoint.runId, checkpoint);
    if (!this.isWriting) void this.write();
  }

  /** Drops the waiting checkpoint of a run that needs none any more. */
  discard(runId: string): void {
    this.waiting.delete(runId);
    this.store.discard(runId).catch(this.onTrouble);
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    for (const [runId, checkpoint] of this.waiting) {
      this.waiting.delete(runId);
      try {
        const late = 'expected a checkpoint to be written within a minute, got no answer';
        await within(this.store.save(checkpoint), WRITE_MS, late);
      } catch (error) {
        this.onTrouble(error);
      }
    }
    this.isWriting = false;
  }
}
