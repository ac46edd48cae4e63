// Whether the networks of the run on screen can be probed.
import { useLive } from '../../store/hooks.ts';
import type { RunRecord } from '../../store/runRecord.ts';
import { goneOf } from './goneRun.ts';

/** Why they cannot be probed; null if they can. */
export function useGone(run: RunRecord | null): string | null {
  const live = useLive(run?.runId ?? null);
  return run && goneOf(run, live);
}
