// The events of a run, in chronological order.
import type { Experiment } from '../config/experiment.ts';
import type { ErrorReport, Issue } from '../core/errors.ts';
import type { Note } from '../core/notes.ts';
import type { Role } from '../core/roles.ts';
import type { BackendReport } from './backend.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { DatasetSummary } from './data.ts';
import type { Decomposition, GainReport } from './gain.ts';
import type { KeptNetworks } from './keptNetworks.ts';
import type { ProbeAnswer } from './probe.ts';
import type {
  ComparedModel,
  EpochRecord,
  NetworkInfo,
  NetworkResult,
  RunResult,
  SeedResult,
} from './result.ts';

/**
 * Events of a run, each with `runId` and `step`. `step` counts the steps of the network in training (of the model, if the
 * baseline trains beside it).
 */
export type RunEvent = { runId: string; step: number } & (
  | {
      type: 'run-started';
      experiment: Experiment;
      seeds: number[];
      backend: BackendReport;
      startedAt: string;
      resumedFromStep: number | null;
    }
  | { type: 'data-progress'; phase: string; fraction: number }
  | { type: 'dataset'; dataset: DatasetSummary }
  /** GPU programs are being compiled before they are needed. */
  | { type: 'compiling'; ready: number; total: number }
  | {
      type: 'seed-started';
      seed: number;
      seedIndex: number;
      /** The networks of the seed, in order; the field's name is that of recorded runs. */
      parts: NetworkInfo[];
      /** Steps per epoch of the model. */
      stepsPerEpoch: number;
      epochs: number;
    }
  | {
      /** Losses of consecutive steps of one network, oldest first. */
      type: 'steps';
      role: Role;
      seed: number;
      epoch: number;
      firstStep: number;
      /** Row-major [steps, tasks]. */
      taskLosses: Float32Array;
      /** Global L2 norm before clipping, one per step. */
      gradientNorms: Float32Array;
    }
  | { type: 'epoch'; role: Role; seed: number; record: EpochRecord }
  /** Validation gain, at the best epochs so far. */
  | { type: 'gain'; role: Role; seed: number; gain: GainReport | null; decomposition: Decomposition | null }
  /** A network has been tested; with the columns of the comparison so far, over all seeds. */
  | {
      type: 'tested';
      seed: number;
      result: NetworkResult;
      /** Test gain; null for the baseline and without one. */
      gain: GainReport | null;
      /** Also null until its twin is tested; `comparison` has it then. */
      decomposition: Decomposition | null;
      comparison: ComparedModel[];
    }
  | {
      type: 'progress';
      seed: number;
      seedIndex: number;
      seedCount: number;
      phase: 'searching-rate' | 'training' | 'validating' | 'testing';
      /** The networks in training, and their position in the queue of this seed. */
      roles: Role[];
      stage: number;
      stages: number;
      epoch: number;
      epochs: number;
      /** Steps of all networks of this seed: done, and total. */
      doneSteps: number;
      totalSteps: number;
      rowsPerSecond: number;
      secondsLeftSeed: number;
      secondsLeft: number;
    }
  | ProbeAnswer
  | { type: 'weights'; role: Role; fileName: string; bytes: Uint8Array; python: string }
  | { type: 'weights-refused'; role: Role; issue: Issue }
  /** The weights of a file have been loaded into the model; `notes` say where in the file they were, if that needs mention. */
  | { type: 'weights-read'; role: Role; fileName: string; tensors: number; notes: Note[] }
  /** A remark for readers of the run that needs no action. */
  | { type: 'note'; role: Role; note: Note }
  | { type: 'state'; state: 'running' | 'paused' }
  | { type: 'checkpoint'; checkpoint: Checkpoint }
  /** The networks at the run's end, for opening the run again. */
  | { type: 'networks'; kept: KeptNetworks }
  | { type: 'seed-finished'; result: SeedResult }
  | { type: 'run-finished'; result: RunResult }
  | { type: 'run-failed'; error: ErrorReport; result: RunResult }
);
