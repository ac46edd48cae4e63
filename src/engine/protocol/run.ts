// The events of a run, in the order of time.
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

/** What a run says; `runId` and `step` on every one. `step` counts the steps of the network in training (of the model,
 * where the baseline trains beside it). */
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
  /** Programs of the GPU that are compiled before they are needed. */
  | { type: 'compiling'; ready: number; total: number }
  | {
      type: 'seed-started';
      seed: number;
      seedIndex: number;
      /** The networks of the seed, in order; the name is that of recorded runs. */
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
  /** On the validation split, at the best epochs so far. */
  | { type: 'gain'; role: Role; seed: number; gain: GainReport | null; decomposition: Decomposition | null }
  /** A network has been tested; with the columns of the comparison so far, over all seeds. */
  | {
      type: 'tested';
      seed: number;
      result: NetworkResult;
      /** On the test split; null for the baseline and without one. */
      gain: GainReport | null;
      /** Null as well while its twin is not tested; `comparison` has it then. */
      decomposition: Decomposition | null;
      comparison: ComparedModel[];
    }
  | {
      type: 'progress';
      seed: number;
      seedIndex: number;
      seedCount: number;
      phase: 'searching-rate' | 'training' | 'validating' | 'testing';
      /** The networks that train at present, and where they stand in the queue of this seed. */
      roles: Role[];
      stage: number;
      stages: number;
      epoch: number;
      epochs: number;
      /** Steps of all networks of this seed, done and in all. */
      doneSteps: number;
      totalSteps: number;
      rowsPerSecond: number;
      secondsLeftSeed: number;
      secondsLeft: number;
    }
  | ProbeAnswer
  | { type: 'weights'; role: Role; fileName: string; bytes: Uint8Array; python: string }
  | { type: 'weights-refused'; role: Role; issue: Issue }
  /** The weights of a file are in the model; `notes` say where in the file they were, where that needs saying. */
  | { type: 'weights-read'; role: Role; fileName: string; tensors: number; notes: Note[] }
  /** What a reader of the run should know and need not act on. */
  | { type: 'note'; role: Role; note: Note }
  | { type: 'state'; state: 'running' | 'paused' }
  | { type: 'checkpoint'; checkpoint: Checkpoint }
  /** Its networks at its end, for a run that is to be opened again. */
  | { type: 'networks'; kept: KeptNetworks }
  | { type: 'seed-finished'; result: SeedResult }
  | { type: 'run-finished'; result: RunResult }
  | { type: 'run-failed'; error: ErrorReport; result: RunResult }
);
