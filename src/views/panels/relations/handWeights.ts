// The weights of the tasks' losses in a run in progress: from its settings, its notes, and what was asked for since.
import { cycled } from '../../../engine/config/params.ts';
import type { Role } from '../../../engine/core/roles.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import type { AskedWeights } from '../../../store/state.ts';

/** The weights that the settings give, per task; null if a method computes them. */
export function settingWeights(run: Pick<RunRecord, 'experiment'>, numTasks: number): number[] | null {
  const { weighting, taskWeights, sharpness } = run.experiment.training;
  if (sharpness !== undefined && sharpness !== 'off') return null;
  if (weighting !== 'equal' && weighting !== 'fixed') return null;
  const given = weighting === 'fixed' && Array.isArray(taskWeights) ? (taskWeights as number[]) : [1];
  return Array.from({ length: numTasks }, (_, task) => cycled(given, task));
}

type Trained = Pick<RunRecord, 'runId' | 'notes'> & { seedStates: readonly { seed: number }[] };

/**
 * The weights of a network's tasks now: as last asked for by hand, unless the run has paused a task or has refused them since; else
 * as its notes say, for each seed begins with those of the settings.
 * @param given - weights of the settings, [T]
 */
export function weightsNow(
  { runId, notes, seedStates }: Trained,
  role: Role,
  given: readonly number[],
  asked: AskedWeights | null,
): readonly number[] {
  const seed = seedStates.at(-1)?.seed;
  if (asked?.runId === runId && asked.seed === seed) {
    const isSuperseded = notes
      .slice(asked.notes)
      .some(
        ({ code, taskWeights }) =>
          (code === 'task-paused' && taskWeights?.role === role) || (code === 'task-weights' && !taskWeights),
      );
    if (!isSuperseded) return asked.weights;
  }
  const told = notes.findLast(({ taskWeights: t }) => t?.role === role && t.seed === seed);
  return told?.taskWeights?.weights ?? given;
}
