// A probe is one kind of question to the networks of a run, or about an experiment before it runs: its id, the schema of its
// request, and its answer. No probe changes what is trained.
import type { Experiment } from '../config/experiment.ts';
import type { Reader } from '../core/reader.ts';
import type { Role } from '../core/roles.ts';
import type { Dataset } from '../data/table.ts';
import type { Batch } from '../layers/forward.ts';
import type { Model, ModelShape } from '../models/model.ts';
import type { ProbeMode, ProbeProgress } from '../protocol/probe.ts';
import type { TaskScore } from '../protocol/result.ts';
import type { TaskType } from '../tasks/task.ts';
import type { InspectedSession } from '../training/inspection.ts';
import type { TrainingSettings } from '../training/params.ts';

export interface ProbeContext {
  readonly experiment: Experiment;
  readonly settings: TrainingSettings;
  /**
   * Reports progress; a report too soon after the last one is dropped.
   * @param answer - the partial answer, without typed arrays; never dropped
   */
  progress(progress: ProbeProgress, answer?: object): void;
  /** Lets messages in. @throws if the question was withdrawn or the run is stopped */
  yieldOrStop(): Promise<void>;
}

/** A network of a run, between two of its steps. */
export interface NetworkContext extends ProbeContext {
  readonly role: Role;
  /** Null for trees. */
  readonly model: Model | null;
  readonly dataset: Dataset;
  readonly taskTypes: readonly TaskType[];
  readonly seed: number;
  readonly epoch: number;
  readonly step: number;
  /** Scores of the baseline on the validation split, or null. */
  readonly baseline: TaskScore[] | null;
  /** The task weights of its last step, [T]; null if its gradient method has none, and for trees. */
  lastWeights(): Promise<Float32Array | null>;
  /** The rows as tensors, which the caller disposes. */
  evaluationBatch(dataset: Dataset, rows: Uint32Array): Batch;
}

/** An experiment, with the networks of its run if the engine holds them. */
export interface ExperimentContext extends ProbeContext {
  /** The shape of its table. @throws WorkbenchError (config) if the data settings are refused */
  table(): Promise<{ shape: ModelShape; trainingRows: number }>;
  readonly session: InspectedSession | null;
}

interface Probe<Id extends string, Request> {
  id: Id;
  /** The schema of a request. */
  request: Reader<Request>;
  mode: ProbeMode;
}

/** A probe of a network of a run. */
export interface NetworkProbe<Id extends string = string, Request = unknown, Answer extends object = object>
  extends Probe<Id, Request> {
  when: 'training';
  run(context: NetworkContext, request: Request): Promise<Answer>;
}

/** A probe of an experiment, running or not. */
export interface ExperimentProbe<
  Id extends string = string,
  Request = unknown,
  Answer extends object = object,
> extends Probe<Id, Request> {
  when: 'anytime';
  /** Launches nothing, so that it is answered at once, even during a run. */
  countsOnly?: boolean;
  run(context: ExperimentContext, request: Request): Promise<Answer>;
}

export type ProbeDef = NetworkProbe | ExperimentProbe;

export function defineProbe<Id extends string, Request, Answer extends object>(
  probe: NetworkProbe<Id, Request, Answer>,
): NetworkProbe<Id, Request, Answer>;
export function defineProbe<Id extends string, Request, Answer extends object>(
  probe: ExperimentProbe<Id, Request, Answer>,
): ExperimentProbe<Id, Request, Answer>;
export function defineProbe(probe: ProbeDef): ProbeDef {
  return probe;
}
