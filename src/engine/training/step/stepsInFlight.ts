// Steps that are launched and not read yet, and how many there may be. Reading waits for the device, so it happens about as
// often as the page shows something new.
import type { TensorBatch } from '../tensorBatch.ts';

/** About how long launched steps may go unread: what a pause or a stop waits for, and half the pace of the charts. */
const WINDOW_MS = 50;

export interface LaunchedStep {
  step: number;
  epoch: number;
  batch: TensorBatch;
}

export class StepsInFlight {
  private launched: LaunchedStep[] = [];
  /** How many steps are launched before they are read. */
  private window = 1;
  private windowStarted = 0;

  get count(): number {
    return this.launched.length;
  }

  /** Enough of them to be read. */
  get isFull(): boolean {
    return this.launched.length >= this.window;
  }

  /** Before the launch of a step. */
  begin(): void {
    if (this.launched.length === 0) this.windowStarted = performance.now();
  }

  add(launched: LaunchedStep): void {
    this.launched.push(launched);
  }

  /**
   * When they have been read.
   * @param held - the most that may be in flight
   * @returns them; none is in flight from now on
   */
  take(held: number): LaunchedStep[] {
    const { launched } = this;
    const msPerStep = (performance.now() - this.windowStarted) / launched.length;
    this.window = Math.max(1, Math.min(held, Math.floor(WINDOW_MS / msPerStep)));
    this.launched = [];
    return launched;
  }
}
