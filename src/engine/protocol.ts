// Everything the page (or the command line) and the engine say to each other. Plain data only: tensors never cross,
// typed arrays are transferred. Both unions are exhaustive; a `switch` over them ends in `satisfies never`.
import type { Catalog } from './config/catalog.ts';
import type { Experiment } from './config/experiment.ts';
import type { Params } from './config/params.ts';
import type { ErrorReport, Issue } from './core/errors.ts';
import type { Estimate } from './core/interval.ts';
import type { Note } from './core/notes.ts';
import type { Role } from './core/roles.ts';
import type { FileInput, WeightsInput } from './data/source.ts';
import type { ClassCounts } from './data/splitNotes.ts';
import type { FeatureMeta, Relatedness, Standardisation, TaskMeta } from './data/table.ts';
import type { StepPhase } from './kernels/runtime/stepObserver.ts';
import type { MetricValues } from './tasks/task.ts';
import type { Decomposition, DecompositionSummary } from './training/decomposition.ts';
import type { GainReport } from './training/gain.ts';

export type { Role, StepPhase };

export type BackendId = 'webgpu' | 'wasm' | 'cpu';

export interface BackendReport {
  active: BackendId;
  /** "Apple M2", "wasm SIMD", "JavaScript". */
  adapter: string;
  /** Why this one: the first choice, or why the better ones were passed over. */
  reason: string;
  /** One line per backend that was tried or skipped, best first. */
  tried: { id: BackendId; outcome: string }[];
  software: boolean;
}

export interface BackendRequest {
  backend: BackendId | 'auto';
  /** Only then may `webgpu` be a software adapter (tests do this). */
  allowSoftwareAdapter: boolean;
}

/** A column of a table as read, before targets are chosen. */
export interface ColumnPreview {
  name: string;
  kind: 'numeric' | 'categorical';
  distinct: number;
  missing: number;
  /** The task type this column would have as a target, or null with the reason when it cannot be one. */
  suggestedTask: TaskMeta['type'] | null;
  reason?: string;
  examples: string[];
  /** Of a column with two values: the class that is positive unless another is chosen. */
  positive?: string;
}

export interface TablePreview {
  name: string;
  rows: number;
  columns: ColumnPreview[];
  notes: Note[];
}

/** What the page knows of an experiment before it runs. */
export interface ExperimentSummary {
  rows: number;
  features: FeatureMeta[];
  tasks: TaskMeta[];
  /** Baseline first, then the model and the further ones; trees have no parameters before they grow. */
  networks: { role: Role; id: string; label: string; parameters: number }[];
  stepsPerEpoch: number;
  /** What the masks of the model act on, and each of them as text (`masks/custom.ts`); null for models without. */
  masking: {
    tokens: TokenLabel[];
    blocks: number;
    heads: number;
    grids: { id: string; label: string; grid: string }[];
  } | null;
  /** Notes on departures from the paper that this experiment uses. */
  notes: string[];
}

/** A line of the cost table: what is known of a network without running it. */
export interface CostRow {
  /** Of the experiment, or null for an architecture at its defaults. */
  role: Role | null;
  id: string;
  label: string;
  params: Params;
  singleTask: boolean;
  /** Null for trees, whose size is known when they have grown, and where `issues` speak against it. */
  parameters: number | null;
  /** Multiply-adds x 2 of one forward pass. */
  flopsPerRow: number | null;
  /** Values, gradients, best values and moments. */
  parameterBytes: number | null;
  stepsPerEpoch: number;
  epochs: number;
  /** Why it cannot train on this table. */
  issues: Issue[];
}

/** What a few steps on noise took. */
export interface MeasuredCost {
  /** Median. */
  stepMs: number | null;
  /** Kernels per step; null for trees. */
  launches: number | null;
  /** The most memory that tensors held during a step. */
  peakBytes: number | null;
  /** Why nothing was measured, or null. */
  skipped: string | null;
}

/** What all launches of one kernel in one part of a training step come to, per step. */
export interface KernelTime {
  kernel: string;
  phase: StepPhase;
  launches: number;
  /** Mean over the middle half of the steps, of all where the clock is coarse, with its standard error; null where the device cannot tell. */
  ms: number | null;
  msError: number | null;
  /** Of the tensors that are read, and of those written or changed in place; each counted once per launch. */
  bytesRead: number;
  bytesWritten: number;
}

/** One launch of a step, in order. */
export interface LaunchTime {
  kernel: string;
  phase: StepPhase;
  /** Of its first output. */
  shape: number[];
  /** Since the first launch, and how long it took, of the middle half of the steps; null where the device cannot tell. */
  startMs: number | null;
  ms: number | null;
}

/** Where the time of a training step goes, measured on a copy of the network that changes nothing. */
export interface StepProfile {
  role: Role;
  id: string;
  label: string;
  /** Where the network of the run stood that was copied; null for a new network. */
  at: { seed: number; step: number } | null;
  backend: BackendId;
  batchSize: number;
  /** Steps that were timed launch by launch. */
  steps: number;
  /** Steps are replayed from a recording. */
  isReplayed: boolean;
  /** Of an ordinary step, nothing timed within it: mean of the middle half, those in flight together as one. */
  stepMs: number;
  /** Of it in JavaScript, mean; null where the kernels compute in JavaScript's thread. */
  jsMs: number | null;
  /** Of it on the GPU, median; null where there is none, or it cannot tell. */
  gpuMs: number | null;
  /** Of a step whose launches are timed one by one, of the middle half. */
  timedStepMs: number;
  clock: {
    kind: 'gpu' | 'wall' | 'none';
    /** The finest difference it shows. */
    tickMs: number | null;
    /** It hardly tells single launches, so that more steps were timed. */
    isCoarse: boolean;
  };
  /** Longest first. */
  kernels: KernelTime[];
  timeline: LaunchTime[];
  memory: {
    /** Of tensors: parameters, optimizer and batch. */
    tensorBytes: number;
    /** Of recorded steps; shared with other networks of the run. */
    recordedBytes: number;
    /** The most that a step holds, both together. */
    peakBytes: number;
    /** Everything on the GPU, of all networks; null elsewhere. */
    gpuBytes: number | null;
  };
}

export interface DatasetSummary {
  name: string;
  rows: number;
  split: { train: number; validation: number; test: number };
  features: FeatureMeta[];
  tasks: TaskMeta[];
  targetScaling: (Standardisation | null)[];
  /** Rows per class in each split, classification only. */
  classCounts: (ClassCounts | null)[];
  relatedness: Relatedness;
  notes: Note[];
}

export interface TokenLabel {
  name: string;
  group: 'task' | 'categorical' | 'numeric' | 'row';
}

export interface AttentionMap {
  /** Stable, e.g. `block0/feature/head1`, or `y1/block0/row/head0` where every task has a network of its own. */
  key: string;
  /** The task whose network it is, or null when all tasks share one. */
  network: string | null;
  block: number;
  layer: 'feature' | 'row';
  head: number;
  queries: TokenLabel[];
  keys: TokenLabel[];
  /** Softmax weights, row-major [queries, keys]; mean over the chosen rows for `feature`. */
  weights: Float32Array;
  /** Scaled scores before the mask, same shape. */
  scores: Float32Array;
  /** Weight times the norm of the key's value behind the head's output projection (Kobayashi et al. 2020), same shape. */
  valueWeights: Float32Array;
  /** 1 = blocked, same shape; null when nothing is. */
  blocked: Uint8Array | null;
}

/** Of the maps of a capture, in their order. */
export interface HeadSummary {
  /** Mean over queries and rows of the entropy of their weights, divided by ln(open keys): 0 = one key, 1 = all open keys alike. */
  entropies: Float32Array;
  /** Between the maps as they are shown: mean over the queries of the total variation distance, [maps, maps]; NaN for maps of different networks or sizes. */
  distances: Float32Array;
}

/** Rows an attention capture shows: positions within the first `ATTENTION_ROWS` validation rows. */
export type RowSelection = { kind: 'mean' } | { kind: 'rows'; rows: number[] };
export const ATTENTION_ROWS = 64;
/** Batches that attention between rows can be recorded in: the first validation rows. */
export const ATTENTION_BATCHES = [64, 256, 1024, 2048] as const;

/** What a capture of attention shows. */
export interface AttentionRequest {
  rows: RowSelection;
  /** Of which network; the one in training, and the model when all are done, when left out. */
  role?: Role;
  /** Rows that pass the network together, one of `ATTENTION_BATCHES`; `ATTENTION_ROWS` when left out. */
  batch?: number;
  /** Recorded beside it, to compare: the same rows with no mask at all, or other rows. */
  against?: { kind: 'no-mask' } | { kind: 'rows'; rows: RowSelection };
  /** At the end of every epoch alone, for a memory of the run while nobody looks. */
  seldom?: boolean;
}

/** Feature or label of the rows of a capture: what they can be grouped and ordered by. */
export interface RowFact {
  column: string;
  kind: 'feature' | 'label';
  /** One per row of the batch: number, code or class. */
  values: Float32Array;
  /** Positions of rows that belong together, among the first `ATTENTION_ROWS`: a category, or a half of the numbers. */
  groups: { label: string; rows: number[] }[];
}

/** Expert use is measured on this many validation rows: the first ones. */
export const EXPERT_ROWS = 256;

export interface ExpertLabel {
  /** "shared 0", "y1 0". */
  name: string;
  /** Whose expert it is: one task's, a group of tasks', or everybody's. */
  owner: 'task' | 'group' | 'shared';
  /** The tasks it is meant for, as indices. */
  tasks: number[];
}

/** What one gate does over the rows. */
export interface GateUse {
  /** Stable, e.g. `layer0/task/y1` or `layer0/shared`. */
  key: string;
  /** Name of the task, or what else the gate feeds: "shared", "group 1". */
  label: string;
  /** Index of the task it feeds, or null when it feeds several. */
  task: number | null;
  /** The experts it weights, as increasing indices into those of the layer. */
  experts: number[];
  /** Softmax weights, row-major [rows, experts of the gate]; each row sums to 1. */
  weights: Float32Array;
  /**
   * Of a sparse gate, per expert: share of the rows that keep it. The weights of the others are exactly 0 and not small.
   */
  chosen?: Float32Array;
  /** Mean over the rows, per expert of the gate. */
  mean: Float32Array;
  /** Mean over the rows of the entropy of a row's weights, divided by ln(experts): 0 = one expert, 1 = all evenly. */
  entropy: number;
}

export interface ExpertLayer {
  layer: number;
  label: string;
  experts: ExpertLabel[];
  /** Per expert: share of exact zeros in its output over the rows it gets and units; NaN where it gets none. */
  zeroShare: Float32Array;
  /** Per expert: mean weight it gets from the gates that may use it. */
  utilisation: Float32Array;
  /** Gates of tasks first, in the order of the tasks. */
  gates: GateUse[];
  /** Cosine of the mean gate weights of two tasks over the experts of the layer, row-major [T, T]; null for fewer than two. */
  similarity: Float32Array | null;
}

/** Expert anomalies of Wang et al. 2024 (HoME, arXiv 2408.05430, section 1), with the bounds used here. */
export interface ExpertAnomaly {
  kind: 'collapse' | 'degradation' | 'underfitting';
  layer: number;
  /** Index into the experts of the layer, or null (underfitting). */
  expert: number | null;
  /** Index of the task at fault, or null (collapse). */
  task: number | null;
  value: number;
  limit: number;
  /** One sentence with names and numbers. */
  text: string;
}

/** Definitions of the anomalies, for captions. */
export interface AnomalyDefinition {
  kind: ExpertAnomaly['kind'];
  label: string;
  definition: string;
  /** In the unit of `ExpertAnomaly.value`. */
  limit: number;
}

/** A statement about the live model and the number it rests on. */
export interface Assertion {
  id: string;
  text: string;
  passed: boolean;
  value: number;
  limit: number;
  /** What the number is. */
  detail: string;
}

/** What can influence what, by masks and layers and as measured. */
export interface ProofReport {
  /** Validation rows it was measured on. */
  rows: number;
  /** The tokens. */
  sources: TokenLabel[];
  tasks: string[];
  /** Fewest hops from a token to a task's output, [tasks * tokens]; 0 = read itself, -1 = no way. */
  hops: number[];
  /** A shortest way in words, [tasks * tokens]. */
  paths: string[];
  /** Mean absolute change of a task's outputs (standardised value or logit) when the token moves by its own size, [tasks * tokens]. */
  influence: Float32Array;
  /** The same for the outputs of other rows when all tokens of one row move, [tasks]. */
  otherRows: Float32Array;
  /** The same when one token of that row moves, [tasks * tokens]. */
  otherRowsByToken: Float32Array;
  /** Standard deviation of the outputs of the first validation row over batches with random companions, [tasks]; of several outputs the largest. */
  companions: { batches: number; spread: Float32Array };
  rowsCanMix: boolean;
  assertions: Assertion[];
}

/** One value of one row of the batch is changed; who notices? */
export interface NeighbourRequest {
  /** Of which network; as in `AttentionRequest`. */
  role?: Role;
  /** Position among the first `ATTENTION_ROWS` validation rows. */
  row: number;
  /** Position among the features. */
  feature: number;
  /** What the value becomes: a code, or a number in standard deviations from the mean of the training rows. */
  value: number;
}

/** How a batch passes the network: as predictions are made, or with batch norm taking the statistics of the batch as in training (dropout off). */
export const BATCH_MODES = ['evaluation', 'batch-statistics'] as const;
export type BatchMode = (typeof BATCH_MODES)[number];

export interface NeighbourReport {
  request: NeighbourRequest;
  /** Rows of the batch. */
  rows: number;
  /** What the value was. */
  from: number;
  tasks: TaskMeta[];
  /** Per mode, the outputs of all tasks side by side (standardised value or logit), [rows, sum of outputs]. */
  outputs: Record<BatchMode, { before: Float32Array; after: Float32Array }>;
  /** Per mode, how the first row varies with its company; null where the proof says so already (networks with tokens). */
  companions: Record<BatchMode, ProofReport['companions']> | null;
}

/** The trained model under another mask, without training: the same validation rows, before and after. */
export interface WhatIfReport {
  /** The mask as text, see `masks/custom.ts`. */
  text: string;
  before: TaskScore[];
  after: TaskScore[];
  /** Over the baseline on the same rows; null without one. */
  gainBefore: GainReport | null;
  gainAfter: GainReport | null;
  /** Mean absolute change of each task's outputs (standardised value or logit). */
  outputChange: number[];
  /** Means over the first validation rows, map by map. */
  attention: { rows: number; before: AttentionMap[]; after: AttentionMap[] };
}

/** Version 2: epochs are chosen by metric, then loss, and their losses weigh batches by their rows. */
export const CHECKPOINT_VERSION = 2;

/** Everything needed to go on exactly: parameters, optimizer state, counters, curves so far. */
export interface Checkpoint {
  version: typeof CHECKPOINT_VERSION;
  runId: string;
  experiment: Experiment;
  file?: FileInput;
  /** Trained weights the model was given instead of training. */
  weights?: WeightsInput;
  /** Position in the list of seeds. */
  seedIndex: number;
  seeds: number[];
  epoch: number;
  step: number;
  savedAt: number;
  /** Opaque to all but the session: named arrays and small JSON. */
  tensors: Record<string, Float32Array>;
  state: unknown;
}

/** Endings of files with weights that can be measured. */
export const WEIGHT_FILES = ['.safetensors', '.pt', '.pth', '.ckpt'] as const;

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

export interface TaskScore {
  task: string;
  /** The primary metric's id, e.g. `auroc`, `explained-variance`. */
  primary: string;
  metrics: MetricValues;
}

export interface EpochRecord {
  epoch: number;
  /** Optimizer steps done when this was measured. */
  step: number;
  /** Mean training loss per task over the rows of the epoch; NaN where nothing was trained. */
  trainLosses: number[];
  validationLosses: number[];
  validation: TaskScore[];
  /**
   * Mean of the primary metrics, signed so that higher is better. Tasks that share a network with one whose metric is undefined are
   * left out: there the loss decides. NaN when nothing is left.
   */
  score: number;
  /** Per task: the epoch is the best so far (training/bestEpoch.ts). */
  isBest: boolean[];
}

/**
 * What chose the epoch that was tested: the mean of the primary validation metrics of the tasks that share the network, equal ones
 * by the lower validation loss; or, where one of these metrics is undefined, that loss alone.
 */
export type SelectionRule = 'metric-then-loss' | 'loss';

export interface PartResult extends Omit<PartInfo, 'epochs'> {
  epochs: EpochRecord[];
  /** Per task, the epoch whose checkpoint was used for the test (the same for all tasks of a multitask model). */
  bestEpochs: number[];
  bestSteps: number[];
  selection: SelectionRule[];
  validation: TaskScore[];
  test: TaskScore[];
  /** Milliseconds spent in training steps and in evaluation. */
  trainMs: number;
  evaluationMs: number;
  steps: number;
}

export interface SeedResult {
  seed: number;
  model: PartResult;
  /** Null where there is none, or the twin takes its place. */
  baseline: PartResult | null;
  /** On the test split. */
  gain: GainReport | null;
  /** Of the model, on the test split; null where no twin was trained. */
  decomposition: Decomposition | null;
  /** Twins and further models, in order. */
  others: { result: PartResult; gain: GainReport | null; decomposition: Decomposition | null }[];
}

/** What a network has over another one, paired by seed; positive is better. */
export interface PairedComparison {
  /** The other one. */
  role: Role;
  /** In the unit of the primary metric. */
  perTask: Estimate[];
  /** In percentage points of gain; null where one of the two has none. */
  gain: Estimate | null;
}

/** One network of a run over its finished seeds, on the test split: a column of the comparison. */
export interface ComparedModel {
  role: Role;
  id: string;
  label: string;
  parameters: number;
  /** Per task, of the primary metric. */
  perTask: ({ task: string; metric: string; higherIsBetter: boolean } & Estimate)[];
  /** Over the baseline; null for the baseline itself and without one. */
  gain: GainSummary | null;
  /** Of a model whose twin was trained: architecture and sharing. */
  decomposition: DecompositionSummary | null;
  /** Against every other network. */
  against: PairedComparison[];
  /** Better than every other network: all paired intervals exclude 0. With one seed nothing is. */
  isBest: { perTask: boolean[]; gain: boolean };
  /** Mean over the seeds: training alone. */
  trainSeconds: number;
  /** Null for trees. */
  trainedWith: TrainedWith | null;
}

/** A learning rate that was tried before training, on the first seed of the run. */
export interface RateTrial {
  learningRate: number;
  /** At the best epoch, on the validation split: mean of the primary metrics, signed so that higher is better; NaN where one is undefined. */
  score: number;
  /** Validation loss of the same epochs, summed over the tasks. */
  loss: number;
  /** Why it came to no end, or null. */
  failure: string | null;
}

/** What networks of one run may differ in besides their architecture. */
export interface TrainedWith {
  /** Label of the setting. */
  initialValues: string;
  /** After warm-up. */
  learningRate: number;
  /** In the order they were tried; empty without a search, and before it. */
  rates: RateTrial[];
}

/** Gain over the finished seeds, in percent. */
export interface GainSummary extends Estimate {
  perTask: ({ task: string; metric: string; higherIsBetter: boolean; flag: string | null } & Estimate)[];
}

export interface RunResult {
  version: 1;
  status: 'finished' | 'stopped' | 'failed';
  experiment: Experiment;
  backend: BackendReport;
  startedAt: string;
  elapsedMs: number;
  dataset: DatasetSummary | null;
  seeds: SeedResult[];
  /** The seed that was running when the run stopped or failed: the curves of every network that had begun. */
  unfinished: { seed: number; records: Partial<Record<Role, EpochRecord[]>> } | null;
  /** Of the model. */
  gain: GainSummary | null;
  /** Baseline first, then the model and the further ones. */
  comparison: ComparedModel[];
  /** Of the table, the weights and the networks, each once. */
  notes: Note[];
  error: ErrorReport | null;
}

export interface PartInfo {
  role: Role;
  id: string;
  label: string;
  parameters: number;
  singleTask: boolean;
  /** Grows round by round instead of learning in steps and epochs. */
  boosted: boolean;
  /** Position in the queue: networks of one stage train side by side on the same batches. */
  stage: number;
  stepsPerEpoch: number;
  /** Upper bound; early stopping may end it before. */
  epochs: number;
  /** Null for trees. */
  trainedWith: TrainedWith | null;
}

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
      parts: PartInfo[];
      /** Of the model. */
      stepsPerEpoch: number;
      epochs: number;
    }
  | {
      /** Losses of consecutive steps of one part, oldest first. */
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
      result: PartResult;
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
  | {
      type: 'attention';
      role: Role;
      seed: number;
      epoch: number;
      request: AttentionRequest;
      maps: AttentionMap[];
      heads: HeadSummary;
      /** What `against` asked for, map by map; null when it asked for nothing. */
      against: AttentionMap[] | null;
      /** Rows of the batch they were recorded in. */
      batch: number;
      rowFacts: RowFact[];
    }
  | {
      type: 'experts';
      role: Role;
      seed: number;
      epoch: number;
      /** Number of validation rows it was measured on. */
      rows: number;
      layers: ExpertLayer[];
      anomalies: ExpertAnomaly[];
      definitions: AnomalyDefinition[];
    }
  | { type: 'proof'; role: Role; seed: number; epoch: number; report: ProofReport | null }
  | {
      type: 'what-if';
      role: Role;
      seed: number;
      epoch: number;
      report: WhatIfReport | null;
      issue: Issue | null;
    }
  | {
      type: 'neighbours';
      role: Role;
      seed: number;
      epoch: number;
      /** Null where the issue says why, and for networks of trees, whose rows never meet. */
      report: NeighbourReport | null;
      issue: Issue | null;
    }
  | { type: 'weights'; role: Role; fileName: string; bytes: Uint8Array; python: string }
  | { type: 'weights-refused'; role: Role; issue: Issue }
  /** The weights of a file are in the model; `notes` say where in the file they were, where that needs saying. */
  | { type: 'weights-read'; role: Role; fileName: string; tensors: number; notes: Note[] }
  /** What a reader of the run should know and need not act on. */
  | { type: 'note'; role: Role; note: Note }
  | { type: 'state'; state: 'running' | 'paused' }
  | { type: 'checkpoint'; checkpoint: Checkpoint }
  | { type: 'seed-finished'; result: SeedResult }
  | { type: 'run-finished'; result: RunResult }
  | { type: 'run-failed'; error: ErrorReport; result: RunResult }
);

export type Event = SessionEvent | RunEvent;
