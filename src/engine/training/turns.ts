// When a session yields the thread: it reads messages at least this often, whatever it computes.
import { letMessagesIn } from '../core/eventLoop.ts';
import type { RunControl } from './runControl.ts';

const SLICE_MS = 12;

/** Thrown inside a session to unwind when a stop is requested. */
export class StopSignal extends Error {}

export class Turns {
  private readonly control: RunControl;
  private lastYield = performance.now();

  constructor(control: RunControl) {
    this.control = control;
  }

  /**
   * Lets messages in if it is time. Does not throw, so it may be called within a step, which all networks of a stage take, or
   * none.
   */
  readonly yieldToMessages = async (): Promise<void> => {
    if (performance.now() - this.lastYield > SLICE_MS) await this.yieldNow();
  };

  /** Lets messages in, whether it is time or not. */
  readonly yieldNow = async (): Promise<void> => {
    await letMessagesIn();
    this.lastYield = performance.now();
  };

  /** Lets messages in if it is time, and throws if one of them was a stop. Must not be called within a step. */
  readonly yieldOrStop = async (): Promise<void> => {
    await this.yieldToMessages();
    if (this.control.stopRequested) throw new StopSignal();
  };
}
