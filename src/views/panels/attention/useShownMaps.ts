// What the Attention tab shows of the captures of a run: the snapshot, the network, the map in detail with the order of its
// rows, and the scale that it shares with the heads beside it.
import { useMemo } from 'react';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import { type AttentionState, stateOf } from '../../../store/answers.ts';
import { useBeside } from '../../../store/hooks.ts';
import { useStore } from '../../../store/store.ts';
import type { AttentionView } from '../../../store/view.ts';
import { chooseMap, recordAt, scaleOf } from './maps.ts';
import { orderOf, permuteMap } from './order.ts';

const NO_MAPS: readonly AttentionMap[] = [];
const NO_SNAPSHOTS: readonly AttentionState[] = [];

/** @param newest - the newest capture of the run */
export function useShownMaps(runId: string, newest: AttentionState, view: AttentionView) {
  const snapshots = useStore((s) => s.live[runId]?.remembered.attention ?? NO_SNAPSHOTS);
  // A chosen step stays while further snapshots arrive; null follows the newest.
  const placeOf = (step: number | null, fallback: number) => {
    const at = snapshots.findIndex((m) => m.step === step);
    return at < 0 ? fallback : at;
  };
  const attention = recordAt(newest, snapshots, view.at) ?? newest;

  const networks = [...new Set(attention.maps.map((m) => m.network))];
  const network = networks.find((n) => n === view.network) ?? networks[0] ?? null;
  const maps = useMemo(() => attention.maps.filter((m) => m.network === network), [attention.maps, network]);
  const chosen = chooseMap(maps, view);
  const order = useMemo(
    () => chosen && orderOf(chosen, attention.rowFacts, view.order),
    [chosen, attention.rowFacts, view.order],
  );
  const map = useMemo(() => chosen && permuteMap(chosen, order), [chosen, order]);
  const kind = map?.kind;
  const besideRun = useBeside();
  const besideRecord =
    besideRun &&
    recordAt(stateOf(besideRun.answers, 'attention').answer, besideRun.remembered.attention ?? [], view.at);
  const beside = useMemo(
    () => besideRecord?.maps.filter((m) => m.network === network) ?? NO_MAPS,
    [besideRecord, network],
  );
  const { quantity } = view;
  const scale = useMemo(() => {
    const ofKind = (own: readonly AttentionMap[]) => own.filter((m) => m.kind === kind);
    return scaleOf(ofKind(maps), quantity, ofKind(beside));
  }, [maps, beside, kind, quantity]);
  return {
    /** The snapshot on screen. */
    attention,
    snapshots,
    /** Positions among the snapshots: the one on screen, and the one it may be compared with. */
    shownAt: placeOf(view.at, snapshots.length - 1),
    otherAt: placeOf(view.from, 0),
    networks,
    network,
    /** The maps of that network. */
    maps,
    /** Those of the run in the other column. */
    beside,
    /** The map in detail, as it was captured. */
    chosen,
    order,
    /** The same with its rows in that order. */
    map,
    scale,
  };
}
