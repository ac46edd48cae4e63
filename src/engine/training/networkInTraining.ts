// One network of a run in training. Counts steps, measures the validation split, stops early and keeps the best; how it
// learns is left to gradientNetwork.ts and boostedNetwork.ts. The session drives it and it knows nothing of messages.
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
import type { TensorBatch } from './tensorBatch.ts';

export interface NetworkOptions {
  info: NetworkInfo;
  dataset: Dataset;
  taskTypes: readonly TaskType[];
  settings: TrainingSettings;
  seed: number;
  /** Tasks that share a network, where there are several; all of them, or one each in single-task networks, when left out. */
  groups?: number[][] | null;
  /** Told once when steps are slower than they could be, and why. */
  onNote?: (note: Note) => void;
}

export interface StepReport {
  /** 1-based. */
  step: number;
  /** Mean over the labelled rows of the batch; NaN where none is. */
  taskLosses: number[];
  /** Before clipping; the largest over the networks of a single-task model. */
  gradientNorm: number;
}

/** What a checkpoint keeps of a network besides its tensors. */
export interface NetworkState {
  step: number;
  /** The epoch under way: loss times labelled rows, summed over its batches, per task. */
  epochLossSums: number[];
  /** Rows with a label of those batches, per task; one number in checkpoints of before labels could be missing. */
  epochRows: number[] | number;
  choices: BestEpochState[];
  records: EpochRecord[];
  trainMs: number;
  evaluationMs: number;
  lastGradientNorm: number | null;
}

/** Tensors start with the role. */
export interface SavedNetwork {
  tensors: Record<string, Float32Array>;
  state: NetworkState;
}

export abstract class NetworkInTraining {
  readonly info: NetworkInfo;
  protected readonly o: NetworkOptions;
  /** Tasks that stop and are restored together. */
  protected readonly groups: number[][];
  /** Per task, whether some rows have no label of it. */
  protected readonly isPartial: readonly boolean[];
  /** Per group, the epoch that is kept. */
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

  /** For captures; null when there is no forward pass to look into. */
  abstract readonly model: Model | null;

  /**
   * One step. When a number is not finite no variable of a network is changed; trees have grown, but the step is not counted.
   * Steps may be reported some calls later, all of them by `drainPendingSteps`; until then they are not counted either.
   * @param batch - null for networks that read the whole training split
   * @param between - awaited where there is time for other work; must not throw, for half a step cannot be saved
   * @throws WorkbenchError (numeric) that names step, task and tensor
   */
  abstract trainStep(
    batch: TensorBatch | null,
    epoch: number,
    between: () => Promise<void>,
  ): Promise<StepReport[]>;

  /**
   * Waits for all steps that are not reported yet. To be called before anything else is asked of the network.
   * @param onReport - told of each of them, in order, before a fault behind them is thrown
   * @returns them
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

  /** Some of the steps that are not reported yet; none when there are none. A fault behind good steps is thrown by the next call. */
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

  /** The same of what predictions are made with; there after `release`, too. */
  protected saveValueTensors(): Promise<Record<string, Float32Array>> {
    return this.saveTensors();
  }

  protected loadValueTensors(tensors: Record<string, Float32Array>): void {
    this.loadTensors(tensors);
  }

  /** Frees what only training needs; the network can still be looked into. Not to be trained or saved after this. */
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

  /** Other weights of its tasks' losses, from the next step on. @returns false where its method makes them, or every task is alone */
  setTaskWeights(_weights: readonly number[]): boolean {
    return false;
  }

  /**
   * Gives weight 0 to tasks that have not become better for as many epochs as `taskPatience` says, and stops where none is left.
   * @returns their names
   */
  async pauseStaleTasks(): Promise<string[]> {
    return [];
  }

  protected stop(): void {
    for (const { state } of this.choices) state.stopped = true;
  }

  /** True when every group has run out of patience. */
  get stopped(): boolean {
    return this.choices.every((c) => c.state.stopped);
  }

  /**
   * Measures the validation split and keeps the values of the groups for which the epoch is the best so far.
   * @throws WorkbenchError (numeric) when a prediction or a validation loss is not finite
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

  /** How good the best epochs are on the validation split: mean of the scores of all groups, and the sum of their losses. */
  bestMeasure(): EpochMeasure {
    const best = this.choices.map((choice) => choice.state.best);
    return {
      score: best.reduce((sum, { score }) => sum + score, 0) / best.length,
      loss: best.reduce((sum, { loss }) => sum + loss, 0),
    };
  }

  /** Puts the best values back and measures the test split. */
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

  /** Everything needed to go on exactly. Keys start with the role. */
  async save(): Promise<SavedNetwork> {
    return this.saved(await this.saveTensors());
  }

  /** The inverse of `save`. */
  load(tensors: SavedNetwork['tensors'], state: NetworkState): void {
    this.loadTensors(this.ownOf(tensors));
    this.take(state);
  }

  /** What it predicts with, to look into it again; keys as those of `save`. */
  async saveValues(): Promise<SavedNetwork> {
    return this.saved(await this.saveValueTensors());
  }

  /** The inverse of `saveValues`: it predicts as it did, and is not to be trained. */
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
    choices.forEach((choice, g) => {
      const target = this.choices[g];
      if (target) target.state = choice;
    });
    const { epochRows } = rest;
    this.state = {
      ...rest,
      epochRows: typeof epochRows === 'number' ? rest.epochLossSums.map(() => epochRows) : epochRows,
    };
  }

  /**
   * Counts a step whose numbers were finite, and adds its losses to those of the epoch.
   * @param losses - mean over the labelled rows of the batch, per task
   * @param rows - those rows, per task: what its losses weigh in those of the epoch
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

  /** Says once per group that the loss decides, and why. */
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
