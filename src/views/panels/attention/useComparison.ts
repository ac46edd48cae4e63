// The map that the map in detail is compared with: of another head, step or run, without a mask, or of other rows.
import { useMemo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { headName, samePlace } from '../../../engine/core/attentionPlace.ts';
import { ATTENTION_ROWS, type AttentionMap } from '../../../engine/protocol/attention.ts';
import { type AttentionState, stateOf } from '../../../store/answers.ts';
import type { RunLive } from '../../../store/runLive.ts';
import type { RunRecord } from '../../../store/runRecord.ts';
import type { Runs } from '../../../store/runs.ts';
import { useStore } from '../../../store/store.ts';
import type { CompareView } from '../../../store/view.ts';
import { type Against, against, sameMap, snapshotLabel } from './against.ts';
import { describeRows } from './maps.ts';
import { permuteMap } from './order.ts';

const mapsOf = (live?: RunLive) => stateOf(live?.answers, 'attention').answer?.maps ?? null;

const runLabel = (run: RunRecord): string => (run.isExample ? 'Example run' : `Run ${run.number}`);

/** The labels of the other runs that have maps, by run id. */
const othersOf = ({ runs, live }: Runs, runId: string): Record<string, string> =>
  Object.fromEntries(
    runs
      .filter((r) => r.runId !== runId && (mapsOf(live[r.runId])?.length ?? 0) > 0)
      .map((r) => [r.runId, runLabel(r)]),
  );

export interface ComparisonOptions {
  runId: string;
  compare: CompareView;
  /** The map in detail as it was captured, and the order in which its rows are shown. */
  chosen: AttentionMap | null;
  order: readonly number[] | null;
  /** All maps of its network. */
  maps: readonly AttentionMap[];
  attention: AttentionState;
  /** The snapshot that it may be compared with. */
  snapshot: AttentionState | undefined;
  /** Why nothing more can be measured of the run; null if it can. */
  gone: string | null;
}

export function useComparison(options: ComparisonOptions) {
  const { runId, compare, chosen, order, maps, attention, snapshot, gone } = options;
  // Labels and maps alone: runs and their state are new objects after every event.
  const labels = useStore(useShallow((s) => othersOf(s, runId)));
  const [wanted, setOtherRun] = useState('');
  const runs = Object.entries(labels).map(([id, label]) => ({ runId: id, label }));
  const { runId: otherRun, label: theirLabel } = runs.find((r) => r.runId === wanted) ??
    runs[0] ?? { runId: '', label: 'another run' };
  const theirMaps = useStore((s) => mapsOf(s.live[otherRun]));
  const choice = useMemo((): Against | null => {
    if (!chosen) return null;
    switch (compare.kind) {
      case 'none':
        return null;
      case 'head': {
        const { block, head } = compare;
        const same = maps.find((m) => samePlace(m, { ...chosen, block, head }));
        return against(chosen, same, headName(compare));
      }
      case 'step':
        return against(
          chosen,
          sameMap(snapshot?.maps ?? null, chosen),
          snapshot ? snapshotLabel(snapshot) : 'the step',
        );
      case 'run':
        return against(chosen, sameMap(theirMaps, chosen), theirLabel);
      default: {
        const label = compare.kind === 'no-mask' ? 'no mask' : describeRows(compare.rows, ATTENTION_ROWS);
        if (!attention.against)
          return { map: null, problem: gone ?? `The next record shows the difference to ${label}.` };
        return against(chosen, sameMap(attention.against, chosen), label);
      }
    }
  }, [chosen, compare, maps, snapshot, theirLabel, theirMaps, attention.against, gone]);
  const other = useMemo(
    () => (choice?.map ? { map: permuteMap(choice.map, order), label: choice.label } : null),
    [choice, order],
  );
  return {
    /** The other map with its rows in the order on screen, if there is one. */
    other,
    /** Why there is none although one was asked for; null otherwise. */
    problem: choice && !choice.map ? choice.problem : null,
    /** The runs that can be compared with, the chosen one, and its choice. */
    runs,
    otherRun,
    setOtherRun,
  };
}
