// Rows per second and time left, from the recent pace rather than the mean of the whole run.

const REPORT_MS = 200;
/** Weight of the newest interval in the smoothed pace. */
const SMOOTHING = 0.3;

export interface MeterOptions {
  stepsPerEpoch: number;
  epochs: number;
  /** Networks trained side by side; each counts its own steps. */
  parts: number;
  /** Steps done before this meter began (after a resume). */
  doneSteps: number;
  seedCount: number;
}

export class ProgressMeter {
  private readonly totalSteps: number;
  private doneSteps: number;
  private lastReport = 0;
  private intervalStart = performance.now();
  private intervalSteps = 0;
  private intervalRows = 0;
  private secondsPerStep = 0;
  private rowsPerSecond = 0;

  constructor(options: MeterOptions) {
    this.totalSteps = options.stepsPerEpoch * options.epochs * options.parts;
    this.doneSteps = options.doneSteps;
  }

  addStep(rows: number): void {
    this.doneSteps++;
    this.intervalSteps++;
    this.intervalRows += rows;
  }

  /** Time one whole seed takes at the present pace. */
  get secondsPerSeed(): number {
    return this.secondsPerStep * this.totalSteps;
  }

  /** Null when it is too early and not forced. */
  report(force: boolean) {
    const now = performance.now();
    if (!force && now - this.lastReport < REPORT_MS) return null;
    this.lastReport = now;
    if (this.intervalSteps > 0) {
      const seconds = (now - this.intervalStart) / 1000;
      const mix = (old: number, fresh: number) => (old === 0 ? fresh : old + SMOOTHING * (fresh - old));
      this.secondsPerStep = mix(this.secondsPerStep, seconds / this.intervalSteps);
      this.rowsPerSecond = mix(this.rowsPerSecond, this.intervalRows / seconds);
      this.intervalStart = now;
      this.intervalSteps = 0;
      this.intervalRows = 0;
    }
    return {
      doneSteps: this.doneSteps,
      totalSteps: this.totalSteps,
      rowsPerSecond: this.rowsPerSecond,
      secondsLeftSeed: this.secondsPerStep * (this.totalSteps - this.doneSteps),
    };
  }
}
