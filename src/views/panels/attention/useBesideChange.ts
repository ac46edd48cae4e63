// How far the maps of the run in the other column differ, so that two maps of differences beside each other have one scale.
import { useMemo } from 'react';
import { samePlace } from '../../../engine/core/attentionPlace.ts';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import { type AttentionState, stateOf } from '../../../store/answers.ts';
import { useBeside } from '../../../store/hooks.ts';
import type { AttentionView } from '../../../store/view.ts';
import { against, differenceOf, largestChange, sameMap } from './against.ts';
import { recordAt } from './maps.ts';

const NO_SNAPSHOTS: readonly AttentionState[] = [];

/**
 * The map that one of the other column is compared with. Two runs compared with each other differ by as much either way.
 * @param record - what the other column shows
 * @param snapshots - all captures of its run
 */
function besideOf(
  theirs: AttentionMap,
  { compare, from }: Pick<AttentionView, 'compare' | 'from'>,
  record: AttentionState,
  snapshots: readonly AttentionState[],
): AttentionMap | undefined {
  switch (compare.kind) {
    case 'none':
    case 'run':
      return undefined;
    case 'head': {
      const { block, head } = compare;
      return record.maps.find(
        (m) => m.network === theirs.network && samePlace(m, { ...theirs, block, head }),
      );
    }
    case 'step':
      return sameMap((snapshots.find((s) => s.step === from) ?? snapshots[0])?.maps ?? null, theirs);
    default:
      return sameMap(record.against ?? null, theirs);
  }
}

/**
 * @param chosen - the map in detail of this column
 * @returns the largest absolute difference there; null where nothing is compared, or no run is beside this one
 */
export function useBesideChange(chosen: AttentionMap | null, view: AttentionView): number | null {
  const run = useBeside();
  const snapshots = run?.remembered.attention ?? NO_SNAPSHOTS;
  const newest = run ? stateOf(run.answers, 'attention').answer : null;
  const record = recordAt(newest, snapshots, view.at);
  const { compare, from, quantity } = view;
  return useMemo(() => {
    const theirs = chosen && record && sameMap(record.maps, chosen);
    const other = theirs ? besideOf(theirs, { compare, from }, record, snapshots) : undefined;
    if (!theirs || !against(theirs, other, '').map || !other) return null;
    return largestChange(differenceOf(theirs, other, quantity));
  }, [chosen, record, snapshots, compare, from, quantity]);
}
