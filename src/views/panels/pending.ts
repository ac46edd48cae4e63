// What stands in the place of an answer while a network is measured. A run that goes on is measured after its next epoch; one
// that is over, at once.
import { isOver, type RunRecord } from '../../store/runRecord.ts';

/** Null if no answer is on its way. */
export function pendingOf(
  run: Pick<RunRecord, 'status'> | null,
  probe: { isOpen: boolean; progress: unknown },
): { title: string; text: string } | null {
  if (!run || !(probe.progress || (probe.isOpen && isOver(run.status)))) return null;
  return { title: 'Being measured', text: 'The answer stands here in a moment.' };
}
