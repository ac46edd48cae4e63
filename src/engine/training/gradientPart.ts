// A network trained by gradient steps on batches: the model, its optimizer, and the best values of each group of tasks.
import * as tf from '@tensorflow/tfjs-core';
import type { Params } from '../config/params.ts';
import type { WorkbenchError } from '../core/errors.ts';
import { taskLosses as computeTaskLosses } from '../kernels/ops/taskLoss/index.ts';
import { createUpdater } from '../kernels/ops/updateParameters/index.ts';
import { stepRecorder } from '../kernels/runtime/backendRuntime.ts';
import { enterPhase } from '../kernels/runtime/observe.ts';
import { isDeferred, type Updater } from '../kernels/runtime/updater.ts';
import type { GradientModelDef, Model, Parameter } from '../models/model.ts';
import { equal } from '../weighting/equal.ts';
import type { WeightingDef } from '../weighting/weighting.ts';
import { savedNames } from '../weights/torchNames.ts';
import { predictModel } from './evaluate.ts';
import { numericFault } from './numericFault.ts';
import { learningRateAt, updateRule } from './optimizer.ts';
import { Part, type PartOptions, type StepReport } from './part.ts';
import { RecordedSteps } from './recordedSteps.ts';
import type { ResidentTable } from './residentTable.ts';
import { disposeTensors, type StepTensors, type TensorBatch } from './tensorBatch.ts';

/** About how long launched steps may go unread: what a pause or a stop waits for, and half the pace of the charts. */
const WINDOW_MS = 50;

export interface GradientPartOptions extends PartOptions {
  def: GradientModelDef;
  params: Params;
  weighting: WeightingDef;
  /** Repeat steps from a recording where the backend can; true when left out. */
  record?: boolean;
  /** That of the labels the network was trained on, [T, T], where those are not the labels of the dataset. */
  labelCorrelation?: Float64Array;
  /** The table on the device for recorded steps to take their rows from; null, or left out: batches are uploaded. */
  table?(): ResidentTable | null;
}

export class GradientPart extends Part {
  readonly model: Model;
  private readonly options: GradientPartOptions;
  private readonly labelCorrelation: Float64Array;
  private readonly weighting: WeightingDef;
  private readonly updater: Updater;
  /** What belongs to each group, parameters and buffers. */
  private readonly groupStretches: Stretch[][];
  /** Null where steps cannot be replayed. */
  private recorded: RecordedSteps | null;
  /** Steps whose reports have not been read. */
  private launched: { step: number; epoch: number; batch: TensorBatch }[] = [];
  /** How many steps are launched before their reports are read. */
  private window = 1;
  private windowStarted = 0;
  private fault: WorkbenchError | null = null;
  /** Best values per group, in the order of `groupStretches`. */
  private best: (Float32Array[] | null)[];

  constructor(options: GradientPartOptions) {
    super(options);
    this.options = options;
    const { def, params, dataset, seed, settings, weighting } = options;
    const { features, tasks, relatedness } = dataset;
    this.weighting = weighting;
    this.labelCorrelation = options.labelCorrelation ?? relatedness.realised;
    this.model = def.build({ features, tasks, params, seed, labelCorrelation: this.labelCorrelation });
    this.best = this.groups.map(() => null);
    const { parameters, buffers } = this.model;
    const { singleTask } = this.info;
    this.updater = createUpdater({
      parameters: parameters.map((p) => p.variable),
      stretches: parameters.map((p) => stretchesOf(p, singleTask)),
      tasks: tasks.length,
      groups: this.groups.length,
      rule: updateRule(settings),
    });
    this.recorded = options.record === false ? null : this.createRecordedSteps(options.table);
    const all = [...parameters, ...buffers].flatMap((p) => stretchesOf(p, singleTask));
    this.groupStretches = this.groups.map((_, g) => all.filter((s) => s.group === g));
  }

  async trainStep(batch: TensorBatch | null, epoch: number): Promise<StepReport[]> {
    if (!batch) throw new Error(`${this.info.id}: a gradient step needs a batch`);
    const started = performance.now();
    try {
      if (this.recorded && stepRecorder()) return await this.launchStep(this.recorded, batch, epoch);
      // Nothing is waited for before the launch where nothing is in flight.
      const before = this.fault || this.launched.length > 0 ? await this.readReports() : [];
      return [...before, await this.finishStep(batch, epoch)];
    } finally {
      this.state.trainMs += performance.now() - started;
    }
  }

  override async settle(): Promise<StepReport[]> {
    const started = performance.now();
    try {
      return await this.readReports();
    } finally {
      this.state.trainMs += performance.now() - started;
    }
  }

  /** Launches a step and waits for it. */
  private async finishStep(batch: TensorBatch, epoch: number): Promise<StepReport> {
    const step = this.step + 1;
    const { taskLosses, gradients } = this.differentiate(batch, step);
    try {
      enterPhase('update');
      const report = await this.updater.step(gradients, taskLosses, step, (at) => this.learningRate(at));
      if (!report.every(Number.isFinite)) throw await this.faultOf(report, { step, epoch }, gradients);
      return this.reported(report, batch.size);
    } finally {
      tf.dispose([taskLosses, gradients]);
    }
  }

  /** Launches a step, from its recording when there is one, and reads reports when it is time. */
  private async launchStep(
    recorded: RecordedSteps,
    batch: TensorBatch,
    epoch: number,
  ): Promise<StepReport[]> {
    if (this.fault) throw this.fault;
    if (this.launched.length === 0) this.windowStarted = performance.now();
    const step = this.step + this.launched.length + 1;
    const refused = recorded.launch(batch, step);
    this.launched.push({ step, epoch, batch });
    if (refused) {
      recorded.dispose();
      this.recorded = null;
      this.o.onNote?.({
        code: 'steps-not-replayed',
        text: `Steps of ${this.info.label} are not replayed, which makes them slower: ${refused}.`,
      });
      return this.readReports();
    }
    return this.launched.length < this.window ? [] : this.readReports();
  }

  /** Of the steps that are launched and not reported yet. A fault behind good steps is thrown by the next call. */
  private async readReports(): Promise<StepReport[]> {
    if (this.fault) throw this.fault;
    const { updater, launched } = this;
    if (launched.length === 0 || !isDeferred(updater)) return [];
    const reportOf = await updater.readReports();
    const msPerStep = (performance.now() - this.windowStarted) / launched.length;
    this.window = Math.max(1, Math.min(updater.held, Math.floor(WINDOW_MS / msPerStep)));
    this.launched = [];
    const reports: StepReport[] = [];
    for (const { step, epoch, batch } of launched) {
      const report = reportOf(step);
      if (report.every(Number.isFinite)) {
        reports.push(this.reported(report, batch.size));
        continue;
      }
      // Nothing has changed since, so the step can be taken again for the sake of its gradients.
      const { taskLosses, gradients } = this.differentiate(batch, step);
      this.fault = await this.faultOf(report, { step, epoch }, gradients);
      tf.dispose([taskLosses, gradients]);
      batch.dispose();
      if (reports.length === 0) throw this.fault;
      break;
    }
    return reports;
  }

  private reported(report: Float32Array, rows: number): StepReport {
    const numTasks = this.o.dataset.tasks.length;
    const taskLosses = Array.from(report.subarray(0, numTasks));
    const gradientNorm = Math.max(...report.subarray(numTasks));
    this.count(taskLosses, gradientNorm, rows);
    return { step: this.step, taskLosses, gradientNorm };
  }

  private faultOf(
    report: Float32Array,
    at: { step: number; epoch: number },
    gradients: readonly tf.Tensor[],
  ): Promise<WorkbenchError> {
    const { seed, dataset } = this.o;
    const taskNames = dataset.tasks.map((t) => t.name);
    const context = {
      ...at,
      role: this.role,
      seed,
      taskNames,
      taskLosses: Array.from(report.subarray(0, taskNames.length)),
      previousGradientNorm: this.state.lastGradientNorm,
    };
    return numericFault(context, this.model.parameters, gradients);
  }

  /** Memory that tensors do not account for. */
  get recordedBytes(): number {
    return this.recorded?.bytes ?? 0;
  }

  private createRecordedSteps(table: GradientPartOptions['table'] = () => null): RecordedSteps | null {
    const { updater } = this;
    const recorder = stepRecorder();
    if (!recorder || !isDeferred(updater)) return null;
    return new RecordedSteps({
      recorder,
      table,
      launch: (batch, step) => {
        const { taskLosses, gradients } = this.differentiate(batch, step);
        enterPhase('update');
        updater.launch(gradients, taskLosses, step, (at) => this.learningRate(at));
        tf.dispose([taskLosses, gradients]);
      },
      kept: () => [...updater.kept, ...this.buffers],
    });
  }

  private learningRate(step: number): number {
    return learningRateAt(this.o.settings, step, this.info.stepsPerEpoch * this.info.epochs);
  }

  /** Losses per task [T] and one gradient per parameter; the caller disposes both. */
  differentiate(batch: StepTensors, step: number): { taskLosses: tf.Tensor1D; gradients: tf.Tensor[] } {
    const { parameters } = this.model;
    const { taskTypes, dataset } = this.o;
    const specs = taskTypes.map(({ lossKind }, i) => ({
      kind: lossKind,
      outputs: dataset.tasks[i]?.outputs ?? 1,
    }));
    // Single-task networks share nothing, so the sum trains each on its own loss, whatever the weighting.
    const weighting = this.info.singleTask ? equal : this.weighting;
    const weights = weighting.weights?.(specs.length);
    let taskLosses: tf.Tensor1D | null = null;
    const objective = (): tf.Tensor => {
      enterPhase('forward');
      const outputs = this.model.forward(batch, { training: true, step, packed: true });
      const logits =
        outputs.length === 1 ? (outputs[0] as tf.Tensor2D) : (tf.concat(outputs, 1) as tf.Tensor2D);
      taskLosses = tf.keep(computeTaskLosses(logits, batch.targets, specs));
      const objective = weights ? taskLosses : weighting.combine(taskLosses);
      enterPhase('backward');
      return objective;
    };
    const { value, grads } = tf.tidy(() =>
      tf.engine().gradients(
        objective,
        parameters.map((p) => p.variable),
        // Where the weights are known, they are the gradient of the losses, and their sum need not be computed.
        weights && tf.tensor1d(weights),
        true,
      ),
    );
    if (!weights) value.dispose();
    // A parameter the loss does not reach (query and key of as-released row attention) has gradient zero.
    const gradients = parameters.map(({ variable }, i) => grads[i] ?? tf.zeros(variable.shape));
    if (!taskLosses) throw new Error('variableGrads did not run the objective');
    return { taskLosses, gradients };
  }

  /** Names that tensors are saved under, where PyTorch refuses those of the model. */
  savedNames(): ReadonlyMap<string, string> {
    const { def, params, dataset } = this.options;
    const { features, tasks } = dataset;
    return savedNames(def, { features, tasks, params, labelCorrelation: this.labelCorrelation });
  }

  /**
   * Launches all that a recorded step on such a batch launches, on a network of its own that is of no use afterwards.
   * @param upload - puts values on the device, where such a step finds the batches that it does not take from a table
   */
  rehearse(batch: TensorBatch, upload: (tensors: readonly tf.Tensor[]) => void): void {
    const other = new GradientPart({ ...this.options, record: false, onNote: undefined });
    const { updater } = other;
    const table = batch.place && this.options.table?.();
    const rows = table ? table.rehearse(batch.size) : batch;
    try {
      if (!table) upload([batch.categorical, batch.numeric, batch.targets]);
      const { taskLosses, gradients } = other.differentiate(rows, 1);
      if (isDeferred(updater)) updater.launch(gradients, taskLosses, 1, (at) => other.learningRate(at));
      tf.dispose([taskLosses, gradients]);
    } finally {
      if (table) disposeTensors(rows);
      other.dispose();
    }
  }

  /**
   * Another network with the values of this one, whose steps do the same work and change nothing: its learning rate is 0.
   * To measure on; the caller disposes it.
   */
  idleTwin(): GradientPart {
    const settings = { ...this.o.settings, learningRate: 0 };
    const twin = new GradientPart({ ...this.options, settings, onNote: undefined });
    const [own, others] = [this, twin].map((part) => [...part.parameters, ...part.buffers]);
    // Copies, because values that two variables share are not changed in place.
    tf.tidy(() => {
      others?.forEach((v, i) => {
        v.assign(tf.add(own?.[i] as tf.Variable, 0));
      });
    });
    return twin;
  }

  release(): void {
    this.recorded?.dispose();
    this.recorded = null;
    this.updater.dispose();
    this.best = this.groups.map(() => null);
  }

  dispose(): void {
    this.recorded?.dispose();
    this.model.dispose();
    this.updater.dispose();
  }

  protected predict(rows: Uint32Array, between: () => Promise<void>): Promise<Float32Array[]> {
    const { dataset, settings } = this.o;
    return predictModel(this.model, dataset, rows, settings.evaluationBatch, between);
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
    const kinds: [string, Float32Array[]][] = [
      ['parameter', await readAll(this.parameters)],
      ['buffer', await readAll(this.buffers)],
      ...Object.entries(await this.updater.readState()),
    ];
    for (const [kind, values] of kinds) {
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
    const valuesOf = (kind: string, variables: readonly tf.Variable[]) =>
      variables.map((v, i) => {
        const stored = tensors[`${kind}/${i}`];
        if (stored?.length === v.size) return stored;
        throw new Error(
          `checkpoint: ${this.role}/${kind}/${i} holds ${stored?.length ?? 0} values, not ${v.size}`,
        );
      });
    const { parameters, buffers } = this;
    writeAll(parameters, valuesOf('parameter', parameters));
    writeAll(buffers, valuesOf('buffer', buffers));
    const { updater } = this;
    updater.writeState(Object.fromEntries(updater.slots.map((slot) => [slot, valuesOf(slot, parameters)])));
    this.best = this.groupStretches.map((stretches, g) => {
      const values = stretches.map((_s, i) => tensors[`best${g}/${i}`]);
      return values.every((v) => v !== undefined) ? (values as Float32Array[]).map((v) => v.slice()) : null;
    });
  }

  private get parameters(): tf.Variable[] {
    return this.model.parameters.map((p) => p.variable);
  }

  private get buffers(): tf.Variable[] {
    return this.model.buffers.map((p) => p.variable);
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
