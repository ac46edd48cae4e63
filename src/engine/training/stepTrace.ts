// Collects the losses of single steps and emits them in batches, so that messages are few at any speed.
import type { Role } from '../core/roles.ts';
import type { StepReport } from './networkInTraining.ts';

/** At most ten messages a second. */
const INTERVAL_MS = 100;

export interface StepRun {
  role: Role;
  firstStep: number;
  taskLosses: Float32Array;
  gradientNorms: Float32Array;
}

export class StepTrace {
  private readonly pending: { role: Role; firstStep: number; losses: number[]; norms: number[] }[];
  private lastTaken = 0;

  constructor(roles: readonly Role[]) {
    this.pending = roles.map((role) => ({ role, firstStep: 0, losses: [], norms: [] }));
  }

  /** Steps of a role arrive in order. */
  add(role: Role, report: StepReport): void {
    const run = this.pending.find((p) => p.role === role);
    if (!run) return;
    if (run.norms.length === 0) run.firstStep = report.step;
    run.losses.push(...report.taskLosses);
    run.norms.push(report.gradientNorm);
  }

  /** Everything collected since the last call; nothing if that is recent and `force` is false. */
  take(force: boolean): StepRun[] {
    const now = performance.now();
    if (!force && now - this.lastTaken < INTERVAL_MS) return [];
    this.lastTaken = now;
    const runs = this.pending
      .filter((p) => p.norms.length > 0)
      .map(({ role, firstStep, losses, norms }) => ({
        role,
        firstStep,
        taskLosses: Float32Array.from(losses),
        gradientNorms: Float32Array.from(norms),
      }));
    for (const p of this.pending) {
      p.losses = [];
      p.norms = [];
    }
    return runs;
  }
}
