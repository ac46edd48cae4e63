// The controls of a running session: pause, single step, stop, checkpoint, and questions to its networks. Messages set them;
// the session reads them between steps.
import { Questions } from './questions.ts';

export class RunControl {
  /** Open questions to the networks of the run. */
  readonly questions = new Questions(() => this.notify());
  private isPaused: boolean;
  private isStopped = false;
  private stepsAllowed = 0;
  private taskWeights: readonly number[] | null = null;
  private isToKeep = false;
  private wake: (() => void) | null = null;
  /** Least milliseconds between two steps; 0 for full speed. */
  private gapMs = 0;
  private lastStepAt = Number.NEGATIVE_INFINITY;

  constructor(paused = false) {
    this.isPaused = paused;
  }

  get stopRequested(): boolean {
    return this.isStopped;
  }

  /** Whether the next step has to wait. */
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

  /** Slow motion. @param stepsPerSecond - at most; null for full speed */
  pace(stepsPerSecond: number | null): void {
    this.gapMs = stepsPerSecond === null ? 0 : 1000 / stepsPerSecond;
    this.notify();
  }

  /** Milliseconds until the next step is due in slow motion; 0 if it is due, and for single steps in a pause. */
  get restMs(): number {
    return this.gapMs === 0 || this.isPaused
      ? 0
      : Math.max(0, this.lastStepAt + this.gapMs - performance.now());
  }

  stop(): void {
    this.isStopped = true;
    this.notify();
  }

  /** Requests a checkpoint after the next step; a paused run has already written one. */
  keep(): void {
    this.isToKeep = true;
  }

  /** @returns whether a checkpoint was requested since the last call */
  takeKeep(): boolean {
    const { isToKeep } = this;
    this.isToKeep = false;
    return isToKeep;
  }

  /** Sets the weights of the tasks' losses, from the next step on. */
  setTaskWeights(weights: readonly number[]): void {
    this.taskWeights = [...weights];
  }

  /** @returns the weights set since the last call */
  takeTaskWeights(): readonly number[] | null {
    const { taskWeights } = this;
    this.taskWeights = null;
    return taskWeights;
  }

  /** Consumes one allowed step. */
  takeStep(): void {
    if (this.stepsAllowed > 0) this.stepsAllowed--;
    this.lastStepAt = performance.now();
  }

  /** Resolves at the next change of any control or question, or after `atMostMs`. */
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
