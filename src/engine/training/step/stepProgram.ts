// A training step: forward pass, task losses, their gradients, the gradient method, the update, and for some methods the losses
// after the update. The same object takes a step plainly, has it recorded, warms it up, and repeats it to diagnose a fault.
import * as tf from '@tensorflow/tfjs-core';
import type { LossSpec } from '../../kernels/ops/taskLoss/index.ts';
import { enterPhase } from '../../kernels/runtime/observe.ts';
import { type DeferredUpdater, isDeferred, type Updater } from '../../kernels/runtime/updater.ts';
import { foreign } from '../../methods/arrays.ts';
import type { GradientMethod, MethodContext } from '../../methods/method.ts';
import type { Model } from '../../models/model.ts';
import type { StepTensors } from '../tensorBatch.ts';
import type { Combiner, StepInTwo } from './combination.ts';
import { type Around, createCombiner } from './combiner.ts';
import { type StepGradients, TaskPass } from './taskPass.ts';

export interface StepProgramOptions {
  model: Model;
  tasks: readonly LossSpec[];
  method: GradientMethod;
  settings: MethodContext['settings'];
  /** Settings around the method; default: none. */
  around?: Around;
  seed: number;
  /** Receives the method's notes on the run. */
  note?(text: string): void;
  /** Disposed with the program. */
  updater: Updater;
  learningRateAt(step: number): number;
}

/** `StepInTwo` with the update. */
export interface ProgramInTwo extends Omit<StepInTwo, 'second'> {
  second(step: number): void;
}

/** Prefix of a method's state in a checkpoint: the id and version of the method are part of the name. */
const STATE = 'method';

export class StepProgram {
  private readonly o: StepProgramOptions;
  private readonly pass: TaskPass;
  private readonly combiner: Combiner;

  constructor(options: StepProgramOptions) {
    const { model, tasks, method, settings, seed } = options;
    this.o = options;
    const context = {
      numTasks: tasks.length,
      kinds: tasks.map((t) => t.kind),
      settings,
      seed,
      note: (text: string) => options.note?.(text),
    };
    this.pass = new TaskPass(model, tasks);
    this.combiner = createCombiner(method, model, this.pass, context, options.around);
  }

  /** Why steps cannot be replayed from a recording although the backend could, or null. */
  get whyNotReplayed(): string | null {
    return this.combiner.whyNotReplayed;
  }

  /** A step in two parts, with numbers read between them; null if a step is one part, or the updater reads back by itself. */
  inTwo(): ProgramInTwo | null {
    const { deferred } = this;
    const parts = deferred && this.combiner.inTwo?.();
    if (!parts) return null;
    return {
      into: parts.into,
      first: (batch, step) => parts.first(batch, step),
      between: (read, step) => parts.between(read, step),
      second: (step) => {
        const { taskLosses, gradients } = parts.second();
        enterPhase('update');
        deferred.launch(gradients, taskLosses, step, this.o.learningRateAt);
        tf.dispose([taskLosses, gradients]);
      },
    };
  }

  /** An updater that reads nothing back, so that a step is launched without waiting; null if there is none. */
  get deferred(): DeferredUpdater | null {
    return isDeferred(this.o.updater) ? this.o.updater : null;
  }

  /** The task weights of the last step, [T], if its method computes weights; else null. */
  async readWeights(): Promise<Float32Array | null> {
    const weights = this.combiner.lastWeights();
    if (!weights) return null;
    return Float32Array.from('dataId' in weights ? await weights.data<'float32'>() : weights);
  }

  /** Sets the task weights from the next step on. @returns whether that is possible */
  setWeights(weights: readonly number[]): boolean {
    this.combiner.setWeights?.(weights);
    return this.combiner.setWeights !== undefined;
  }

  /** Tensors of its method that persist between steps. */
  get kept(): readonly tf.Tensor[] {
    return this.combiner.kept();
  }

  /**
   * Takes a step and waits for it. If a loss or a norm is not finite, no parameter changes.
   * @returns the losses and the norm of each group, as in `Updater.step`
   */
  async run(
    batch: StepTensors,
    step: number,
    onFault: (report: Float32Array, gradients: readonly tf.Tensor[]) => Promise<Error>,
  ): Promise<Float32Array> {
    const { updater, learningRateAt } = this.o;
    const made = this.combiner.differentiate(batch, step);
    // A step that reads nothing back is launched at once.
    const { taskLosses, gradients } = made instanceof Promise ? await made : made;
    try {
      enterPhase('update');
      const report = await updater.step(gradients, taskLosses, step, learningRateAt);
      if (!report.every(Number.isFinite)) throw await onFault(report, gradients);
      this.lookBack(taskLosses, batch, step);
      return report;
    } finally {
      tf.dispose([taskLosses, gradients]);
    }
  }

  /**
   * Launches a step and reads nothing back: the real step, if it can be replayed and its updater is deferred; otherwise only
   * for compiling it.
   */
  launch(batch: StepTensors, step: number): void {
    const { taskLosses, gradients } = this.combiner.launch(batch, step);
    enterPhase('update');
    this.deferred?.launch(gradients, taskLosses, step, this.o.learningRateAt);
    this.lookBack(taskLosses, batch, step);
    tf.dispose([taskLosses, gradients]);
  }

  /** Passes the losses after the step to methods that need them. */
  private lookBack(before: tf.Tensor1D, batch: StepTensors, step: number): void {
    const { combiner } = this;
    if (!combiner.afterUpdate) return;
    const after = this.pass.forward(batch, step);
    tf.tidy(() => combiner.afterUpdate?.(before, after, step));
    after.dispose();
  }

  /** The first half of a step only; the caller disposes the result. */
  async differentiate(batch: StepTensors, step: number): Promise<StepGradients> {
    return this.combiner.differentiate(batch, step);
  }

  /** The state of the method, by names for a checkpoint. */
  async saveMethod(): Promise<Record<string, Float32Array>> {
    const state = await this.combiner.save();
    return Object.fromEntries(
      Object.entries(state).map(([name, values]) => [`${this.statePrefix}${name}`, values.slice()]),
    );
  }

  /** @param tensors - of a checkpoint, which may hold others too */
  loadMethod(tensors: Record<string, Float32Array>): void {
    const own = Object.entries(tensors).filter(([name]) => name.startsWith(`${STATE}/`));
    const other = own.find(([name]) => !name.startsWith(this.statePrefix));
    if (other) throw foreign(other[0], `a state ${this.statePrefix}...`);
    this.combiner.restore(
      Object.fromEntries(own.map(([name, values]) => [name.slice(this.statePrefix.length), values.slice()])),
    );
  }

  dispose(): void {
    this.combiner.dispose();
    this.o.updater.dispose();
  }

  private get statePrefix(): string {
    const { id, stateVersion = 1 } = this.o.method;
    return `${STATE}/${id}/${stateVersion}/`;
  }
}
