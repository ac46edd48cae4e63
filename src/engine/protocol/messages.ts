// What the page and the worker say to each other besides the events of a run. Plain data only: tensors never cross, typed
// arrays are transferred. The unions are exhaustive; a `switch` over them ends in `satisfies never`.
import type { Catalog } from '../config/catalog.ts';
import type { Experiment } from '../config/experiment.ts';
import type { Params } from '../config/params.ts';
import type { TableInput } from '../config/tableInput.ts';
import type { ErrorReport, Issue } from '../core/errors.ts';
import type { Role } from '../core/roles.ts';
import type { PreparedTable } from '../data/prepared.ts';
import type { TablePreview } from '../data/preview.ts';
import type { WeightsInput } from '../data/source.ts';
import type { BackendReport, BackendRequest } from './backend.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { DataDescription } from './dataDescription.ts';
import type { ExperimentSummary } from './experiment.ts';
import type { KeptNetworks } from './keptNetworks.ts';
import type { ProbeAnswer, ProbeQuestion } from './probe.ts';
import type { RunEvent } from './run.ts';

export type Command =
  | { type: 'start'; request: BackendRequest }
  /** Answered at once, by `pong`: a sign of life. */
  | { type: 'ping' }
  | { type: 'check'; requestId: number; experiment: unknown; file?: TableInput }
  /** `data`: the settings of the table source that it is read with. */
  | { type: 'preview-table'; requestId: number; file: TableInput; data?: Params }
  /** The columns of the table as bytes, to be kept. */
  | { type: 'prepare-table'; requestId: number; file: TableInput; data?: Params }
  /** What the Data tab shows. */
  | { type: 'describe-data'; requestId: number; experiment: unknown; file?: TableInput }
  /** Ends the reading of a table; whoever asked for it is told so. */
  | { type: 'stop-reading' }
  /**
   * A question to a probe; it takes the place of an earlier one to the same probe. With `request` null that one is withdrawn.
   * @param runId - the run it is about; null for the experiment given. Where the worker does not hold the run, a probe that
   * may be asked at any time answers for the experiment.
   */
  | ({ type: 'probe'; runId: string | null; experiment?: unknown; file?: TableInput } & ProbeQuestion)
  | {
      type: 'run';
      runId: string;
      experiment: unknown;
      file?: TableInput;
      /** Overrides the seeds of the experiment. */
      seeds?: number[];
      resume?: Checkpoint;
      /** Start paused: nothing is trained until `step` or `resume`. */
      paused?: boolean;
      /** Trained weights of the model (safetensors or PyTorch): it is measured and can be looked into, not trained. */
      weights?: WeightsInput;
    }
  /** A run of before whose networks are to be asked: they are built again with their kept values, and nothing is trained. */
  | { type: 'open'; runId: string; experiment: unknown; kept: KeptNetworks }
  /** The weights of a network as safetensors. */
  | { type: 'export-weights'; runId: string; role: Role }
  /** Writes a checkpoint after the next step: the page may be about to go. */
  | { type: 'keep'; runId: string }
  /** Other weights of the losses, one per task, from the next step on; 0 pauses a task. */
  | { type: 'set-task-weights'; runId: string; weights: number[] }
  | { type: 'pause'; runId: string }
  /** Slow motion: at most that many steps a second; null for as fast as it goes. */
  | { type: 'pace'; runId: string; stepsPerSecond: number | null }
  | { type: 'resume'; runId: string }
  | { type: 'step'; runId: string }
  | { type: 'stop'; runId: string };

export interface Reading {
  /** Of the file. */
  name: string;
  phase: string;
  /** Of the whole, in [0, 1]. */
  share: number;
  /** Seconds, by the pace so far. */
  remaining: number;
}

export type SessionEvent =
  | { type: 'ready'; catalog: Catalog }
  | { type: 'pong' }
  | { type: 'backend'; report: BackendReport }
  /** @param device - the GPU itself is gone, so that the run may go on with a new one, or without */
  | { type: 'backend-lost'; error: ErrorReport; device?: boolean }
  | {
      type: 'checked';
      requestId: number;
      experiment: Experiment;
      issues: Issue[];
      summary: ExperimentSummary | null;
    }
  | { type: 'table-previewed'; requestId: number; table: TablePreview }
  | { type: 'table-prepared'; requestId: number; prepared: PreparedTable }
  | { type: 'data-described'; requestId: number; description: DataDescription }
  /** How far the reading of a table is that takes long; null when it has ended. */
  | { type: 'reading'; reading: Reading | null }
  | { type: 'request-failed'; requestId: number; error: ErrorReport }
  /** The networks of this run can be asked. */
  | { type: 'opened'; runId: string }
  | { type: 'open-failed'; runId: string; error: ErrorReport }
  /** The answer to a question about an experiment that does not run; those about a run are among its events. */
  | (ProbeAnswer & { runId: null });

export type Event = SessionEvent | RunEvent;
