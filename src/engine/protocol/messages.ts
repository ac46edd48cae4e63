// What the page and the worker say to each other besides the events of a run. Plain data only: tensors never cross, typed
// arrays are transferred. The unions are exhaustive; a `switch` over them ends in `satisfies never`.
import type { Catalog } from '../config/catalog.ts';
import type { Experiment } from '../config/experiment.ts';
import type { Params } from '../config/params.ts';
import type { ErrorReport, Issue } from '../core/errors.ts';
import type { Role } from '../core/roles.ts';
import type { TablePreview } from '../data/preview.ts';
import type { FileInput, WeightsInput } from '../data/source.ts';
import type { AttentionRequest } from './attention.ts';
import type { BackendReport, BackendRequest } from './backend.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CostRow, MeasuredCost } from './cost.ts';
import type { ExperimentSummary } from './experiment.ts';
import type { StepProfile } from './profile.ts';
import type { NeighbourRequest } from './rows.ts';
import type { RunEvent } from './run.ts';

export type Command =
  | { type: 'start'; request: BackendRequest }
  | { type: 'check'; requestId: number; experiment: unknown; file?: FileInput }
  /** `data`: the settings of the table source that it is read with. */
  | { type: 'preview-table'; requestId: number; file: FileInput; data?: Params }
  /** The cost table of an experiment, without running anything. */
  | { type: 'estimate-costs'; requestId: number; experiment: unknown; file?: FileInput }
  /** A few steps of one network on noise; refused while a run is active. */
  | {
      type: 'measure-cost';
      requestId: number;
      experiment: unknown;
      file?: FileInput;
      network: { id: string; params: Params };
    }
  /**
   * Where the time of a training step goes: on a copy of a network of this run between two of its steps, or, when the worker
   * does not hold that run, on noise, while no run is active.
   */
  | {
      type: 'profile';
      requestId: number;
      runId: string | null;
      experiment: unknown;
      file?: FileInput;
      role: Role;
    }
  | {
      type: 'run';
      runId: string;
      experiment: unknown;
      file?: FileInput;
      /** Overrides the seeds of the experiment. */
      seeds?: number[];
      resume?: Checkpoint;
      /** Start paused: nothing is trained until `step` or `resume`. */
      paused?: boolean;
      /** Trained weights of the model (safetensors or PyTorch): it is measured and can be looked into, not trained. */
      weights?: WeightsInput;
    }
  /** The weights of a network as safetensors. */
  | { type: 'export-weights'; runId: string; role: Role }
  | { type: 'pause'; runId: string }
  | { type: 'resume'; runId: string }
  | { type: 'step'; runId: string }
  | { type: 'stop'; runId: string }
  /** What to capture from now on (sent at once and then after every epoch or step); null stops it. */
  | { type: 'watch-attention'; runId: string; request: AttentionRequest | null }
  /** Measure expert use from now on, at once and then after every epoch or step, or stop doing so. */
  | { type: 'watch-experts'; runId: string; on: boolean; role?: Role }
  /** Prove the masks from now on, at once and then after every epoch or step, or stop doing so. */
  | { type: 'watch-proof'; runId: string; on: boolean; role?: Role }
  /** Measure the model under another mask, once, as soon as it can. */
  | { type: 'what-if'; runId: string; text: string }
  /** Change one value of one row and see which predictions of the batch move, once, as soon as it can. */
  | { type: 'neighbours'; runId: string; request: NeighbourRequest };

export type SessionEvent =
  | { type: 'ready'; catalog: Catalog }
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
  | { type: 'costs-estimated'; requestId: number; rows: CostRow[]; batchSize: number }
  | { type: 'cost-measured'; requestId: number; cost: MeasuredCost }
  | { type: 'profiled'; requestId: number; profile: StepProfile }
  | { type: 'request-failed'; requestId: number; error: ErrorReport };

export type Event = SessionEvent | RunEvent;
