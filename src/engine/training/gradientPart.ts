// A network trained by gradient steps on batches: the model, its optimizer, and the best values of each group of tasks.
import * as tf from '@tensorflow/tfjs-core';
import type { Params } from '../config/params.ts';
import { formatIssue, WorkbenchError } from '../core/errors.ts';
import { gradientSquares } from '../kernels/gradientSquares.ts';
import type { GradientModelDef, Model, Parameter } from '../models/model.ts';
import type { TaskType } from '../tasks/task.ts';
import { equal } from '../weighting/equal.ts';
import type { WeightingDef } from '../weighting/weighting.ts';
import { loadWeights } from '../weights/stateDict.ts';
import type { WeightsFile } from '../weights/torchFile.ts';
import { evaluateModel, type SplitEvaluation } from './evaluate.ts';
import { numericFault } from './numericFault.ts';
import { learningRateAt, Optimizer } from './optimizer.ts';
import { Part, type PartOptions, type StepReport, type TensorBatch } from './part.ts';

export interface GradientPartOptions extends PartOptions {
  def: GradientModelDef;
  params: Params;
  weighting: WeightingDef;
}

export class GradientPart extends Part {
  readonly model: Model;
  private readonly weighting: WeightingDef;
  private readonly optimizer: Optimizer;
  /** What belongs to each group, parameters and buffers. */
  private readonly groupStretches: Stretch[][];
  /** Per parameter, its stretches of one group each. */
  private readonly parameterStretches: Stretch[][];
  /** Best values per group, in the order of `groupStretches`. */
  private best: (Float32Array[] | null)[];

  constructor(options: GradientPartOptions) {
    super(options);
    const { def, params, dataset, seed, settings, weighting } = options;
    const { features, tasks, relatedness } = dataset;
    this.weighting = weighting;
    this.model = def.build({ features, tasks, params, seed, labelCorrelation: relatedness.realised });
    this.optimizer = new Optimizer(this.model.parameters, settings);
    this.best = this.groups.map(() => null);
    const { parameters, buffers } = this.model;
    const { singleTask } = this.info;
    this.parameterStretches = parameters.map((p) => stretchesOf(p, singleTask));
    const all = [...parameters, ...buffers].flatMap((p) => stretchesOf(p, singleTask));
    this.groupStretches = this.groups.map((_, g) => all.filter((s) => s.group === g));
  }

  async trainStep(batch: TensorBatch | null, epoch: number): Promise<StepReport> {
    if (!batch) throw new Error(`${this.info.id}: a gradient step needs a batch`);
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
      const { seed, dataset, settings } = this.o;
      if (![...losses, gradientNorm].every(Number.isFinite)) {
        throw await numericFault(
          {
            role: this.role,
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
      const { clipNorm } = settings;
      const clips = norms.map((norm) => (clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1));
      const scales = this.parameterStretches.map((own) =>
        own.map(({ size, group }) => ({ size, scale: clips[group] ?? 1 })),
      );
      const totalSteps = this.info.stepsPerEpoch * this.info.epochs;
      this.optimizer.apply(gradients, scales, learningRateAt(settings, step, totalSteps), step);
      this.count(losses, gradientNorm);
      return { taskLosses: losses, gradientNorm };
    } finally {
      tf.dispose([taskLosses, squares, packed, gradients]);
      this.state.trainMs += performance.now() - started;
    }
  }

  /** Losses per task [T] and one gradient per parameter; the caller disposes both. */
  differentiate(batch: TensorBatch, step: number): { taskLosses: tf.Tensor1D; gradients: tf.Tensor[] } {
    const { parameters } = this.model;
    const { taskTypes } = this.o;
    let taskLosses: tf.Tensor1D | null = null;
    const objective = (): tf.Scalar => {
      const logits = this.model.forward(batch, { training: true, step });
      const losses = logits.map((l, i) =>
        (taskTypes[i] as TaskType).loss(l, batch.targets[i] as tf.Tensor1D),
      );
      taskLosses = tf.keep(tf.stack(losses)) as tf.Tensor1D;
      // Single-task networks share nothing, so the sum trains each on its own loss, whatever the weighting.
      return (this.info.singleTask ? equal : this.weighting).combine(losses);
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

  /**
   * Takes trained weights in place of the initial values.
   * @returns what to say about where in the file they were
   * @throws WorkbenchError (file) with every name that does not fit
   */
  loadWeights(file: WeightsFile, fileName: string): string[] {
    const { issues, notes } = loadWeights(this.model, file);
    const [first] = issues;
    if (!first) return notes;
    const more = issues.length > 1 ? ` and ${issues.length - 1} more` : '';
    throw new WorkbenchError(
      'file',
      `${fileName} does not fit ${this.info.label}: ${formatIssue(first)}${more}`,
      issues,
    );
  }

  release(): void {
    this.optimizer.dispose();
    this.best = this.groups.map(() => null);
  }

  dispose(): void {
    this.model.dispose();
    this.optimizer.dispose();
  }

  protected measure(rows: Uint32Array, between: () => Promise<void>): Promise<SplitEvaluation> {
    const { dataset, taskTypes, settings } = this.o;
    return evaluateModel(this.model, dataset, taskTypes, rows, settings.evaluationBatch, between);
  }

  protected async keepBest(group: number): Promise<void> {
    this.best[group] = await readStretches(this.groupStretches[group] as Stretch[]);
  }

  protected async restoreBest(): Promise<void> {
    for (const [g, best] of this.best.entries()) {
      if (best) await writeStretches(this.groupStretches[g] as Stretch[], best);
    }
  }

  protected async saveTensors(): Promise<Record<string, Float32Array>> {
    const tensors: Record<string, Float32Array> = {};
    for (const [kind, variables] of this.kinds()) {
      const values = await readAll(variables);
      values.forEach((v, i) => {
        tensors[`${kind}/${i}`] = v;
      });
    }
    this.best.forEach((values, g) => {
      values?.forEach((v, i) => {
        tensors[`best${g}/${i}`] = v.slice();
      });
    });
    return tensors;
  }

  protected loadTensors(tensors: Record<string, Float32Array>): void {
    for (const [kind, variables] of this.kinds()) {
      const values = variables.map((v, i) => {
        const stored = tensors[`${kind}/${i}`];
        if (stored?.length === v.size) return stored;
        throw new Error(
          `checkpoint: ${this.role}/${kind}/${i} holds ${stored?.length ?? 0} values, not ${v.size}`,
        );
      });
      writeAll(variables, values);
    }
    this.best = this.groupStretches.map((stretches, g) => {
      const values = stretches.map((_s, i) => tensors[`best${g}/${i}`]);
      return values.every((v) => v !== undefined) ? (values as Float32Array[]).map((v) => v.slice()) : null;
    });
  }

  /** Every variable a checkpoint holds, by kind. */
  private kinds(): [string, tf.Variable[]][] {
    return [
      ['parameter', this.model.parameters.map((p) => p.variable)],
      ['buffer', this.model.buffers.map((p) => p.variable)],
      ['first-moment', this.optimizer.firstMoments],
      ['second-moment', this.optimizer.secondMoments],
    ];
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
