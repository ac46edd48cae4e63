// One network of a run in training. Counts steps, measures the validation split, stops early and keeps the best; how it
// learns is left to gradientPart.ts and boostedPart.ts. The session drives it and it knows nothing of messages.
import type { Note } from '../core/notes.ts';
import type { Dataset } from '../data/table.ts';
import type { Model } from '../models/model.ts';
import type { EpochRecord, PartInfo, PartResult, Role, TaskScore } from '../protocol.ts';
import type { TaskType } from '../tasks/task.ts';
import { EarlyStopping, type StoppingState } from './earlyStopping.ts';
import type { SplitEvaluation } from './evaluate.ts';
import type { TrainingSettings } from './params.ts';
import type { TensorBatch } from './tensorBatch.ts';

export interface PartOptions {
  info: PartInfo;
  dataset: Dataset;
  taskTypes: readonly TaskType[];
  settings: TrainingSettings;
  seed: number;
  /** Told once when steps are slower than they could be, and why. */
  onNote?: (note: Note) => void;
}

export interface StepReport {
  /** 1-based. */
  step: number;
  taskLosses: number[];
  /** Before clipping; the largest over the networks of a single-task model. */
  gradientNorm: number;
}

/** What a checkpoint keeps of a part besides its tensors. */
export interface PartState {
  step: number;
  epochLossSums: number[];
  epochSteps: number;
  stopping: StoppingState[];
  records: EpochRecord[];
  trainMs: number;
  evaluationMs: number;
  lastGradientNorm: number | null;
}

export abstract class Part {
  readonly info: PartInfo;
  protected readonly o: PartOptions;
  /** Tasks that stop and are restored together. */
  protected readonly groups: number[][];
  protected readonly stopping: EarlyStopping[];
  protected state: Omit<PartState, 'stopping'>;

  constructor(options: PartOptions) {
    this.o = options;
    this.info = options.info;
    const { tasks } = options.dataset;
    this.groups = options.info.singleTask ? tasks.map((_, i) => [i]) : [tasks.map((_, i) => i)];
    this.stopping = this.groups.map(() => new EarlyStopping(options.settings.patience));
    this.state = {
      step: 0,
      epochLossSums: tasks.map(() => 0),
      epochSteps: 0,
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
   * Steps may be reported some calls later, all of them by `settle`; until then they are not counted either.
   * @param batch - null for parts that read the whole training split
   * @param between - awaited where there is time for other work; must not throw, for half a step cannot be saved
   * @throws WorkbenchError (numeric) that names step, task and tensor
   */
  abstract trainStep(
    batch: TensorBatch | null,
    epoch: number,
    between: () => Promise<void>,
  ): Promise<StepReport[]>;

  /**
   * Waits for the steps that are not reported yet. To be called before anything else is asked of the part, and until it
   * reports none: a fault behind good steps is thrown by the next call.
   * @throws WorkbenchError (numeric) as `trainStep` does
   */
  async settle(): Promise<StepReport[]> {
    return [];
  }

  protected abstract measure(rows: Uint32Array, between: () => Promise<void>): Promise<SplitEvaluation>;

  protected abstract keepBest(group: number): Promise<void>;

  protected abstract restoreBest(): Promise<void>;

  /** Tensors by name; names do not start with the role. */
  protected abstract saveTensors(): Promise<Record<string, Float32Array>>;

  protected abstract loadTensors(tensors: Record<string, Float32Array>): void;

  /** Frees what only training needs; the network can still be looked into. Not to be trained or saved after this. */
  abstract release(): void;

  abstract dispose(): void;

  get role(): Role {
    return this.info.role;
  }

  get step(): number {
    return this.state.step;
  }

  get records(): readonly EpochRecord[] {
    return this.state.records;
  }

  /** True when every group has run out of patience. */
  get stopped(): boolean {
    return this.stopping.every((s) => s.state.stopped);
  }

  /** Measures the validation split, updates early stopping, and keeps the values when they are the best so far. */
  async finishEpoch(epoch: number, between: () => Promise<void>): Promise<EpochRecord> {
    const evaluation = await this.evaluate(this.o.dataset.split.validation, between);
    const { step, epochLossSums, epochSteps } = this.state;
    const scores = this.groups.map((group) => groupScore(group, evaluation, this.o.taskTypes));
    let isBest = false;
    for (const [g, stopping] of this.stopping.entries()) {
      if (stopping.state.stopped) continue;
      if (!stopping.update(scores[g] ?? Number.NaN, epoch, step)) continue;
      isBest = true;
      await this.keepBest(g);
    }
    const defined = scores.filter((s) => !Number.isNaN(s));
    const record: EpochRecord = {
      epoch,
      step,
      trainLosses: epochLossSums.map((sum) => sum / epochSteps),
      validationLosses: evaluation.losses,
      validation: evaluation.scores,
      score: defined.reduce((a, b) => a + b, 0) / defined.length,
      isBest,
    };
    this.state.records.push(record);
    this.state.epochLossSums = epochLossSums.map(() => 0);
    this.state.epochSteps = 0;
    return record;
  }

  /** Validation scores at the best epoch of each task so far; null before the first epoch. */
  bestScores(): TaskScore[] | null {
    const { records } = this.state;
    if (records.length === 0) return null;
    return this.o.dataset.tasks.map((_, task) => {
      const { bestEpoch } = this.stoppingOf(task);
      const record = records.find((r) => r.epoch === bestEpoch) ?? records[0];
      return (record as EpochRecord).validation[task] as TaskScore;
    });
  }

  /** Of the best epochs on the validation split: mean of the scores of all groups, and the sum of their losses. */
  bestMeasure(): { score: number; loss: number } {
    const scores = this.stopping.map((s) => s.state.best);
    const loss = this.o.dataset.tasks.reduce((sum, _, task) => {
      const record = this.state.records.find((r) => r.epoch === this.stoppingOf(task).bestEpoch);
      return sum + (record?.validationLosses[task] ?? Number.NaN);
    }, 0);
    return { score: scores.reduce((a, b) => a + b, 0) / scores.length, loss };
  }

  /** Puts the best values back and measures the test split. */
  async finish(between: () => Promise<void>): Promise<PartResult> {
    await this.restoreBest();
    const evaluation = await this.evaluate(this.o.dataset.split.test, between);
    const { tasks } = this.o.dataset;
    return {
      ...this.info,
      epochs: [...this.state.records],
      bestEpochs: tasks.map((_, task) => this.stoppingOf(task).bestEpoch),
      bestSteps: tasks.map((_, task) => this.stoppingOf(task).bestStep),
      validation: this.bestScores() ?? [],
      test: evaluation.scores,
      trainMs: this.state.trainMs,
      evaluationMs: this.state.evaluationMs,
      steps: this.state.step,
    };
  }

  /** Everything needed to go on exactly. Keys start with the role. */
  async save(): Promise<{ tensors: Record<string, Float32Array>; state: PartState }> {
    const own = await this.saveTensors();
    const tensors = Object.fromEntries(Object.entries(own).map(([k, v]) => [`${this.role}/${k}`, v]));
    const state = structuredClone({ ...this.state, stopping: this.stopping.map((s) => s.state) });
    return { tensors, state };
  }

  /** The inverse of `save`. */
  load(tensors: Record<string, Float32Array>, state: PartState): void {
    const prefix = `${this.role}/`;
    const own = Object.entries(tensors).filter(([key]) => key.startsWith(prefix));
    this.loadTensors(Object.fromEntries(own.map(([key, v]) => [key.slice(prefix.length), v])));
    const { stopping, ...rest } = structuredClone(state);
    stopping.forEach((s, g) => {
      const target = this.stopping[g];
      if (target) target.state = s;
    });
    this.state = rest;
  }

  /** Books a step that went well. */
  protected count(losses: readonly number[], gradientNorm: number): void {
    this.state.step++;
    this.state.epochSteps++;
    losses.forEach((loss, i) => {
      this.state.epochLossSums[i] += loss;
    });
    this.state.lastGradientNorm = gradientNorm;
  }

  protected stoppingOf(task: number): StoppingState {
    return (this.stopping[this.groups.findIndex((g) => g.includes(task))] as EarlyStopping).state;
  }

  private async evaluate(rows: Uint32Array, between: () => Promise<void>): Promise<SplitEvaluation> {
    const started = performance.now();
    try {
      return await this.measure(rows, between);
    } finally {
      this.state.evaluationMs += performance.now() - started;
    }
  }
}

/** Mean of the group's primary metrics, signed so that higher is better; NaN when none is defined. */
function groupScore(
  group: readonly number[],
  { scores }: SplitEvaluation,
  types: readonly TaskType[],
): number {
  const values = group.flatMap((task) => {
    const score = scores[task];
    const value = score?.metrics[score.primary]?.value ?? Number.NaN;
    const higher = types[task]?.metrics.find((m) => m.id === score?.primary)?.higherIsBetter ?? true;
    return Number.isNaN(value) ? [] : [higher ? value : -value];
  });
  return values.length === 0 ? Number.NaN : values.reduce((a, b) => a + b, 0) / values.length;
}
