// A probe is one question that can be put to the networks of a run, or to an experiment before it runs: its id, the schema of
// its request, and how it is answered. None of them changes what is trained.
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
   * Says how far the measurement is; what comes too soon after the last is left out.
   * @param answer - what is known so far, without typed arrays; never left out
   */
  progress(progress: ProbeProgress, answer?: object): void;
  /** Lets messages in. @throws when the question was withdrawn or the run is stopped */
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
  /** The weights of the tasks in its last step, [T]; null where its gradient method makes none, and for trees. */
  lastWeights(): Promise<Float32Array | null>;
  /** The rows as tensors, for the caller to dispose of. */
  evaluationBatch(dataset: Dataset, rows: Uint32Array): Batch;
}

/** An experiment, with the networks of its run where the engine holds them. */
export interface ExperimentContext extends ProbeContext {
  /** What networks must know of its table. @throws WorkbenchError (config) when the data settings are refused */
  table(): Promise<{ shape: ModelShape; trainingRows: number }>;
  readonly session: InspectedSession | null;
}

interface Probe<Id extends string, Request> {
  id: Id;
  /** The schema of a request. */
  request: Reader<Request>;
  mode: ProbeMode;
}

/** Asked of a network of a run. */
export interface NetworkProbe<Id extends string = string, Request = unknown, Answer extends object = object>
  extends Probe<Id, Request> {
  when: 'training';
  run(context: NetworkContext, request: Request): Promise<Answer>;
}

/** Asked of an experiment, whether it runs or not. */
export interface ExperimentProbe<
  Id extends string = string,
  Request = unknown,
  Answer extends object = object,
> extends Probe<Id, Request> {
  when: 'anytime';
  /** Launches nothing, so that it is answered at once, even beside a run. */
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
