// Whether the networks of a run can still be asked: the engine holds those of the newest run alone.
import type { RunRecord } from '../../store/runRecord.ts';

/** Why they cannot; null when they can. */
export function goneOf(run: RunRecord, runs: readonly RunRecord[]): string | null {
  if (run.isExample) return 'The example is a recording. Run this experiment to look into its networks.';
  const newest = Math.max(run.number, ...runs.map((r) => r.number));
  if (newest === run.number) return null;
  return `The networks of run ${run.number} went when run ${newest} began. Train it again to look into them.`;
}
