// What views read from the store: one narrow selector each.
import { useMemo } from 'react';
import { differences } from '../engine/config/codec.ts';
import type { Role } from '../engine/core/roles.ts';
import type { PlanningProps, ProfilingProps } from '../views/panels/panel.ts';
import { costKey } from './costsSlice.ts';
import { profileSubject } from './profileSlice.ts';
import type { RunState, SeedState, SeriesPoints } from './runState.ts';
import { lossPoints } from './series.ts';
import { useStore } from './store.ts';

/** The run on screen. */
export function useRun(): RunState | null {
  return useStore((s) => s.runs.find((r) => r.runId === s.shownRunId) ?? null);
}

/** The seed that runs, or the last one. */
export function useSeedState(): SeedState | null {
  const run = useRun();
  return run?.seedStates.at(-1) ?? null;
}

/** The experiment being edited and its costs, for the panel that plans. */
export function usePlanning(isReadOnly: boolean): PlanningProps {
  const experiment = useStore((s) => s.experiment);
  const costs = useStore((s) => s.costs);
  const costError = useStore((s) => s.costError);
  const measured = useStore((s) => s.measured);
  const measuring = useStore((s) => s.measuring);
  const masking = useStore((s) => s.summary?.masking ?? null);
  const isBusy = useStore((s) => s.activeRunId !== null);
  const { estimateCosts, measureCosts, stopMeasuring, setValue, start } = useStore.getState();
  return useMemo(
    () => ({
      experiment,
      compared: experiment?.compare.map((c) => c.id) ?? [],
      costs,
      costError,
      measuring,
      isBusy,
      isReadOnly,
      masking,
      setMask: (text) => {
        setValue('model.customMask', text);
        setValue('model.mask', 'custom');
      },
      chooseMask: (id) => setValue('model.mask', id),
      train: () => start(),
      measuredOf: (row) => measured[costKey(row)],
      estimate: estimateCosts,
      measure: measureCosts,
      stopMeasuring,
      setCompared: (ids) => setValue('compare', ids),
    }),
    [
      experiment,
      costs,
      costError,
      measured,
      measuring,
      isBusy,
      isReadOnly,
      masking,
      estimateCosts,
      measureCosts,
      stopMeasuring,
      setValue,
      start,
    ],
  );
}

/** Networks that a step can be profiled of, and what was measured of them. */
export function useProfiling(): ProfilingProps {
  const run = useRun();
  const experiment = useStore((s) => s.experiment);
  const planned = useStore((s) => s.summary?.networks ?? null);
  const profiles = useStore((s) => s.profiles);
  const profiling = useStore((s) => s.profiling);
  const error = useStore((s) => s.profileError);
  const isReady = useStore((s) => s.engine === 'ready');
  const ofRun = run && !run.isExample ? run : null;
  const parts = ofRun?.seedStates.at(-1)?.parts.filter((p) => !p.boosted);
  // Trees have no parameters before they grow.
  const networks = parts ?? planned?.filter((n) => n.parameters > 0) ?? [];
  const { key } = profileSubject({
    runs: ofRun ? [ofRun] : [],
    shownRunId: ofRun?.runId ?? null,
    experiment,
  });
  return {
    networks: [...networks].sort((a, b) => Number(a.role === 'baseline') - Number(b.role === 'baseline')),
    profiles: profiles.key === key ? profiles.networks : [],
    profiling,
    error: profiles.key === key ? error : null,
    isReady,
    profile: useStore.getState().profileSteps,
  };
}

/** Per-step losses of the seed on screen, read again when new ones have come. */
export function useLossPoints(role: Role): SeriesPoints | null {
  const run = useRun();
  const seed = useSeedState()?.seed;
  const runId = run?.runId;
  const revision = run?.seriesRevision;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when the series has grown
  return useMemo(
    () => (runId === undefined || seed === undefined ? null : lossPoints(runId, seed, role)),
    [runId, seed, role, revision],
  );
}

/** Settings changed since the run on screen began; empty for the example. */
export function useChanges(): string[] {
  // The frozen experiment, not the run: a run changes ten times a second.
  const frozen = useStore((s) => {
    const run = s.runs.find((r) => r.runId === s.shownRunId);
    return run && !run.isExample ? run.experiment : null;
  });
  const experiment = useStore((s) => s.experiment);
  const catalog = useStore((s) => s.catalog);
  return useMemo(
    () => (frozen && experiment && catalog ? differences(experiment, frozen, catalog) : []),
    [frozen, experiment, catalog],
  );
}
