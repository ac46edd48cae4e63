// A network trained by gradient steps on batches: the model, its optimizer, and the best values of each group of tasks.
import * as tf from '@tensorflow/tfjs-core';
import type { Params } from '../config/params.ts';
import type { WorkbenchError } from '../core/errors.ts';
import { createUpdater } from '../kernels/ops/updateParameters/index.ts';
import { stepRecorder } from '../kernels/runtime/backendRuntime.ts';
import type { Updater } from '../kernels/runtime/updater.ts';
import { equal } from '../methods/equal.ts';
import type { GradientMethod } from '../methods/method.ts';
import type { GradientModelDef, Model } from '../models/model.ts';
import { savedNames } from '../weights/torchNames.ts';
import { waited } from './bestEpoch.ts';
import { BestValues } from './bestValues.ts';
import { predictModel } from './evaluate.ts';
import { NetworkInTraining, type NetworkOptions, type StepReport } from './networkInTraining.ts';
import { numericFault } from './numericFault.ts';
import { learningRateAt, updateRule } from './optimizer.ts';
import { readAll, slicesOf, writeAll } from './parameterSlices.ts';
import { RecordedSteps } from './recordedSteps.ts';
import type { ResidentTable } from './residentTable.ts';
import { StepProgram } from './step/stepProgram.ts';
import { StepsInFlight } from './step/stepsInFlight.ts';
import { requireCount } from './storedValues.ts';
import { disposeTensors, type TensorBatch } from './tensorBatch.ts';

export interface GradientNetworkOptions extends NetworkOptions {
  def: GradientModelDef;
  params: Params;
  /** The gradient method; has no effect if every task has its own network. */
  method: GradientMethod;
  /** Replay steps from a recording where the backend supports it; default true. */
  record?: boolean;
  /** Correlation of the labels that the network was trained on, [T, T], if they are not the labels of the dataset. */
  labelCorrelation?: Float64Array;
  /** The table on the device, from which recorded steps take their rows; null or absent: batches are uploaded. */
  table?(): ResidentTable | null;
}

/** Keys are `kind/index`. */
const named = (kind: string, values: readonly Float32Array[]) =>
  Object.fromEntries(values.map((v, i) => [`${kind}/${i}`, v] as const));

export class GradientNetwork extends NetworkInTraining {
  readonly model: Model;
  private readonly options: GradientNetworkOptions;
  private readonly labelCorrelation: Float64Array;
  /** The training step. */
  readonly program: StepProgram;
  private readonly updater: Updater;
  private readonly best: BestValues;
  /** Null if steps cannot be replayed. */
  private recorded: RecordedSteps | null;
  private readonly inFlight = new StepsInFlight();
  private fault: WorkbenchError | null = null;
  private readonly methodNotes = new Set<string>();
  /** The weights of the last step; kept when training ends, because the method that made them is released. */
  private weightsAtEnd: Float32Array | null = null;

  constructor(options: GradientNetworkOptions) {
    super(options);
    this.options = options;
    const { def, params, dataset, seed, settings, method } = options;
    const { features, tasks, relatedness } = dataset;
    this.labelCorrelation = options.labelCorrelation ?? relatedness.realised;
    this.model = def.build({ features, tasks, params, seed, labelCorrelation: this.labelCorrelation });
    const { parameters, buffers } = this.model;
    const { singleTask } = this.info;
    this.updater = createUpdater({
      parameters: parameters.map((p) => p.variable),
      slices: parameters.map((p) => slicesOf(p, singleTask)),
      tasks: tasks.length,
      groups: this.groups.length,
      rule: updateRule(settings),
    });
    this.program = new StepProgram({
      model: this.model,
      tasks: options.taskTypes.map(({ lossKind }, i) => ({
        kind: lossKind,
        outputs: tasks[i]?.outputs ?? 1,
        partial: this.isPartial[i],
      })),
      // Single-task networks share nothing, so the sum trains each on its own loss, whatever the method.
      method: singleTask ? equal : method,
      settings: settings.ofMethod,
      around: singleTask ? undefined : settings,
      seed,
      note: (text) => this.noteOfMethod(text),
      updater: this.updater,
      learningRateAt: (step) => learningRateAt(settings, step, this.info.stepsPerEpoch * this.info.epochs),
    });
    this.recorded = options.record === false ? null : this.createRecordedSteps(options.table);
    const all = [...parameters, ...buffers].flatMap((p) => slicesOf(p, singleTask));
    this.best = new BestValues(this.groups.map((_, g) => all.filter((s) => s.group === g)));
  }

  async trainStep(batch: TensorBatch | null, epoch: number): Promise<StepReport[]> {
    if (!batch) throw new Error(`${this.info.id}: a gradient step needs a batch`);
    const started = performance.now();
    try {
      if (this.recorded && stepRecorder()) return await this.launchStep(this.recorded, batch, epoch);
      // Without steps in flight there is nothing to read before the launch.
      const before = this.fault || this.inFlight.count > 0 ? await this.readReports() : [];
      const step = this.step + 1;
      const report = await this.program.run(batch, step, (report, gradients) =>
        this.faultOf(report, { step, epoch }, gradients),
      );
      return [...before, this.reported(report, batch)];
    } finally {
      this.state.trainMs += performance.now() - started;
    }
  }

  protected override async readPendingSteps(): Promise<StepReport[]> {
    const started = performance.now();
    try {
      return await this.readReports();
    } finally {
      this.state.trainMs += performance.now() - started;
    }
  }

  /** Launches a step, from its recording if there is one, and reads reports when due. */
  private async launchStep(
    recorded: RecordedSteps,
    batch: TensorBatch,
    epoch: number,
  ): Promise<StepReport[]> {
    if (this.fault) throw this.fault;
    const { inFlight } = this;
    inFlight.begin();
    const step = this.step + inFlight.count + 1;
    const launched = recorded.launch(batch, step);
    // Most steps wait for nothing here.
    const refused = launched instanceof Promise ? await launched : launched;
    inFlight.add({ step, epoch, batch });
    if (refused) {
      recorded.dispose();
      this.recorded = null;
      this.noteNotReplayed(refused);
      return this.readReports();
    }
    return inFlight.isFull ? this.readReports() : [];
  }

  /** Reads the reports of launched steps. If a fault follows good steps, the next call throws it. */
  private async readReports(): Promise<StepReport[]> {
    if (this.fault) throw this.fault;
    const { program, inFlight } = this;
    if (inFlight.count === 0 || !program.deferred) return [];
    const reportOf = await program.deferred.readReports();
    const reports: StepReport[] = [];
    for (const { step, epoch, batch } of inFlight.take(program.deferred.held)) {
      const report = reportOf(step);
      if (report.every(Number.isFinite)) {
        reports.push(this.reported(report, batch));
        continue;
      }
      // No parameter has changed since, so the step can be repeated to read its gradients.
      const { taskLosses, gradients } = await program.differentiate(batch, step);
      this.fault = await this.faultOf(report, { step, epoch }, gradients);
      tf.dispose([taskLosses, gradients]);
      batch.dispose();
      if (reports.length === 0) throw this.fault;
      break;
    }
    return reports;
  }

  private reported(report: Float32Array, batch: TensorBatch): StepReport {
    const numTasks = this.o.dataset.tasks.length;
    const rows = this.isPartial.map((isPartial, task) => (isPartial ? batch.labelled(task) : batch.size));
    // A batch without labels of the task has loss 0 on the device; curves leave it out.
    const taskLosses = Array.from(report.subarray(0, numTasks), (loss, task) =>
      rows[task] === 0 ? Number.NaN : loss,
    );
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

  /** The weights of the tasks in the last step, [T], where the method makes weights; else null. */
  async readTaskWeights(): Promise<Float32Array | null> {
    return this.weightsAtEnd ?? this.program.readWeights();
  }

  override setTaskWeights(weights: readonly number[]): boolean {
    if (this.info.singleTask || !this.program.setWeights(weights)) return false;
    // A recording contains the weights, so it is recorded again.
    this.recorded?.dispose();
    return true;
  }

  override async pauseStaleTasks(): Promise<{ names: string[]; weights: number[] } | null> {
    const { taskPatience } = this.o.settings;
    const { tasks } = this.o.dataset;
    if (taskPatience === 0 || this.info.singleTask) return null;
    const before = Array.from((await this.program.readWeights()) ?? []);
    const after = before.map((weight, task) => (waited(this.records, task) >= taskPatience ? 0 : weight));
    const paused = after.flatMap((weight, task) => (weight === 0 && before[task] !== 0 ? [task] : []));
    if (paused.length === 0) return null;
    if (after.some((weight) => weight > 0)) this.setTaskWeights(after);
    else this.stop();
    return {
      names: paused.map((task) => tasks[task]?.name ?? ''),
      // They come back in single precision: 0.1 reads 0.1 again.
      weights: after.map((weight) => Number(weight.toPrecision(6))),
    };
  }

  /** GPU memory that tensors do not account for, in bytes. */
  get recordedBytes(): number {
    return this.recorded?.bytes ?? 0;
  }

  private createRecordedSteps(table: GradientNetworkOptions['table'] = () => null): RecordedSteps | null {
    const { program } = this;
    const { deferred } = program;
    const recorder = stepRecorder();
    if (!recorder || !deferred) return null;
    if (program.whyNotReplayed) {
      this.noteNotReplayed(program.whyNotReplayed);
      return null;
    }
    return new RecordedSteps({
      recorder,
      table,
      launch: (batch, step) => program.launch(batch, step),
      inTwo: program.inTwo(),
      kept: () => [...deferred.kept, ...program.kept, ...this.buffers],
    });
  }

  /** Emits each note once. */
  private noteOfMethod(text: string): void {
    if (this.methodNotes.has(text)) return;
    this.methodNotes.add(text);
    this.o.onNote?.({ code: 'gradient-method', text: `${this.info.label}: ${text}` });
  }

  private noteNotReplayed(reason: string): void {
    this.o.onNote?.({
      code: 'steps-not-replayed',
      text: `Steps of ${this.info.label} are not replayed, which makes them slower: ${reason}.`,
    });
  }

  /** Names for saved tensors, where PyTorch refuses the model's own. */
  savedNames(): ReadonlyMap<string, string> {
    const { def, params, dataset } = this.options;
    const { features, tasks } = dataset;
    return savedNames(def, { features, tasks, params, labelCorrelation: this.labelCorrelation });
  }

  /**
   * Launches everything that a recorded step on such a batch launches, on a network that is not used afterwards.
   * @param upload - writes values to the device, as for batches that are not taken from the table
   */
  warmUp(batch: TensorBatch, upload: (tensors: readonly tf.Tensor[]) => void): void {
    const other = new GradientNetwork({ ...this.options, record: false, onNote: undefined });
    const table = batch.range && this.options.table?.();
    const rows = table ? table.warmUp(batch.size) : batch;
    try {
      if (!table) upload([batch.categorical, batch.numeric, batch.targets]);
      other.program.launch(rows, 1);
    } finally {
      if (table) disposeTensors(rows);
      other.dispose();
    }
  }

  /**
   * A network with the values of this one, whose steps do the same work and change nothing, because its learning rate is 0.
   * Used for measurements; the caller disposes it.
   */
  cloneForProfiling(): GradientNetwork {
    const settings = { ...this.o.settings, learningRate: 0 };
    const twin = new GradientNetwork({ ...this.options, settings, onNote: undefined });
    const [own, others] = [this, twin].map((network) => [...network.parameters, ...network.buffers]);
    // Copied, because two variables must not share values that one of them changes.
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
    this.program.dispose();
    this.best.forget();
  }

  dispose(): void {
    this.recorded?.dispose();
    this.model.dispose();
    this.program.dispose();
  }

  protected predict(rows: Uint32Array, between: () => Promise<void>): Promise<Float32Array[]> {
    const { dataset, settings } = this.o;
    return predictModel(this.model, dataset, rows, settings.evaluationBatch, between);
  }

  protected keepBest(group: number): Promise<void> {
    return this.best.keep(group);
  }

  protected async restoreBest(): Promise<void> {
    this.weightsAtEnd = await this.program.readWeights();
    await this.best.restore();
  }

  protected async saveTensors(): Promise<Record<string, Float32Array>> {
    const tensors = { ...(await this.program.saveMethod()), ...(await this.saveValueTensors()) };
    for (const [kind, values] of Object.entries(await this.updater.readState()))
      Object.assign(tensors, named(kind, values));
    return { ...tensors, ...this.best.save() };
  }

  protected override async saveValueTensors(): Promise<Record<string, Float32Array>> {
    return {
      ...named('parameter', await readAll(this.parameters)),
      ...named('buffer', await readAll(this.buffers)),
    };
  }

  protected override loadValueTensors(tensors: Record<string, Float32Array>): void {
    const { parameters, buffers } = this;
    const values = this.valuesOf(tensors, 'parameter', parameters);
    const others = this.valuesOf(tensors, 'buffer', buffers);
    writeAll(parameters, values);
    writeAll(buffers, others);
  }

  private valuesOf(tensors: Record<string, Float32Array>, kind: string, variables: readonly tf.Variable[]) {
    return variables.map((v, i) =>
      requireCount(`${this.role}/${kind}/${i}`, tensors[`${kind}/${i}`], v.size),
    );
  }

  protected loadTensors(tensors: Record<string, Float32Array>): void {
    this.loadValueTensors(tensors);
    this.program.loadMethod(tensors);
    const { updater, parameters } = this;
    const stateOf = (slot: string) => [slot, this.valuesOf(tensors, slot, parameters)] as const;
    updater.writeState(Object.fromEntries(updater.slots.map(stateOf)));
    this.best.load(tensors, this.role);
  }

  private get parameters(): tf.Variable[] {
    return this.model.parameters.map((p) => p.variable);
  }

  private get buffers(): tf.Variable[] {
    return this.model.buffers.map((p) => p.variable);
  }
}
