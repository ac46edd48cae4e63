// The switches of a running session: pause, single step, stop, keep, and questions to its networks. Messages set them; the
// session reads them between two steps.
import { Questions } from './questions.ts';

export class RunControl {
  /** What is asked about the networks of the run. */
  readonly questions = new Questions(() => this.notify());
  private isPaused: boolean;
  private isStopped = false;
  private stepsAllowed = 0;
  private taskWeights: readonly number[] | null = null;
  private isToKeep = false;
  private wake: (() => void) | null = null;
  /** Least time between two steps; 0 for as fast as it goes. */
  private gapMs = 0;
  private lastStepAt = Number.NEGATIVE_INFINITY;

  constructor(paused = false) {
    this.isPaused = paused;
  }

  get stopRequested(): boolean {
    return this.isStopped;
  }

  /** True when the next step would have to wait. */
  get waiting(): boolean {
    return this.isPaused && this.stepsAllowed === 0 && !this.isStopped;
  }

  get paused(): boolean {
    return this.isPaused;
  }

  pause(): void {
    this.isPaused = true;
    this.notify();
  }

  resume(): void {
    this.isPaused = false;
    this.stepsAllowed = 0;
    this.notify();
  }

  /** Allows one optimizer step, then waits again. */
  step(): void {
    this.isPaused = true;
    this.stepsAllowed++;
    this.notify();
  }

  /** Slow motion. @param stepsPerSecond - at most; null for as fast as it goes */
  pace(stepsPerSecond: number | null): void {
    this.gapMs = stepsPerSecond === null ? 0 : 1000 / stepsPerSecond;
    this.notify();
  }

  /** Until the next step is due at the pace that was asked for; 0 where it is, and for single steps of a pause. */
  get restMs(): number {
    return this.gapMs === 0 || this.isPaused
      ? 0
      : Math.max(0, this.lastStepAt + this.gapMs - performance.now());
  }

  stop(): void {
    this.isStopped = true;
    this.notify();
  }

  /** Asks for a checkpoint after the next step; one that waits has written its own. */
  keep(): void {
    this.isToKeep = true;
  }

  /** @returns whether a checkpoint has been asked for since the last call */
  takeKeep(): boolean {
    const { isToKeep } = this;
    this.isToKeep = false;
    return isToKeep;
  }

  /** Other weights of the tasks' losses, from the next step on. */
  setTaskWeights(weights: readonly number[]): void {
    this.taskWeights = [...weights];
  }

  /** @returns what has been set since the last call */
  takeTaskWeights(): readonly number[] | null {
    const { taskWeights } = this;
    this.taskWeights = null;
    return taskWeights;
  }

  /** Spends one allowed step. */
  takeStep(): void {
    if (this.stepsAllowed > 0) this.stepsAllowed--;
    this.lastStepAt = performance.now();
  }

  /** Resolves at the next change of any switch or question, or after `atMostMs`. */
  changed(atMostMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = atMostMs === undefined ? undefined : setTimeout(() => this.notify(), atMostMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private notify(): void {
    const wake = this.wake;
    this.wake = null;
    wake?.();
  }
}
