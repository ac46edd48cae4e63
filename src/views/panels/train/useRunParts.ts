// Parts of a run that keep their identity while their content does. The run itself is a new object after every event, and
// charts must redraw only when their data have changed.
import { useMemo } from 'react';
import type { RunRecord } from '../../../store/runRecord.ts';
import type { StepMark } from '../../charts/frame.ts';
import { failureMarks } from './losses.ts';
import { currentSeed } from './results.ts';

/** Names of the tasks from the data, or from the first scores before the data arrive. */
export function useTaskNames(run: RunRecord | null): string[] {
  const state = run && currentSeed(run);
  const names =
    run?.dataset?.tasks.map((task) => task.name) ??
    state?.records.model[0]?.validation.map((score) => score.task) ??
    [];
  const key = JSON.stringify(names);
  return useMemo(() => JSON.parse(key) as string[], [key]);
}

/** Vertical lines of the failing step and of the checkpoint before it. */
export function useFailureMarks(run: RunRecord | null): StepMark[] {
  const step = run?.status === 'failed' ? (run.error?.fault?.step ?? null) : null;
  const checkpoint = run?.checkpointStep ?? null;
  return useMemo(() => failureMarks(step, checkpoint), [step, checkpoint]);
}

/** Whether a card of results has nothing new to show: other parts of a run change many times a second. */
export function showsTheSame(
  before: { run: RunRecord; catalog: unknown },
  after: { run: RunRecord; catalog: unknown },
): boolean {
  const [a, b] = [before.run, after.run];
  return (
    before.catalog === after.catalog &&
    a.runId === b.runId &&
    a.seedStates === b.seedStates &&
    a.gain === b.gain &&
    a.comparison === b.comparison &&
    a.dataset === b.dataset &&
    a.status === b.status &&
    a.error === b.error &&
    a.checkpointStep === b.checkpointStep
  );
}
