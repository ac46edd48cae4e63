// Results of a run: scores, epochs, networks, seeds, and the comparison of all networks.
import type { Experiment } from '../config/experiment.ts';
import type { ErrorReport } from '../core/errors.ts';
import type { Estimate } from '../core/interval.ts';
import type { Note } from '../core/notes.ts';
import type { Role } from '../core/roles.ts';
import type { MetricValues } from '../tasks/task.ts';
import type { BackendReport } from './backend.ts';
import type { DatasetSummary } from './data.ts';
import type { Decomposition, DecompositionSummary, GainReport, GainSummary } from './gain.ts';

export interface TaskScore {
  task: string;
  /** The primary metric's id, e.g. `auroc`, `explained-variance`. */
  primary: string;
  metrics: MetricValues;
}

export interface EpochRecord {
  epoch: number;
  /** Number of optimizer steps done when this was measured. */
  step: number;
  /** Mean training loss per task over the rows of the epoch; NaN if nothing was trained. */
  trainLosses: number[];
  validationLosses: number[];
  validation: TaskScore[];
  /**
   * Mean of the primary metrics, signed so that higher is better. Tasks that share a network with one whose metric is undefined
   * are left out, because there the loss decides. NaN if no task remains.
   */
  score: number;
  /** Per task: the epoch is the best so far (training/bestEpoch.ts). */
  isBest: boolean[];
}

/**
 * The rule that chose the tested epoch: the mean of the primary validation metrics of the tasks that share the network, ties by
 * the lower validation loss; or, if one of these metrics is undefined, that loss alone.
 */
export type SelectionRule = 'metric-then-loss' | 'loss';

export interface NetworkResult extends Omit<NetworkInfo, 'epochs'> {
  epochs: EpochRecord[];
  /** Per task, the epoch whose values were tested (the same for all tasks of a multitask model). */
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
  model: NetworkResult;
  /** Null if there is none, or the twin replaces it. */
  baseline: NetworkResult | null;
  /** On the test split. */
  gain: GainReport | null;
  /** Architecture and sharing of the model on the test split; null if no twin was trained. */
  decomposition: Decomposition | null;
  /** Twins and further models, in order. */
  others: { result: NetworkResult; gain: GainReport | null; decomposition: Decomposition | null }[];
}

/** The difference between a network and another one, paired by seed; positive is better. */
export interface PairedComparison {
  /** Role of the other one. */
  role: Role;
  /** In the unit of the primary metric. */
  perTask: Estimate[];
  /** In percentage points of gain; null if one of the two has none. */
  gain: Estimate | null;
}

/** One network of a run over its finished seeds, on the test split: a column of the comparison. */
export interface ComparedModel {
  role: Role;
  id: string;
  label: string;
  parameters: number;
  /** Per task, for the primary metric. */
  perTask: ({ task: string; metric: string; higherIsBetter: boolean } & Estimate)[];
  /** Gain over the baseline; null for the baseline itself and without one. */
  gain: GainSummary | null;
  /** Architecture and sharing, for a model whose twin was trained. */
  decomposition: DecompositionSummary | null;
  /** Comparisons with every other network. */
  against: PairedComparison[];
  /** Better than every other network: all paired intervals exclude 0. Never true with one seed. */
  isBest: { perTask: boolean[]; gain: boolean };
  /** Training time, mean over the seeds. */
  trainSeconds: number;
  /** Null for trees. */
  trainedWith: TrainedWith | null;
}

/** A learning rate that was tried before training, on the first seed of the run. */
export interface RateTrial {
  learningRate: number;
  /**
   * At the best epoch, on the validation split: mean of the primary metrics, signed so that higher is better; NaN if one is
   * undefined.
   */
  score: number;
  /** Validation loss of the same epochs, summed over the tasks. */
  loss: number;
  /** Why the trial did not finish, or null. */
  failure: string | null;
}

/** Training settings in which networks of one run may differ. */
export interface TrainedWith {
  /** Label of the setting. */
  initialValues: string;
  /** Learning rate after warm-up. */
  learningRate: number;
  /** In the order they were tried; empty without a search, and before it. */
  rates: RateTrial[];
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
  /** The seed in training when the run stopped or failed: the curves of every network that had begun. */
  unfinished: { seed: number; records: Partial<Record<Role, EpochRecord[]>> } | null;
  /** The gain of the model over the seeds. */
  gain: GainSummary | null;
  /** Baseline first, then the model and the further ones. */
  comparison: ComparedModel[];
  /** Notes on the table, the weights and the networks, each once. */
  notes: Note[];
  error: ErrorReport | null;
}

export interface NetworkInfo {
  role: Role;
  id: string;
  label: string;
  parameters: number;
  /**
   * Floating-point operations of a forward pass, over all networks of single tasks; absent in runs of earlier versions and for
   * trees.
   */
  flopsPerRow?: number;
  singleTask: boolean;
  /** Grows in rounds instead of learning in steps and epochs. */
  boosted: boolean;
  /** Position in the queue: networks of one stage train side by side on the same batches. */
  stage: number;
  /** The twin it is compared with, if it belongs to another model: the same network with its tasks in other groups. */
  twin?: Role;
  stepsPerEpoch: number;
  /** Upper bound; early stopping may end earlier. */
  epochs: number;
  /** Null for trees. */
  trainedWith: TrainedWith | null;
}
