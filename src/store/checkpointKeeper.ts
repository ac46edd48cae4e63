// Writes checkpoints one after the other. Where storage is slower than they come, those in between are left out: only the last
// of a run is ever gone on from.
import type { Checkpoint } from '../engine/protocol/checkpoint.ts';
import { within } from './deadline.ts';
import type { CheckpointStore } from './storage/checkpoints.ts';

/** No checkpoint takes this long. */
const WRITE_MS = 60_000;

export class CheckpointKeeper {
  /** Not written yet, by run. */
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

  /** The run needs none any more. */
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
