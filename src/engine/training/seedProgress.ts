// Reports the progress of a seed: what trains, its position, and the time left.
import type { RunEvent } from '../protocol/run.ts';
import { ProgressMeter, type StageLoad } from './progressMeter.ts';

type ProgressEvent = Extract<RunEvent, { type: 'progress' }>;
type Where = Pick<ProgressEvent, 'phase' | 'roles' | 'epoch' | 'epochs'>;

export interface SeedProgressOptions {
  seed: number;
  seedIndex: number;
  seedCount: number;
  stages: readonly StageLoad[];
  emit(event: Omit<ProgressEvent, 'runId' | 'step'>): void;
}

export class SeedProgress {
  private readonly o: SeedProgressOptions;
  private readonly meter: ProgressMeter;
  private stage = 0;

  constructor(options: SeedProgressOptions) {
    this.o = options;
    this.meter = new ProgressMeter(options.stages);
  }

  /** @param doneSteps - steps of this stage done before a resume */
  beginStage(stage: number, doneSteps: number): void {
    this.stage = stage;
    this.meter.beginStage(stage, doneSteps);
  }

  addStep(rows: number): void {
    this.meter.addStep(rows);
  }

  /** @param force - report even if the last report is recent */
  tell(where: Where, force: boolean): void {
    const progress = this.meter.report(force);
    if (!progress) return;
    const { seed, seedIndex, seedCount, stages, emit } = this.o;
    emit({
      type: 'progress',
      seed,
      seedIndex,
      seedCount,
      ...where,
      stage: this.stage,
      stages: stages.length,
      ...progress,
      secondsLeft: progress.secondsLeftSeed + this.meter.secondsPerSeed * (seedCount - 1 - seedIndex),
    });
  }
}
