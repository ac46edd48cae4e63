// The stored part of a run: its experiment, and what a page shows of its events. Plain, versioned data that storage takes as it
// is; what belongs to this visit only stands in `runLive.ts`.
import type { Experiment } from '../engine/config/experiment.ts';
import type { ErrorReport } from '../engine/core/errors.ts';
import type { Note } from '../engine/core/notes.ts';
import type { Role } from '../engine/core/roles.ts';
import type { BackendReport } from '../engine/protocol/backend.ts';
import type { DatasetSummary } from '../engine/protocol/data.ts';
import type { Decomposition, GainReport, GainSummary } from '../engine/protocol/gain.ts';
import type {
  ComparedModel,
  EpochRecord,
  NetworkInfo,
  NetworkResult,
  RunResult,
  SeedResult,
} from '../engine/protocol/result.ts';

export type RunStatus =
  | 'preparing'
  | 'running'
  | 'paused'
  | 'stopped'
  | 'failed'
  | 'finished'
  /** It was in training when its tab closed: nothing trains it any more. */
  | 'interrupted';

/** Whether the run has ended or nothing trains it. */
export const isOver = (status: RunStatus): boolean =>
  status !== 'preparing' && status !== 'running' && status !== 'paused';

export interface TestedNetwork {
  result: NetworkResult;
  gain: GainReport | null;
  decomposition: Decomposition | null;
}

export interface SeedState {
  seed: number;
  parts: NetworkInfo[];
  stepsPerEpoch: number;
  epochs: number;
  records: Record<'model' | 'baseline', EpochRecord[]> & Partial<Record<Role, EpochRecord[]>>;
  /** Validation gain of the last finished epoch and its parts, while the seed trains. */
  liveGain: GainReport | null;
  liveDecomposition: Decomposition | null;
  /** Mean gain in percent, for every network that has one. */
  liveMeans: Partial<Record<Role, number>>;
  /** Networks that have been tested while others still train. */
  tested: Partial<Record<Role, TestedNetwork>>;
  /** Set when the seed has finished; its gain is on the test split. */
  result: SeedResult | null;
}

export const RECORD_VERSION = 1;

export interface RunRecord {
  version: typeof RECORD_VERSION;
  runId: string;
  /** "Run 14", or 0 for the example that ships with the page. */
  number: number;
  isExample: boolean;
  /** When it was first begun, ISO 8601. */
  createdAt: string;
  /** The experiment, frozen when the run began. */
  experiment: Experiment;
  seeds: number[];
  backend: BackendReport | null;
  status: RunStatus;
  dataset: DatasetSummary | null;
  /** One per started seed, in order. */
  seedStates: SeedState[];
  /** The file whose weights are measured, and their path within it. */
  weightsRead: { fileName: string; tensors: number; notes: Note[] } | null;
  /** The networks side by side; only those tested so far. */
  comparison: ComparedModel[];
  /** Gain over finished seeds, on the test split. */
  gain: GainSummary | null;
  /** Remarks of the run besides its numbers. */
  notes: readonly Note[];
  error: ErrorReport | null;
  result: RunResult | null;
  /** Step of the last checkpoint that can be resumed from, or null. */
  checkpointStep: number | null;
}

/** Reads a stored record; null if this version of the page cannot read it. */
export function readRecord(stored: RunRecord | undefined): RunRecord | null {
  if (stored?.version !== RECORD_VERSION) return null;
  // Nothing trains it any more.
  return isOver(stored.status) ? stored : { ...stored, status: 'interrupted' };
}
