// Entries of kept runs, for tests of the Runs tab.
import type { Experiment } from '../../../engine/config/experiment.ts';
import { type NetworkSummary, NO_LABELS, type RunEntry } from '../../../store/runEntry.ts';

export const experiment: Experiment = {
  version: 1,
  seed: 0,
  repeats: 1,
  data: { id: 'multitab-bench', params: {} },
  tasks: { rho: 0.5 },
  model: { id: 'multitab-net', params: {} },
  compare: [],
  training: {},
  baseline: null,
};

/** @param gain - per seed, percent */
export const modelSummary = (gain: number[] | null, scores = gain ?? [0.5]): NetworkSummary => ({
  role: 'model',
  id: 'multitab-net',
  label: 'MultiTab-Net',
  parameters: 1000,
  trainSeconds: 2,
  perTask: [{ task: 'y1', metric: 'auroc', higherIsBetter: true, perSeed: scores }],
  gain,
  sharing: null,
});

export function entry(number: number, change: Partial<RunEntry> = {}): RunEntry {
  return {
    runId: `r${number}`,
    number,
    createdAt: `2026-01-${String(number).padStart(2, '0')}T00:00:00Z`,
    status: 'finished',
    experiment,
    seeds: [0],
    labels: NO_LABELS,
    backend: 'wasm',
    table: 'MultiTab-Bench',
    elapsedMs: 1000,
    networks: [modelSummary([number])],
    bytes: { record: 1000 * number, series: 0, captures: 0, networks: 0 },
    deletedAt: null,
    ...change,
  };
}
