// Says how far the reading of a table is, where that takes long enough to be waited for.
import { shareOfReading } from '../engine/data/progress.ts';
import type { Reading } from '../engine/protocol/messages.ts';

/** A table that is read sooner says nothing. */
const QUIET_MS = 400;
/** Between two reports. */
const PACE_MS = 200;

export class ReadingReport {
  private readonly started: number;
  private last = Number.NEGATIVE_INFINITY;
  private share = 0;
  private readonly name: string;
  private readonly post: (reading: Reading | null) => void;
  private readonly now: () => number;

  constructor(name: string, post: (reading: Reading | null) => void, now = () => performance.now()) {
    this.name = name;
    this.post = post;
    this.now = now;
    this.started = now();
  }

  tell(fraction: number, phase: string): void {
    const now = this.now();
    const took = now - this.started;
    // Some files are gone through more than once: it never goes back.
    this.share = Math.max(this.share, shareOfReading(fraction, phase));
    if (took < QUIET_MS || now - this.last < PACE_MS || this.share === 0) return;
    this.last = now;
    const remaining = (took / 1000) * (1 / this.share - 1);
    this.post({ name: this.name, phase, share: this.share, remaining });
  }

  end(): void {
    if (this.last > this.started) this.post(null);
    this.last = Number.NEGATIVE_INFINITY;
  }
}
