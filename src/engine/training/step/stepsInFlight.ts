// Steps that are launched and not read yet, and how many there may be. Reading waits for the device, so it happens about as
// often as the page is redrawn.
import type { TensorBatch } from '../tensorBatch.ts';

/**
 * Approximate milliseconds that launched steps may stay unread: a pause or a stop waits that long, and charts update at half
 * that rate.
 */
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

  /** Enough steps are in flight to be read. */
  get isFull(): boolean {
    return this.launched.length >= this.window;
  }

  /** Called before the launch of a step. */
  begin(): void {
    if (this.launched.length === 0) this.windowStarted = performance.now();
  }

  add(launched: LaunchedStep): void {
    this.launched.push(launched);
  }

  /**
   * Called when the steps have been read.
   * @param held - the maximum in flight
   * @returns the steps; none is in flight afterwards
   */
  take(held: number): LaunchedStep[] {
    const { launched } = this;
    const msPerStep = (performance.now() - this.windowStarted) / launched.length;
    this.window = Math.max(1, Math.min(held, Math.floor(WINDOW_MS / msPerStep)));
    this.launched = [];
    return launched;
  }
}
