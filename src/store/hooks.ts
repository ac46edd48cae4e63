// Hooks that read the store: one narrow selector each.
import { createContext, useContext, useMemo } from 'react';
import type { Catalog } from '../engine/config/catalog.ts';
import { type Change, changesBetween } from '../engine/config/changes.ts';
import type { Experiment } from '../engine/config/experiment.ts';
import type { Role } from '../engine/core/roles.ts';
import type { ExperimentSummary } from '../engine/protocol/experiment.ts';
import { hasActiveRun } from './engines.ts';
import type { RunLive } from './runLive.ts';
import type { RunRecord, SeedState } from './runRecord.ts';
import { lossPoints, type SeriesPoints } from './series.ts';
import { useStore } from './store.ts';
import type { PanelView } from './view.ts';

/** The experiment being edited, for panels that plan a run. */
export interface Planning {
  /** A new object whenever a setting changes. */
  experiment: Experiment | null;
  /** Ids of the further models to compare, in order. */
  compared: readonly string[];
  /** The tokens that the model's masks apply to; null for models without masks, and until the engine has answered. */
  masking: ExperimentSummary['masking'];
  /** Sets a painted mask, given as text. */
  setMask(text: string): void;
  /** Chooses a mask of the registry. */
  chooseMask(id: string): void;
  /** Runs the experiment as it is. */
  train(): void;
  /** A run is active, and measuring would slow it. */
  isBusy: boolean;
  setCompared(ids: readonly string[]): void;
}

/** All runs of this visit. */
export const useRuns = (): readonly RunRecord[] => useStore((s) => s.runs);

/** Labels and directions of metrics; null until the engine has started. */
export const useCatalog = (): Catalog | null => useStore((s) => s.catalog);

/** The choices within the panels, and a function that changes them. */
export function useView(): [PanelView, (patch: Partial<PanelView>) => void] {
  const view = useStore((s) => s.view);
  return [view, useStore.getState().setView];
}

/** The run on screen. */
export function useRun(): RunRecord | null {
  const own = useContext(RunOfColumn);
  return useStore((s) => s.runs.find((r) => r.runId === (own ?? s.shownRunId)) ?? null);
}

/** The run that a column of the page shows instead of the run on screen, where two runs stand side by side. */
export const RunOfColumn = createContext<string | null>(null);

/** The run in the other column, where two runs stand side by side: what both show has one scale. */
export const RunBeside = createContext<string | null>(null);

/** The state of that run; null where no other run stands beside. */
export const useBeside = (): RunLive | null => useLive(useContext(RunBeside));

/** The state of a run that is not stored: progress, answers, counters. */
export function useLive(runId: string | null): RunLive | null {
  return useStore((s) => (runId === null ? null : (s.live[runId] ?? null)));
}

/** The seed in training, or the last one. */
export function useSeedState(): SeedState | null {
  const run = useRun();
  return run?.seedStates.at(-1) ?? null;
}

/** The experiment being edited, for the panels that plan. */
export function usePlanning(): Planning {
  const experiment = useStore((s) => s.experiment);
  const masking = useStore((s) => s.summary?.masking ?? null);
  const isBusy = useStore(hasActiveRun);
  const { setValue, start } = useStore.getState();
  return useMemo(
    () => ({
      experiment,
      compared: experiment?.compare.map((c) => c.id) ?? [],
      isBusy,
      masking,
      setMask: (text) => {
        setValue('model.customMask', text);
        setValue('model.mask', 'custom');
      },
      chooseMask: (id) => setValue('model.mask', id),
      train: () => start(),
      setCompared: (ids) => setValue('compare', ids),
    }),
    [experiment, isBusy, masking, setValue, start],
  );
}

/**
 * Networks trained by gradients, whose steps can be profiled: those of the run on screen, or of the experiment on the left if
 * there is no run. The baseline comes last.
 */
export function useProfiledNetworks(): readonly { role: Role; label: string }[] {
  const run = useRun();
  const planned = useStore((s) => s.summary?.networks ?? null);
  const parts = run && !run.isExample ? run.seedStates.at(-1)?.parts.filter((p) => !p.boosted) : undefined;
  // Trees have no parameters until they are grown.
  const networks = parts ?? planned?.filter((n) => n.parameters > 0) ?? [];
  return [...networks].sort((a, b) => Number(a.role === 'baseline') - Number(b.role === 'baseline'));
}

/** Per-step losses of the seed on screen; reads them again when new ones arrive. */
export function useLossPoints(role: Role): SeriesPoints | null {
  const runId = useRun()?.runId;
  const seed = useSeedState()?.seed;
  const revision = useLive(runId ?? null)?.seriesRevision;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when the series has grown
  return useMemo(
    () => (runId === undefined || seed === undefined ? null : lossPoints(runId, seed, role)),
    [runId, seed, role, revision],
  );
}

/** Settings on the left that differ from those of the run on screen, or of the example. */
export function useDeviation(): readonly Change[] {
  // Selects the frozen experiment and not the run, which changes ten times a second.
  const frozen = useStore((s) => s.runs.find((r) => r.runId === s.shownRunId)?.experiment ?? null);
  const experiment = useStore((s) => s.experiment);
  const catalog = useStore((s) => s.catalog);
  return useMemo(
    () => (frozen && experiment && catalog ? changesBetween(experiment, frozen, catalog) : []),
    [frozen, experiment, catalog],
  );
}

/** Paths of the settings changed since the run on screen began; empty for the example. */
export function useChanges(): readonly string[] {
  const changes = useDeviation();
  const isExample = useStore((s) => s.runs.find((r) => r.runId === s.shownRunId)?.isExample ?? false);
  return useMemo(() => (isExample ? [] : changes.map((c) => c.key)), [changes, isExample]);
}
