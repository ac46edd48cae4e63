// Attention captured during a run, for the time slider and for differences between steps. To bound memory, snapshots in the
// middle are thinned; the first and the newest stay.
import type { Measured } from '../engine/probes/registry.ts';

type AttentionState = Measured<'attention'>;

const MOST_SNAPSHOTS = 48;
const MOST_BYTES = 64 * 1024 * 1024;

const bytesOf = ({ maps }: AttentionState): number =>
  maps.reduce((sum, m) => sum + m.weights.byteLength + m.scores.byteLength + m.valueWeights.byteLength, 0);

/** Two captures are snapshots of the same subject when this key is equal. */
const subjectOf = ({ role, seed, request, batch }: AttentionState): string =>
  JSON.stringify([role, seed, request.rows, batch]);

/** Appends `snapshot`. Drops snapshots of other rows, another network or another seed. */
export function withSnapshot(
  history: readonly AttentionState[],
  snapshot: AttentionState,
): readonly AttentionState[] {
  if (snapshot.maps.length === 0) return [];
  const subject = subjectOf(snapshot);
  const before = history.filter((m) => subjectOf(m) === subject && m.step < snapshot.step);
  const kept = [...before, { ...snapshot, against: null }];
  const total = () => kept.reduce((sum, m) => sum + bytesOf(m), 0);
  while (kept.length > 2 && (kept.length > MOST_SNAPSHOTS || total() > MOST_BYTES))
    kept.splice(mostCrowded(kept), 1);
  return kept;
}

/** Index of the inner snapshot whose neighbours are closest; dropping it keeps the rest spread over the run. */
function mostCrowded(snapshots: readonly AttentionState[]): number {
  const gap = (i: number) => (snapshots[i + 1]?.step ?? 0) - (snapshots[i - 1]?.step ?? 0);
  let best = 1;
  for (let i = 2; i < snapshots.length - 1; i++) if (gap(i) < gap(best)) best = i;
  return best;
}
