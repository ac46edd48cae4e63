// The captured moments of a run, for its time slider and for differences between steps. Kept within bounds by thinning the
// middle: the first and the newest stay.
import type { Measured } from '../engine/probes/registry.ts';

type AttentionState = Measured<'attention'>;

const MOST_MOMENTS = 48;
const MOST_BYTES = 64 * 1024 * 1024;

const bytesOf = ({ maps }: AttentionState): number =>
  maps.reduce((sum, m) => sum + m.weights.byteLength + m.scores.byteLength + m.valueWeights.byteLength, 0);

/** What makes two captures moments of the same thing. */
const subjectOf = ({ role, seed, request, batch }: AttentionState): string =>
  JSON.stringify([role, seed, request.rows, batch]);

/** With `moment` at the end. Moments of other rows, another network or another seed are dropped. */
export function withMoment(
  history: readonly AttentionState[],
  moment: AttentionState,
): readonly AttentionState[] {
  if (moment.maps.length === 0) return [];
  const subject = subjectOf(moment);
  const before = history.filter((m) => subjectOf(m) === subject && m.step < moment.step);
  const kept = [...before, { ...moment, against: null }];
  const total = () => kept.reduce((sum, m) => sum + bytesOf(m), 0);
  while (kept.length > 2 && (kept.length > MOST_MOMENTS || total() > MOST_BYTES))
    kept.splice(mostCrowded(kept), 1);
  return kept;
}

/** The inner moment whose neighbours are closest, so that what stays is spread over the run. */
function mostCrowded(moments: readonly AttentionState[]): number {
  const gap = (i: number) => (moments[i + 1]?.step ?? 0) - (moments[i - 1]?.step ?? 0);
  let best = 1;
  for (let i = 2; i < moments.length - 1; i++) if (gap(i) < gap(best)) best = i;
  return best;
}
