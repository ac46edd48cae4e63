// What stands in the place of an answer while a network is to be measured. A run that goes on is measured after its next epoch;
// one that is over, at once.
import type { Role } from '../../engine/core/roles.ts';
import { isOver, type RunRecord } from '../../store/runRecord.ts';

/**
 * Null if no answer is on its way, or if it is that of a network which was chosen while others train: see `absenceOf`.
 * @param role - the network that is asked for; null for the one in training
 */
export function pendingOf(
  run: Pick<RunRecord, 'status'> | null,
  role: Role | null,
  probe: { isOpen: boolean; progress: unknown },
): { title: string; text: string } | null {
  if (!run) return null;
  if (probe.progress || (probe.isOpen && isOver(run.status)))
    return { title: 'Being measured', text: 'The answer stands here in a moment.' };
  if (isOver(run.status) || role) return null;
  return { title: 'Not measured yet', text: 'The first measurement of this run will be shown here.' };
}
