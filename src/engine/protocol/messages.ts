// Messages between the page and the worker, besides the events of a run. Plain data only: tensors never cross, typed arrays are
// transferred. The unions are exhaustive; a `switch` over them ends in `satisfies never`.
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
  /** Answered at once by `pong`, to show that the engine is alive. */
  | { type: 'ping' }
  | { type: 'check'; requestId: number; experiment: unknown; file?: TableInput }
  /** `data`: the reading settings of the table source. */
  | { type: 'preview-table'; requestId: number; file: TableInput; data?: Params }
  /** Requests the columns of the table as bytes, for storage. */
  | { type: 'prepare-table'; requestId: number; file: TableInput; data?: Params }
  /** Requests the content of the Data tab. */
  | { type: 'describe-data'; requestId: number; experiment: unknown; file?: TableInput }
  /** Ends the reading of a table; the open question is refused. */
  | { type: 'stop-reading' }
  /**
   * A question to a probe; it replaces an earlier one to the same probe. `request` null withdraws it.
   * @param runId - the run in question; null for the given experiment. If the worker does not hold the run, a probe that can be
   *   asked at any time answers for the experiment.
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
      /** Start paused: no step is taken before `step` or `resume`. */
      paused?: boolean;
      /** Trained weights of the model (safetensors or PyTorch): it is measured and probed, not trained. */
      weights?: WeightsInput;
    }
  /** Opens an earlier run whose networks are to be probed: they are built with their stored values, and nothing is trained. */
  | { type: 'open'; runId: string; experiment: unknown; kept: KeptNetworks }
  /** Requests the weights of a network as safetensors. */
  | { type: 'export-weights'; runId: string; role: Role }
  /** Writes a checkpoint after the next step: the page may be closing. */
  | { type: 'keep'; runId: string }
  /** Sets the weights of the losses, one per task, from the next step on; 0 pauses a task. */
  | { type: 'set-task-weights'; runId: string; weights: number[] }
  | { type: 'pause'; runId: string }
  /** Slow motion: at most this many steps a second; null for full speed. */
  | { type: 'pace'; runId: string; stepsPerSecond: number | null }
  | { type: 'resume'; runId: string }
  | { type: 'step'; runId: string }
  | { type: 'stop'; runId: string };

export interface Reading {
  /** Name of the file. */
  name: string;
  phase: string;
  /** The finished share, in [0, 1]. */
  share: number;
  /** Estimated seconds left. */
  remaining: number;
}

export type SessionEvent =
  | { type: 'ready'; catalog: Catalog }
  | { type: 'pong' }
  | { type: 'backend'; report: BackendReport }
  /** @param device - the GPU itself is lost, so that the run may continue on a new one, or without */
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
  /** Progress of reading a large table; null when it has ended. */
  | { type: 'reading'; reading: Reading | null }
  | { type: 'request-failed'; requestId: number; error: ErrorReport }
  /** The networks of this run can be probed. */
  | { type: 'opened'; runId: string }
  | { type: 'open-failed'; runId: string; error: ErrorReport }
  /** The answer to a question about an experiment; answers about a run are among its events. */
  | (ProbeAnswer & { runId: null });

export type Event = SessionEvent | RunEvent;
