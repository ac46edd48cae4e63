// Holds a session before each step while the run is paused: answers questions meanwhile, and ends when a stop is requested.
import type { Inspection } from './inspection.ts';
import type { RunControl } from './runControl.ts';
import { StopSignal } from './turns.ts';

export interface GateHost {
  readonly control: RunControl;
  readonly inspection: Inspection;
  /** Waits for launched steps, because saving and probing need their results. */
  drainPendingSteps(): Promise<void>;
  emitState(state: 'running' | 'paused'): void;
  emitCheckpoint(): Promise<void>;
}

export class PauseGate {
  private readonly host: GateHost;
  private isSaidPaused = false;
  /** Where the pause began, or where the last single step in it ended. */
  private pausedAt: string | null = null;

  constructor(host: GateHost) {
    this.host = host;
  }

  /**
   * @param place - of the next step, unique within the run
   * @param flush - sends collected events, so that a pause shows everything up to it
   * @throws StopSignal if a stop is requested
   */
  async pass(place: string, flush: () => void): Promise<void> {
    const { host } = this;
    const { control, inspection } = host;
    const isSlow = control.restMs > 0;
    if (control.stopRequested || control.waiting || isSlow) await host.drainPendingSteps();
    if (control.stopRequested) throw new StopSignal();
    // In slow motion every step is shown.
    if (isSlow) flush();
    while (control.waiting || control.restMs > 0) {
      if (!control.waiting) {
        this.sayRunning();
        if (control.questions.takeNew()) await inspection.answer();
        else await control.changed(control.restMs);
      } else if (this.pausedAt !== place) {
        flush();
        // Said after every single step too: whoever asked for it learns that it is done.
        this.isSaidPaused = true;
        host.emitState('paused');
        if (this.pausedAt === null) await host.emitCheckpoint();
        this.pausedAt = place;
        await inspection.answer();
      } else if (control.questions.takeNew()) {
        await inspection.answer();
      } else {
        await control.changed();
      }
      if (control.stopRequested) throw new StopSignal();
    }
    if (!control.paused) this.sayRunning();
    control.takeStep();
  }

  private sayRunning(): void {
    if (!this.isSaidPaused) return;
    this.isSaidPaused = false;
    this.pausedAt = null;
    this.host.emitState('running');
  }
}
