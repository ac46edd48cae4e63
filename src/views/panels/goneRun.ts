// Whether the networks of a run can still be probed: an engine trains them, or they are stored.
import type { RunLive } from '../../store/runLive.ts';
import { isOver, type RunRecord } from '../../store/runRecord.ts';

/** Why they cannot be probed; null if they can. */
export function goneOf(run: RunRecord, live: Pick<RunLive, 'hasNetworks'> | null): string | null {
  if (run.isExample) return 'The example is a recording. Run this experiment to look into its networks.';
  if (!isOver(run.status) || live?.hasNetworks) return null;
  if (run.status === 'interrupted')
    return `Run ${run.number} was interrupted. Go on from its checkpoint in the Runs tab, or train it again, to look into its networks.`;
  return `The networks of run ${run.number} are not kept. Train it again to look into them.`;
}
