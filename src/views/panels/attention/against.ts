// What a map can be compared with (another head, an earlier step, another run, no mask, other rows), and the difference.
import { samePlace } from '../../../engine/core/attentionPlace.ts';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import type { AttentionState } from '../../../store/answers.ts';
import type { AttentionQuantity } from '../../../store/view.ts';
import { BOTH_RUNS, divergingScale, sharedBy } from '../../charts/heatmap/colorScale.ts';
import type { HeatmapMark } from '../../charts/heatmap/mark.ts';
import { quantityOf } from './quantities.ts';

/** The other map, or why there is none. */
export type Against = { map: AttentionMap; label: string } | { map: null; problem: string };

const names = (tokens: AttentionMap['keys']): string => JSON.stringify(tokens.map((t) => t.name));

/** Pairs this map with another one, named by `label`. */
export function against(map: AttentionMap, other: AttentionMap | undefined, label: string): Against {
  if (!other) return { map: null, problem: `${label} has no such map.` };
  if (names(other.queries) !== names(map.queries) || names(other.keys) !== names(map.keys)) {
    const size = (m: AttentionMap) => `${m.queries.length} × ${m.keys.length}`;
    return {
      map: null,
      problem: `The maps must have the same queries and keys: this one has ${size(map)}, that of ${label} ${size(other)} or other names.`,
    };
  }
  return { map: other, label };
}

/** The map at the same place in another capture. */
export const sameMap = (maps: readonly AttentionMap[] | null, map: AttentionMap): AttentionMap | undefined =>
  maps?.find((m) => samePlace(m, map));

/** One value per cell, this minus the other; NaN where a score after the mask is −∞ in either. */
export function differenceOf(
  map: AttentionMap,
  other: AttentionMap,
  quantity: AttentionQuantity,
): Float32Array {
  const { values } = quantityOf(quantity);
  const others = values(other);
  const difference = values(map).slice();
  for (let i = 0; i < difference.length; i++) {
    const change = (difference[i] as number) - (others[i] as number);
    difference[i] = Number.isFinite(change) ? change : Number.NaN;
  }
  return difference;
}

/** Largest absolute difference. */
export function largestChange(difference: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < difference.length; i++) {
    const change = Math.abs(difference[i] as number);
    if (change > largest) largest = change;
  }
  return largest;
}

/**
 * Differences around a neutral zero; NaN has no colour.
 * @param beside - the largest change of the map in the other column, which has the same scale; null for none
 */
export function differenceColors(
  difference: Float32Array,
  beside: number | null = null,
): Pick<HeatmapMark, 'scale' | 'blank'> {
  const blank = new Uint8Array(difference.length);
  for (let i = 0; i < blank.length; i++) blank[i] = Number(Number.isNaN(difference[i]));
  const scale = divergingScale(Math.max(largestChange(difference), beside ?? 0), 'difference');
  return { scale: beside === null ? scale : sharedBy(scale, BOTH_RUNS), blank };
}

/** Captured snapshots of a run, oldest first; during training the newest is on screen. */
export const snapshotLabel = ({ step, epoch }: Pick<AttentionState, 'step' | 'epoch'>): string =>
  `step ${step.toLocaleString('en')}, epoch ${epoch}`;
