// One network in training: the model, or the baseline beside it. Owns its optimizer, its early stopping and its best
// checkpoint. The session drives it batch by batch; it knows nothing of messages, seeds' order or the page.
import * as tf from '@tensorflow/tfjs-core';
import type { Params } from '../config/params.ts';
import type { Dataset } from '../data/table.ts';
import { gradientSquares } from '../kernels/gradientSquares.ts';
import type { Batch, Model, ModelDef, Parameter } from '../models/model.ts';
import type { EpochRecord, PartInfo, PartResult, Role, TaskScore } from '../protocol.ts';
import type { TaskType } from '../tasks/task.ts';
import { equal } from '../weighting/equal.ts';
import type { WeightingDef } from '../weighting/weighting.ts';
import { EarlyStopping, type StoppingState } from './earlyStopping.ts';
import { evaluateSplit, type SplitEvaluation } from './evaluate.ts';
import { numericFault } from './numericFault.ts';
import { learningRateAt, Optimizer } from './optimizer.ts';
import type { TrainingSettings } from './params.ts';

export interface TensorBatch extends Batch {
  /** Per task, [B]. */
  targets: tf.Tensor1D[];
}

export interface PartOptions {
  role: Role;
  def: ModelDef;
  params: Params;
  dataset: Dataset;
  taskTypes: readonly TaskType[];
  weighting: WeightingDef;
  settings: TrainingSettings;
  seed: number;
  totalSteps: number;
}

export interface StepReport {
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

export class TrainingPart {
  readonly info: PartInfo;
  readonly model: Model;
  readonly role: Role;
  private readonly o: PartOptions;
  private readonly optimizer: Optimizer;
  /** Tasks that stop and are restored together. */
  private readonly groups: number[][];
  private readonly stopping: EarlyStopping[];
  /** What belongs to each group, parameters and buffers. */
  private readonly groupStretches: Stretch[][];
  /** Per parameter, its stretches of one group each. */
  private readonly parameterStretches: Stretch[][];
  /** Best values per group, in the order of `groupStretches`. */
  private best: (Float32Array[] | null)[];
  private state: Omit<PartState, 'stopping'>;

  constructor(options: PartOptions) {
    this.o = options;
    const { role, def, params, dataset, seed, settings } = options;
    const { features, tasks } = dataset;
    this.role = role;
    const labelCorrelation = dataset.relatedness.realised;
    this.model = def.build({ features, tasks, params, seed, labelCorrelation });
    this.optimizer = new Optimizer(this.model.parameters, settings);
    this.info = {
      role,
      id: def.id,
      label: def.label,
      parameters: this.model.parameters.reduce((sum, p) => sum + p.variable.size, 0),
      singleTask: def.singleTask,
    };
    this.groups = def.singleTask ? tasks.map((_, i) => [i]) : [tasks.map((_, i) => i)];
    this.stopping = this.groups.map(() => new EarlyStopping(settings.patience));
    this.best = this.groups.map(() => null);
    const { parameters, buffers } = this.model;
    this.parameterStretches = parameters.map((p) => stretchesOf(p, def.singleTask));
    const all = [...parameters, ...buffers].flatMap((p) => stretchesOf(p, def.singleTask));
    this.groupStretches = this.groups.map((_, g) => all.filter((s) => s.group === g));
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

  /**
   * One optimizer step. When a loss or gradient is not finite nothing is changed.
   * @throws WorkbenchError (numeric) that names step, task and tensor
   */
  async trainStep(batch: TensorBatch, epoch: number): Promise<StepReport> {
    const started = performance.now();
    const step = this.state.step + 1;
    const { parameters } = this.model;
    const { taskLosses, gradients } = this.differentiate(batch, step);
    const squares = gradientSquares(
      gradients,
      this.parameterStretches.map((own) => own.map((s) => s.size)),
    );
    const packed = tf.concat([taskLosses, squares]);
    try {
      const values = await packed.data();
      const losses = Array.from(values.subarray(0, taskLosses.size));
      const norms = this.gradientNorms(values.subarray(taskLosses.size));
      const gradientNorm = Math.max(...norms);
      if (![...losses, gradientNorm].every(Number.isFinite)) {
        const { role, seed, dataset } = this.o;
        throw await numericFault(
          {
            role,
            seed,
            epoch,
            step,
            taskNames: dataset.tasks.map((t) => t.name),
            taskLosses: losses,
            previousGradientNorm: this.state.lastGradientNorm,
          },
          parameters,
          gradients,
        );
      }
      const { clipNorm } = this.o.settings;
      const clips = norms.map((norm) => (clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1));
      const scales = this.parameterStretches.map((own) =>
        own.map(({ size, group }) => ({ size, scale: clips[group] ?? 1 })),
      );
      this.optimizer.apply(gradients, scales, learningRateAt(this.o.settings, step, this.o.totalSteps), step);
      this.state.step = step;
      this.state.epochSteps++;
      losses.forEach((loss, i) => {
        this.state.epochLossSums[i] += loss;
      });
      this.state.lastGradientNorm = gradientNorm;
      return { taskLosses: losses, gradientNorm };
    } finally {
      tf.dispose([taskLosses, squares, packed, gradients]);
      this.state.trainMs += performance.now() - started;
    }
  }

  /** Losses per task [T] and one gradient per parameter; the caller disposes both. */
  differentiate(batch: TensorBatch, step: number): { taskLosses: tf.Tensor1D; gradients: tf.Tensor[] } {
    const { parameters } = this.model;
    const { taskTypes, weighting, def } = this.o;
    let taskLosses: tf.Tensor1D | null = null;
    const objective = (): tf.Scalar => {
      const logits = this.model.forward(batch, { training: true, step });
      const losses = logits.map((l, i) =>
        (taskTypes[i] as TaskType).loss(l, batch.targets[i] as tf.Tensor1D),
      );
      taskLosses = tf.keep(tf.stack(losses)) as tf.Tensor1D;
      // Single-task networks share nothing, so the sum trains each on its own loss, whatever the weighting.
      return (def.singleTask ? equal : weighting).combine(losses);
    };
    const { value, grads } = tf.variableGrads(
      objective,
      parameters.map((p) => p.variable),
    );
    value.dispose();
    // A parameter the loss does not reach (query and key of as-released row attention) has gradient zero.
    const gradients = parameters.map(({ variable }) => grads[variable.name] ?? tf.zeros(variable.shape));
    if (!taskLosses) throw new Error('variableGrads did not run the objective');
    return { taskLosses, gradients };
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
      this.best[g] = await readStretches(this.groupStretches[g] as Stretch[]);
    }
    const defined = scores.filter((s) => !Number.isNaN(s));
    const record: EpochRecord = {
      epoch,
      step,
      trainLosses: epochLossSums.map((sum) => sum / Math.max(1, epochSteps)),
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

  /** Puts the best values back and measures the test split. */
  async finish(between: () => Promise<void>): Promise<PartResult> {
    for (const g of this.groups.keys()) {
      const best = this.best[g];
      if (best) await writeStretches(this.groupStretches[g] as Stretch[], best);
    }
    const { test } = this.o.dataset.split;
    const evaluation = await this.evaluate(test, between);
    const { tasks } = this.o.dataset;
    const { role, id, label, parameters } = this.info;
    return {
      role,
      id,
      label,
      parameters,
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

  /** Everything needed to go on exactly: values, moments, best values. Keys start with the role. */
  async save(): Promise<{ tensors: Record<string, Float32Array>; state: PartState }> {
    const tensors: Record<string, Float32Array> = {};
    const add = async (kind: string, variables: readonly tf.Variable[]) => {
      const values = await readAll(variables);
      values.forEach((v, i) => {
        tensors[`${this.role}/${kind}/${i}`] = v;
      });
    };
    await add(
      'parameter',
      this.model.parameters.map((p) => p.variable),
    );
    await add(
      'buffer',
      this.model.buffers.map((p) => p.variable),
    );
    await add('first-moment', this.optimizer.firstMoments);
    await add('second-moment', this.optimizer.secondMoments);
    this.best.forEach((values, g) => {
      values?.forEach((v, i) => {
        tensors[`${this.role}/best${g}/${i}`] = v.slice();
      });
    });
    const state = structuredClone({ ...this.state, stopping: this.stopping.map((s) => s.state) });
    return { tensors, state };
  }

  /** The inverse of `save`. */
  load(tensors: Record<string, Float32Array>, state: PartState): void {
    const take = (kind: string, variables: readonly tf.Variable[]) =>
      writeAll(
        variables,
        variables.map((v, i) => {
          const values = tensors[`${this.role}/${kind}/${i}`];
          if (values?.length === v.size) return values;
          throw new Error(
            `checkpoint: ${this.role}/${kind}/${i} holds ${values?.length ?? 0} values, not ${v.size}`,
          );
        }),
      );
    take(
      'parameter',
      this.model.parameters.map((p) => p.variable),
    );
    take(
      'buffer',
      this.model.buffers.map((p) => p.variable),
    );
    take('first-moment', this.optimizer.firstMoments);
    take('second-moment', this.optimizer.secondMoments);
    this.best = this.groups.map((_, g) => {
      const values = (this.groupStretches[g] as Stretch[]).map(
        (_s, i) => tensors[`${this.role}/best${g}/${i}`],
      );
      return values.every((v) => v !== undefined) ? (values as Float32Array[]).map((v) => v.slice()) : null;
    });
    const { stopping, ...rest } = structuredClone(state);
    stopping.forEach((s, g) => {
      const target = this.stopping[g];
      if (target) target.state = s;
    });
    this.state = rest;
  }

  dispose(): void {
    this.model.dispose();
    this.optimizer.dispose();
  }

  private async evaluate(rows: Uint32Array, between: () => Promise<void>): Promise<SplitEvaluation> {
    const started = performance.now();
    const { dataset, taskTypes, settings } = this.o;
    try {
      return await evaluateSplit(this.model, dataset, taskTypes, rows, settings.evaluationBatch, between);
    } finally {
      this.state.evaluationMs += performance.now() - started;
    }
  }

  private stoppingOf(task: number): StoppingState {
    return (this.stopping[this.groups.findIndex((g) => g.includes(task))] as EarlyStopping).state;
  }

  private gradientNorms(squares: ArrayLike<number>): number[] {
    const sums = this.groups.map(() => 0);
    this.parameterStretches.flat().forEach(({ group }, i) => {
      sums[group] += squares[i] ?? 0;
    });
    return sums.map(Math.sqrt);
  }
}

/** Consecutive values of a variable that belong to one group. */
interface Stretch {
  variable: tf.Variable;
  start: number;
  size: number;
  group: number;
}

/** Networks of several tasks share variables; a group is then a task. */
function stretchesOf({ variable, parts }: Parameter, singleTask: boolean): Stretch[] {
  if (!singleTask) return [{ variable, start: 0, size: variable.size, group: 0 }];
  const stretches: Stretch[] = [];
  for (const { start, size, task } of parts) {
    const last = stretches.at(-1);
    const group = task ?? 0;
    if (last?.group === group) last.size += size;
    else stretches.push({ variable, start, size, group });
  }
  return stretches;
}

/** Copies, so that later in-place updates do not reach them. */
async function readStretches(stretches: readonly Stretch[]): Promise<Float32Array[]> {
  const variables = [...new Set(stretches.map((s) => s.variable))];
  const values = await Promise.all(variables.map((v) => v.data<'float32'>()));
  const byVariable = new Map(variables.map((v, i) => [v, values[i] as Float32Array]));
  return stretches.map(({ variable, start, size }) =>
    (byVariable.get(variable) as Float32Array).slice(start, start + size),
  );
}

async function writeStretches(stretches: readonly Stretch[], values: readonly Float32Array[]): Promise<void> {
  const variables = [...new Set(stretches.map((s) => s.variable))];
  const whole = await readAll(variables);
  stretches.forEach(({ variable, start }, i) => {
    whole[variables.indexOf(variable)]?.set(values[i] as Float32Array, start);
  });
  writeAll(variables, whole);
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

/** Copies, so that later in-place updates do not reach them. */
async function readAll(variables: readonly tf.Variable[]): Promise<Float32Array[]> {
  const values = await Promise.all(variables.map((v) => v.data<'float32'>()));
  return values.map((v) => v.slice());
}

function writeAll(variables: readonly tf.Variable[], values: readonly Float32Array[]): void {
  tf.tidy(() => {
    variables.forEach((v, i) => {
      v.assign(tf.tensor((values[i] as Float32Array).slice(), v.shape, 'float32'));
    });
  });
}
