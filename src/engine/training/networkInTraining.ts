// One network of a run in training. Counts steps, measures the validation split, stops early and keeps the best epoch;
// gradientNetwork.ts and boostedNetwork.ts do the learning. Driven by the session; knows nothing of messages.
import type { Note } from '../core/notes.ts';
import type { Role } from '../core/roles.ts';
import { hasMissingLabels } from '../data/labels.ts';
import type { Dataset } from '../data/table.ts';
import type { Model } from '../models/model.ts';
import type { EpochRecord, NetworkInfo, NetworkResult, TaskScore } from '../protocol/result.ts';
import type { TaskType } from '../tasks/task.ts';
import {
  BestEpoch,
  type BestEpochState,
  type EpochMeasure,
  measureEpoch,
  type UndefinedMetric,
} from './bestEpoch.ts';
import { evaluateLogits, type SplitEvaluation } from './evaluate.ts';
import type { TrainingSettings } from './params.ts';
import { type EvaluatedSplit, type GivenValues, requireFinite } from './predictionFault.ts';
import { requireCount } from './storedValues.ts';
import type { TensorBatch } from './tensorBatch.ts';

export interface NetworkOptions {
  info: NetworkInfo;
  dataset: Dataset;
  taskTypes: readonly TaskType[];
  settings: TrainingSettings;
  seed: number;
  /**
   * Groups of tasks that share a network, if there are several; default: one group of all tasks, or one per task in single-task
   * networks.
   */
  groups?: number[][] | null;
  /** Called once if steps are slower than they could be, with the reason. */
  onNote?: (note: Note) => void;
}

export interface StepReport {
  /** Counts from 1. */
  step: number;
  /** Mean over the labelled rows of the batch; NaN if there are none. */
  taskLosses: number[];
  /** Before clipping; for single-task models the largest over its networks. */
  gradientNorm: number;
}

/** The state of a network in a checkpoint, besides its tensors. */
export interface NetworkState {
  step: number;
  /** In the current epoch: loss times labelled rows, summed over batches, per task. */
  epochLossSums: number[];
  /** Labelled rows of those batches, per task; a single number in checkpoints from before missing labels. */
  epochRows: number[] | number;
  choices: BestEpochState[];
  records: EpochRecord[];
  trainMs: number;
  evaluationMs: number;
  lastGradientNorm: number | null;
}

/** Names of tensors start with the role. */
export interface SavedNetwork {
  tensors: Record<string, Float32Array>;
  state: NetworkState;
}

export abstract class NetworkInTraining {
  readonly info: NetworkInfo;
  protected readonly o: NetworkOptions;
  /** Tasks that stop and are restored together. */
  protected readonly groups: number[][];
  /** Per task, whether some rows lack its label. */
  protected readonly isPartial: readonly boolean[];
  /** Best epoch of each group. */
  private readonly choices: BestEpoch[];
  protected state: Omit<NetworkState, 'choices' | 'epochRows'> & { epochRows: number[] };
  /** Where its values are from a file: what is said of them when their predictions are not finite. */
  private given: GivenValues | null = null;
  /** Groups of which it was said that the loss decides. */
  private readonly decidedByLoss = new Set<number>();

  constructor(options: NetworkOptions) {
    this.o = options;
    this.info = options.info;
    const { tasks } = options.dataset;
    this.groups =
      options.groups ?? (options.info.singleTask ? tasks.map((_, i) => [i]) : [tasks.map((_, i) => i)]);
    this.isPartial = options.dataset.targets.map(hasMissingLabels);
    this.choices = this.groups.map(() => new BestEpoch(options.settings.patience));
    this.state = {
      step: 0,
      epochLossSums: tasks.map(() => 0),
      epochRows: tasks.map(() => 0),
      records: [],
      trainMs: 0,
      evaluationMs: 0,
      lastGradientNorm: null,
    };
  }

  /** For captures; null if there is no forward pass to inspect. */
  abstract readonly model: Model | null;

  /**
   * Takes one step. If a number is not finite, no variable of a network changes; trees have grown, but the step is not counted.
   * Steps may be reported in later calls, all of them by `drainPendingSteps`; until then they are not counted either.
   * @param batch - null for networks that read the whole training split
   * @param between - awaited when other work may run; must not throw, because half a step cannot be saved
   * @throws WorkbenchError (numeric) that names step, task and tensor
   */
  abstract trainStep(
    batch: TensorBatch | null,
    epoch: number,
    between: () => Promise<void>,
  ): Promise<StepReport[]>;

  /**
   * Waits for all unreported steps. Must be called before anything else is asked of the network.
   * @param onReport - called for each step, in order, before a following fault is thrown
   * @returns the reports
   * @throws WorkbenchError (numeric) as `trainStep` does
   */
  async drainPendingSteps(onReport: (report: StepReport) => void = () => {}): Promise<StepReport[]> {
    const all: StepReport[] = [];
    for (let reports = await this.readPendingSteps(); reports.length > 0; ) {
      reports.forEach(onReport);
      all.push(...reports);
      reports = await this.readPendingSteps();
    }
    return all;
  }

  /** Reports of some of the launched steps. If a fault follows good steps, the next call throws it. */
  protected async readPendingSteps(): Promise<StepReport[]> {
    return [];
  }

  /** Raw outputs per task, [rows, outputs]. */
  protected abstract predict(rows: Uint32Array, between: () => Promise<void>): Promise<Float32Array[]>;

  protected abstract keepBest(group: number): Promise<void>;

  protected abstract restoreBest(): Promise<void>;

  /** Tensors by name; names do not start with the role. */
  protected abstract saveTensors(): Promise<Record<string, Float32Array>>;

  protected abstract loadTensors(tensors: Record<string, Float32Array>): void;

  /** Tensors that predictions need; available after `release` too. */
  protected saveValueTensors(): Promise<Record<string, Float32Array>> {
    return this.saveTensors();
  }

  protected loadValueTensors(tensors: Record<string, Float32Array>): void {
    this.loadTensors(tensors);
  }

  /** Frees what only training needs; the network can still be probed, but neither trained nor saved. */
  abstract release(): void;

  abstract dispose(): void;

  /** Says that its values were not trained, but read from a file. */
  measureGiven(values: GivenValues): void {
    this.given = values;
  }

  get role(): Role {
    return this.info.role;
  }

  get step(): number {
    return this.state.step;
  }

  get records(): readonly EpochRecord[] {
    return this.state.records;
  }

  /**
   * Sets the weights of the tasks' losses from the next step on. @returns false if its method makes the weights, or no task
   * shares
   */
  setTaskWeights(_weights: readonly number[]): boolean {
    return false;
  }

  /**
   * Gives weight 0 to tasks that have not improved for `taskPatience` epochs, and stops if no task is left.
   * @returns the names of those, and the weights of all tasks from then on, [T]; null if there are none
   */
  async pauseStaleTasks(): Promise<{ names: string[]; weights: number[] } | null> {
    return null;
  }

  protected stop(): void {
    for (const { state } of this.choices) state.stopped = true;
  }

  /** Whether every group has run out of patience. */
  get stopped(): boolean {
    return this.choices.every((c) => c.state.stopped);
  }

  /**
   * Measures the validation split, and keeps the values of the groups for which the epoch is the best so far.
   * @throws WorkbenchError (numeric) if a prediction or a validation loss is not finite
   */
  async finishEpoch(epoch: number, between: () => Promise<void>): Promise<EpochRecord> {
    const { losses, scores } = await this.evaluate('validation', epoch, between);
    const { step, epochLossSums, epochRows } = this.state;
    const measures = this.groups.map((group) =>
      measureEpoch(group, { validation: scores, validationLosses: losses }),
    );
    const isBest = scores.map(() => false);
    for (const [g, choice] of this.choices.entries()) {
      const measure = measures[g];
      if (!measure || choice.state.stopped) continue;
      this.noteUndefined(g, measure.undefinedMetrics);
      if (!choice.update(measure, epoch, step)) continue;
      for (const task of this.groups[g] ?? []) isBest[task] = true;
      await this.keepBest(g);
    }
    const defined = measures.map((m) => m.score).filter((score) => !Number.isNaN(score));
    const record: EpochRecord = {
      epoch,
      step,
      trainLosses: epochLossSums.map((sum, task) => sum / (epochRows[task] as number)),
      validationLosses: losses,
      validation: scores,
      score: defined.reduce((a, b) => a + b, 0) / defined.length,
      isBest,
    };
    this.state.records.push(record);
    this.state.epochLossSums = epochLossSums.map(() => 0);
    this.state.epochRows = epochRows.map(() => 0);
    return record;
  }

  /** Validation scores at the best epoch of each task so far; null before the first epoch. */
  bestScores(): TaskScore[] | null {
    const { records } = this.state;
    if (records.length === 0) return null;
    return this.o.dataset.tasks.map((_, task) => {
      const { bestEpoch } = this.choiceOf(task).state;
      const record = records.find((r) => r.epoch === bestEpoch) ?? records[0];
      return (record as EpochRecord).validation[task] as TaskScore;
    });
  }

  /** Validation measure of the best epochs: mean of all groups' scores, and sum of their losses. */
  bestMeasure(): EpochMeasure {
    const best = this.choices.map((choice) => choice.state.best);
    return {
      score: best.reduce((sum, { score }) => sum + score, 0) / best.length,
      loss: best.reduce((sum, { loss }) => sum + loss, 0),
    };
  }

  /** Restores the best values and measures the test split. */
  async finish(between: () => Promise<void>): Promise<NetworkResult> {
    await this.restoreBest();
    const evaluation = await this.evaluate('test', this.records.at(-1)?.epoch ?? 0, between);
    const { tasks } = this.o.dataset;
    return {
      ...this.info,
      epochs: [...this.state.records],
      bestEpochs: tasks.map((_, task) => this.choiceOf(task).state.bestEpoch),
      bestSteps: tasks.map((_, task) => this.choiceOf(task).state.bestStep),
      selection: tasks.map((_, task) => this.choiceOf(task).rule),
      validation: this.bestScores() ?? [],
      test: evaluation.scores,
      trainMs: this.state.trainMs,
      evaluationMs: this.state.evaluationMs,
      steps: this.state.step,
    };
  }

  /** Everything needed to resume exactly. Keys start with the role. */
  async save(): Promise<SavedNetwork> {
    return this.saved(await this.saveTensors());
  }

  /** The inverse of `save`. */
  load(tensors: SavedNetwork['tensors'], state: NetworkState): void {
    this.loadTensors(this.ownOf(tensors));
    this.take(state);
  }

  /** The values for predictions, so that the network can be opened again; keys as in `save`. */
  async saveValues(): Promise<SavedNetwork> {
    return this.saved(await this.saveValueTensors());
  }

  /** The inverse of `saveValues`: the network predicts as before, but must not be trained. */
  loadValues(tensors: SavedNetwork['tensors'], state: NetworkState): void {
    this.loadValueTensors(this.ownOf(tensors));
    this.take(state);
  }

  private saved(own: Record<string, Float32Array>): SavedNetwork {
    const tensors = Object.fromEntries(Object.entries(own).map(([k, v]) => [`${this.role}/${k}`, v]));
    const state = structuredClone({ ...this.state, choices: this.choices.map((c) => c.state) });
    return { tensors, state };
  }

  private ownOf(tensors: SavedNetwork['tensors']): SavedNetwork['tensors'] {
    const prefix = `${this.role}/`;
    const own = Object.entries(tensors).filter(([key]) => key.startsWith(prefix));
    return Object.fromEntries(own.map(([key, v]) => [key.slice(prefix.length), v]));
  }

  private take(state: NetworkState): void {
    const { choices, ...rest } = structuredClone(state);
    const epochRows =
      typeof rest.epochRows === 'number'
        ? this.state.epochRows.map(() => Number(rest.epochRows))
        : rest.epochRows;
    const tasks = this.state.epochRows.length;
    requireCount(`${this.role}/choices`, choices, this.choices.length);
    requireCount(`${this.role}/epochLossSums`, rest.epochLossSums, tasks);
    requireCount(`${this.role}/epochRows`, epochRows, tasks);
    this.choices.forEach((choice, g) => {
      choice.state = choices[g] as BestEpochState;
    });
    this.state = { ...rest, epochRows };
  }

  /**
   * Counts a step with finite numbers, and adds its losses to the epoch's.
   * @param losses - mean over the labelled rows of the batch, per task
   * @param rows - labelled rows, per task: the weights of the losses in the epoch's mean
   */
  protected count(losses: readonly number[], gradientNorm: number, rows: readonly number[]): void {
    this.state.step++;
    losses.forEach((loss, task) => {
      const weight = rows[task] as number;
      if (weight === 0) return;
      this.state.epochRows[task] += weight;
      this.state.epochLossSums[task] += loss * weight;
    });
    this.state.lastGradientNorm = gradientNorm;
  }

  protected choiceOf(task: number): BestEpoch {
    return this.choices[this.groups.findIndex((g) => g.includes(task))] as BestEpoch;
  }

  private async evaluate(
    split: EvaluatedSplit,
    epoch: number,
    between: () => Promise<void>,
  ): Promise<SplitEvaluation> {
    const { dataset, taskTypes, seed } = this.o;
    const rows = dataset.split[split];
    const at = { role: this.role, seed, epoch, step: this.step, split, given: this.given };
    const started = performance.now();
    try {
      const logits = await this.predict(rows, between);
      requireFinite(at, dataset, logits);
      const evaluation = await evaluateLogits(dataset, taskTypes, rows, logits);
      // The validation split chooses the epoch, so losses of the test split are not used.
      if (split === 'validation') requireFinite(at, dataset, logits, evaluation.losses);
      return evaluation;
    } finally {
      this.state.evaluationMs += performance.now() - started;
    }
  }

  /** Notes once per group that the loss decides, and why. */
  private noteUndefined(group: number, metrics: readonly UndefinedMetric[]): void {
    if (metrics.length === 0 || this.decidedByLoss.has(group)) return;
    this.decidedByLoss.add(group);
    const { label, boosted } = this.info;
    const labelOf = (id: string) =>
      this.o.taskTypes.flatMap((t) => t.metrics).find((m) => m.id === id)?.label ?? id;
    const which = metrics
      .map(({ task, metric, reason }) => `${labelOf(metric)} of ${task} (${reason})`)
      .join(' and ');
    this.o.onNote?.({
      code: 'best-epoch-by-loss',
      text: `${label}: on the validation split there is no ${which}, so the ${boosted ? 'round' : 'epoch'} with the lowest validation loss is kept.`,
    });
  }
}
