// The page's picture of one run: what the events of the worker add up to. Plain data; the long per-step series live
// in `series.ts`, outside React, and are found by (runId, seed, role).

import type { Experiment } from '../engine/config/experiment.ts';
import type { ErrorReport, Issue } from '../engine/core/errors.ts';
import type { Note } from '../engine/core/notes.ts';
import type { Role } from '../engine/core/roles.ts';
import type { Measured } from '../engine/probes/registry.ts';
import type { BackendReport } from '../engine/protocol/backend.ts';
import type { DatasetSummary } from '../engine/protocol/data.ts';
import type { Decomposition, GainReport, GainSummary } from '../engine/protocol/gain.ts';
import type {
  ComparedModel,
  EpochRecord,
  PartInfo,
  PartResult,
  RunResult,
  SeedResult,
} from '../engine/protocol/result.ts';
import type { RunEvent } from '../engine/protocol/run.ts';
import type { Probed } from './answers.ts';

export type RunStatus = 'preparing' | 'running' | 'paused' | 'stopped' | 'failed' | 'finished';

export interface TestedNetwork {
  result: PartResult;
  gain: GainReport | null;
  decomposition: Decomposition | null;
}

export interface SeedState {
  seed: number;
  parts: PartInfo[];
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

export type ProgressState = Omit<Extract<RunEvent, { type: 'progress' }>, 'type' | 'runId'>;
export type AttentionState = Measured<'attention'>;
export type ExpertsState = Measured<'expert-use'>;
export type ProofState = Measured<'mask-tests'>;

export interface RunState extends Probed {
  runId: string;
  /** "Run 14", or 0 for the example that ships with the page. */
  number: number;
  isExample: boolean;
  /** How often it was begun or taken up again. */
  starts: number;
  /** Frozen when the run began. */
  experiment: Experiment;
  seeds: number[];
  backend: BackendReport | null;
  status: RunStatus;
  /** While preparing: what is being made, and how much of it is done. */
  preparing: { phase: string; fraction: number } | null;
  /** GPU kernels that are compiled, while others still are. */
  compiling: { ready: number; total: number } | null;
  dataset: DatasetSummary | null;
  /** One per started seed, in order. */
  seedStates: SeedState[];
  progress: ProgressState | null;
  /** Why the weights last asked for were not saved. */
  weightsIssue: Issue | null;
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
  /** Counts flushes of the series, so that charts know when to read them again. */
  seriesRevision: number;
}

/** Points of a per-step series, thinned for drawing. All arrays have one entry per point. */
export interface SeriesPoints {
  steps: number[];
  /** Per task. */
  taskLosses: number[][];
  gradientNorms: number[];
}
