// A training step: forward pass, losses of the tasks, their gradients, what the gradient method makes of them, update, and for
// methods that ask for it a look at what the update did. The same object takes a step plainly, has it recorded, warms it up, and takes it again when a fault is looked into.
import * as tf from '@tensorflow/tfjs-core';
import type { LossSpec } from '../../kernels/ops/taskLoss/index.ts';
import { enterPhase } from '../../kernels/runtime/observe.ts';
import { type DeferredUpdater, isDeferred, type Updater } from '../../kernels/runtime/updater.ts';
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
  /** What is done around the method; nothing when left out. */
  around?: Around;
  seed: number;
  /** What the method has to say about the run. */
  note?(text: string): void;
  /** Disposed with the program. */
  updater: Updater;
  learningRateAt(step: number): number;
}

/** `StepInTwo` with the update. */
export interface ProgramInTwo extends Omit<StepInTwo, 'second'> {
  second(step: number): void;
}

/** Where a checkpoint keeps the state of a method: of which method, and which meaning it has, is part of the name. */
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

  /** Why steps cannot be repeated from a recording although the backend could, or null. */
  get whyNotReplayed(): string | null {
    return this.combiner.whyNotReplayed;
  }

  /**
   * A step as two parts, which reads numbers between them and is launched as a whole otherwise, for an updater that reads nothing back;
   * null where a step is one part.
   */
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

  /** Reads nothing back by itself, so that a step can be launched without waiting for it; null where there is none. */
  get deferred(): DeferredUpdater | null {
    return isDeferred(this.o.updater) ? this.o.updater : null;
  }

  /** The weights of the tasks in the last step, [T], where its method makes weights of its own; else null. */
  async readWeights(): Promise<Float32Array | null> {
    const weights = this.combiner.lastWeights();
    if (!weights) return null;
    return Float32Array.from('dataId' in weights ? await weights.data<'float32'>() : weights);
  }

  /** @returns whether its weights can be set; from the next step on they are */
  setWeights(weights: readonly number[]): boolean {
    this.combiner.setWeights?.(weights);
    return this.combiner.setWeights !== undefined;
  }

  /** What its method keeps from step to step. */
  get kept(): readonly tf.Tensor[] {
    return this.combiner.kept();
  }

  /**
   * Takes a step and waits for it. When a loss or a norm is not finite, no parameter is changed.
   * @returns the losses and the norm of each group, as `Updater.step` has them
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
   * Launches what a step launches and reads nothing back: the step itself, where it can be replayed and its updater is deferred.
   * Otherwise only to compile it.
   */
  launch(batch: StepTensors, step: number): void {
    const { taskLosses, gradients } = this.combiner.launch(batch, step);
    enterPhase('update');
    this.deferred?.launch(gradients, taskLosses, step, this.o.learningRateAt);
    this.lookBack(taskLosses, batch, step);
    tf.dispose([taskLosses, gradients]);
  }

  /** Shows the method what the step did, where it wants to see it. */
  private lookBack(before: tf.Tensor1D, batch: StepTensors, step: number): void {
    const { combiner } = this;
    if (!combiner.afterUpdate) return;
    const after = this.pass.forward(batch, step);
    tf.tidy(() => combiner.afterUpdate?.(before, after, step));
    after.dispose();
  }

  /** The first half of a step alone; the caller disposes the result. */
  async differentiate(batch: StepTensors, step: number): Promise<StepGradients> {
    return this.combiner.differentiate(batch, step);
  }

  /** What the method has learned, by names for a checkpoint. */
  async saveMethod(): Promise<Record<string, Float32Array>> {
    const state = await this.combiner.save();
    return Object.fromEntries(
      Object.entries(state).map(([name, values]) => [`${this.statePrefix}${name}`, values.slice()]),
    );
  }

  /** @param tensors - of a checkpoint, whatever else it keeps */
  loadMethod(tensors: Record<string, Float32Array>): void {
    const own = Object.entries(tensors).filter(([name]) => name.startsWith(`${STATE}/`));
    const other = own.find(([name]) => !name.startsWith(this.statePrefix));
    if (other) throw new Error(`checkpoint: expected a state ${this.statePrefix}..., got ${other[0]}`);
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
