// Rows per second and time left, from the recent pace instead of the mean over the run. Stages that have not begun are
// estimated by their operations, at the measured pace of stages of the same kind; before any has run, at a typical pace.

const REPORT_MS = 200;
/** Weight of the newest interval in the smoothed pace. */
const SMOOTHING = 0.3;
/** Seconds per operation on one core: the pace of wasm in bench/RESULTS.md. */
const USUAL_SECONDS = { step: 3e-10, round: 4e-10 };

export interface StageLoad {
  /** Steps of all networks of the stage. */
  steps: number;
  /** Approximate floating-point operations of one of its steps. */
  workPerStep: number;
  /** Steps that later seeds do not repeat: those of the rate search. */
  onceSteps: number;
  /** Steps of networks and rounds of trees are measured separately. */
  kind: 'step' | 'round';
}

export class ProgressMeter {
  private readonly stages: readonly StageLoad[];
  private stage = 0;
  /** Steps of this stage. */
  private doneSteps = 0;
  /** Seconds and operations of the stages measured so far. */
  private readonly measured = { step: { seconds: 0, work: 0 }, round: { seconds: 0, work: 0 } };
  private lastReport = 0;
  private intervalStart = performance.now();
  private intervalSteps = 0;
  private intervalRows = 0;
  private secondsPerStep = 0;
  private rowsPerSecond = 0;

  /** @param stages - of a seed, in order */
  constructor(stages: readonly StageLoad[]) {
    this.stages = stages;
  }

  /** @param doneSteps - steps of this stage done before a resume */
  beginStage(stage: number, doneSteps: number): void {
    this.stage = stage;
    this.doneSteps = doneSteps;
    this.secondsPerStep = 0;
    this.intervalStart = performance.now();
    this.intervalSteps = 0;
    this.intervalRows = 0;
  }

  addStep(rows: number): void {
    this.doneSteps++;
    this.intervalSteps++;
    this.intervalRows += rows;
  }

  /** Estimated time of a whole later seed at the current pace. */
  get secondsPerSeed(): number {
    return this.stages.reduce((sum, { onceSteps }, stage) => sum + this.secondsOf(stage, onceSteps), 0);
  }

  /** Null if the last report is recent and `force` is false. */
  report(force: boolean) {
    const now = performance.now();
    if (!force && now - this.lastReport < REPORT_MS) return null;
    this.lastReport = now;
    // A coarse clock may stand still over a step; its time then counts with that of the next.
    if (this.intervalSteps > 0 && now > this.intervalStart) {
      const seconds = (now - this.intervalStart) / 1000;
      const mix = (old: number, fresh: number) => (old === 0 ? fresh : old + SMOOTHING * (fresh - old));
      this.secondsPerStep = mix(this.secondsPerStep, seconds / this.intervalSteps);
      this.rowsPerSecond = mix(this.rowsPerSecond, this.intervalRows / seconds);
      const { kind, workPerStep } = this.stages[this.stage] ?? { kind: 'step', workPerStep: 0 };
      this.measured[kind].seconds += seconds;
      this.measured[kind].work += this.intervalSteps * workPerStep;
      this.intervalStart = now;
      this.intervalSteps = 0;
      this.intervalRows = 0;
    }
    const total = this.stages.reduce((sum, s) => sum + s.steps, 0);
    const before = this.stages.slice(0, this.stage).reduce((sum, s) => sum + s.steps, 0);
    const later = this.stages.reduce(
      (sum, _, stage) => (stage > this.stage ? sum + this.secondsOf(stage, 0) : sum),
      0,
    );
    return {
      doneSteps: before + this.doneSteps,
      totalSteps: total,
      rowsPerSecond: this.rowsPerSecond,
      secondsLeftSeed: this.secondsOf(this.stage, this.doneSteps) + later,
    };
  }

  private secondsOf(stage: number, done: number): number {
    const { steps, workPerStep, kind } = this.stages[stage] ?? {
      steps: 0,
      workPerStep: 0,
      kind: 'step' as const,
    };
    const left = Math.max(0, steps - done);
    if (stage === this.stage && this.secondsPerStep > 0) return left * this.secondsPerStep;
    const { seconds, work } = this.measured[kind];
    return left * workPerStep * (work > 0 ? seconds / work : USUAL_SECONDS[kind]);
  }
}
