// Reports the progress of reading a table, if reading takes noticeably long.
import { shareOfReading } from '../engine/data/progress.ts';
import type { Reading } from '../engine/protocol/messages.ts';

/** Milliseconds of reading before the first report. */
const QUIET_MS = 400;
/** Milliseconds between two reports. */
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
    // Some files are read more than once: reported progress never decreases.
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
