// What is kept of a run: its experiment, and its events added up to what a page shows of them. Plain data of a version, which
// storage takes as it is; what is of this visit alone stands in `runLive.ts`.
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
  /** It was under way when its tab went: nothing trains it any more. */
  | 'interrupted';

/** Whether nothing more comes of it by itself. */
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
  /** Validation gain of the last finished epoch, and what it consists of, while the seed runs. */
  liveGain: GainReport | null;
  liveDecomposition: Decomposition | null;
  /** Its mean, percent, for every network that has one. */
  liveMeans: Partial<Record<Role, number>>;
  /** Networks that have been tested, while others still train. */
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
  /** Frozen when the run began. */
  experiment: Experiment;
  seeds: number[];
  backend: BackendReport | null;
  status: RunStatus;
  dataset: DatasetSummary | null;
  /** One per started seed, in order. */
  seedStates: SeedState[];
  /** The file whose weights are measured, and where in it they were. */
  weightsRead: { fileName: string; tensors: number; notes: Note[] } | null;
  /** The networks side by side, as far as they have been tested. */
  comparison: ComparedModel[];
  /** Over finished seeds, on the test split. */
  gain: GainSummary | null;
  /** What the run said beside its numbers. */
  notes: readonly Note[];
  error: ErrorReport | null;
  result: RunResult | null;
  /** Step of the last checkpoint that can be resumed from, or null. */
  checkpointStep: number | null;
}

/** A record that was stored; null where this version of the page cannot read it. */
export function readRecord(stored: RunRecord | undefined): RunRecord | null {
  if (stored?.version !== RECORD_VERSION) return null;
  // Nothing trains it any more.
  return isOver(stored.status) ? stored : { ...stored, status: 'interrupted' };
}
