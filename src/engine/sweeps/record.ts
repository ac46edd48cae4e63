// The stored form of a run of a sweep: its result without times, so that the same run is the same text wherever and however
// often it ran; times are stored beside it. Files have one JSON text per line.
import type { BackendReport } from '../protocol/backend.ts';
import type { NetworkResult, RunResult, SeedResult } from '../protocol/result.ts';
import type { SweepRun } from './expand.ts';

export const RECORD_VERSION = 1;

export interface SweepRecord {
  version: typeof RECORD_VERSION;
  /** Id of the run. */
  run: string;
  cell: string;
  seed: number;
  /** With all times set to 0. */
  result: RunResult;
}

/** How long a run took, and where. */
export interface RunTimes {
  run: string;
  startedAt: string;
  elapsedMs: number;
  /** Training and evaluation by role. */
  networks: { role: string; trainMs: number; evaluationMs: number }[];
  backend: Pick<BackendReport, 'active' | 'adapter'>;
  /** The machine's name, if known. */
  machine: string;
}

const networksIn = (seed: SeedResult): NetworkResult[] => [
  ...(seed.baseline ? [seed.baseline] : []),
  seed.model,
  ...seed.others.map((other) => other.result),
];

/** Splits a finished run into its result and its times. */
export function recordOf(
  { id: run, cell, seed }: Pick<SweepRun, 'id' | 'cell' | 'seed'>,
  result: RunResult,
  machine: string,
): { record: SweepRecord; times: RunTimes } {
  const still = structuredClone(result);
  still.startedAt = '';
  still.elapsedMs = 0;
  for (const own of still.seeds)
    for (const network of networksIn(own)) Object.assign(network, { trainMs: 0, evaluationMs: 0 });
  for (const column of still.comparison) column.trainSeconds = 0;
  return {
    record: { version: RECORD_VERSION, run, cell, seed, result: still },
    times: {
      run,
      startedAt: result.startedAt,
      elapsedMs: result.elapsedMs,
      networks: result.seeds.flatMap(networksIn).map(({ role, trainMs, evaluationMs }) => ({
        role,
        trainMs,
        evaluationMs,
      })),
      backend: { active: result.backend.active, adapter: result.backend.adapter },
      machine,
    },
  };
}
