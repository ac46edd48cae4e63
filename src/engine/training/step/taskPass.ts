// The first half of a training step: forward pass, losses of the tasks, and their gradients, of a weighted sum of the losses or of
// every task on its own. Launches and reads nothing back.
import * as tf from '@tensorflow/tfjs-core';
import { type LossSpec, taskLosses as lossesOf } from '../../kernels/ops/taskLoss/index.ts';
import { enterPhase } from '../../kernels/runtime/observe.ts';
import type { ForwardOptions } from '../../layers/forward.ts';
import type { Model } from '../../models/model.ts';
import type { StepTensors } from '../tensorBatch.ts';

export interface StepGradients {
  /** [T] */
  taskLosses: tf.Tensor1D;
  /** One per parameter of the model, in its shape. */
  gradients: tf.Tensor[];
}

export interface TaskGradients {
  /** [T] */
  taskLosses: tf.Tensor1D;
  /** Per task one per parameter of the model; null where its loss does not reach the parameter. */
  byTask: (tf.Tensor | null)[][];
}

export class TaskPass {
  private readonly model: Model;
  private readonly tasks: readonly LossSpec[];

  private readonly options: Pick<ForwardOptions, 'training' | 'batchStatistics'>;

  /** @param options - of the forward pass; those of a training step when left out */
  constructor(
    model: Model,
    tasks: readonly LossSpec[],
    options: Pick<ForwardOptions, 'training' | 'batchStatistics'> = { training: true },
  ) {
    this.model = model;
    this.tasks = tasks;
    this.options = options;
  }

  private get variables(): tf.Variable[] {
    return this.model.parameters.map((p) => p.variable);
  }

  /**
   * Of the sum of the losses, weighted. The caller disposes the result.
   * @param weights - one per task, or what makes them [T] of the losses [T]
   */
  weighted(
    batch: StepTensors,
    step: number,
    weights: readonly number[] | ((losses: tf.Tensor1D) => tf.Tensor1D),
  ): StepGradients {
    const isFixed = typeof weights !== 'function';
    let taskLosses: tf.Tensor1D | null = null;
    const objective = (): tf.Tensor => {
      taskLosses = this.losses(batch, step);
      const value = isFixed ? taskLosses : weightedSum(taskLosses, weights);
      enterPhase('backward');
      return value;
    };
    const { variables } = this;
    const { value, grads } = tf.tidy(() =>
      tf.engine().gradients(
        objective,
        variables,
        // Where the weights are known, they are the gradient of the losses, and their sum need not be computed.
        isFixed ? tf.tensor1d([...weights]) : undefined,
        true,
      ),
    );
    if (!isFixed) value.dispose();
    // A parameter the loss does not reach (query and key of as-released row attention) has gradient zero.
    const gradients = variables.map(({ shape }, i) => grads[i] ?? tf.zeros(shape));
    if (!taskLosses) throw new Error('gradients did not run the objective');
    return { taskLosses, gradients };
  }

  /** The gradients of every task on its own: one forward pass, and a backward pass per task. The caller disposes the result. */
  perTask(batch: StepTensors, step: number): TaskGradients {
    const numTasks = this.tasks.length;
    const { variables } = this;
    let result: TaskGradients | null = null;
    const passes = (): tf.Tensor => {
      const taskLosses = this.losses(batch, step);
      enterPhase('backward');
      const byTask = offTape(taskLosses, () =>
        Array.from({ length: numTasks }, (_, task) => {
          const only = tf.tensor1d(Array.from({ length: numTasks }, (_, t) => +(t === task)));
          // Within the outer call, tfjs keeps the record of the forward pass for the next task.
          const { grads } = tf.engine().gradients(() => taskLosses, variables, only, true);
          return Array.from(variables, (_, i) => (grads[i] ? tf.keep(grads[i]) : null));
        }),
      );
      result = { taskLosses, byTask };
      return tf.scalar(0);
    };
    // The outer call differentiates nothing and drops its record.
    tf.tidy(() => {
      tf.engine().gradients(passes, variables, undefined, true);
    });
    if (!result) throw new Error('gradients did not run the passes');
    return result;
  }

  /** The losses alone, nothing differentiated, [T]. The caller disposes them. */
  forward(batch: StepTensors, step: number): tf.Tensor1D {
    return tf.tidy(() => this.losses(batch, step));
  }

  /** [T], kept. */
  private losses(batch: StepTensors, step: number): tf.Tensor1D {
    enterPhase('forward');
    const outputs = this.model.forward(batch, { ...this.options, step, packed: true });
    const logits =
      outputs.length === 1 ? (outputs[0] as tf.Tensor2D) : (tf.concat(outputs, 1) as tf.Tensor2D);
    return tf.keep(lossesOf(logits, batch.targets, this.tasks));
  }
}

/** The sum of the losses by weights that are made of them, and are constants for its gradient. */
function weightedSum(losses: tf.Tensor1D, weigh: (losses: tf.Tensor1D) => tf.Tensor1D): tf.Tensor {
  const sum = tf.customGrad((x, save) => {
    const weights = weigh(x as tf.Tensor1D);
    (save as tf.GradSaveFunc)([weights]);
    return {
      value: tf.sum(tf.mul(x as tf.Tensor1D, weights)),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, saved[0] as tf.Tensor),
    };
  });
  return sum(losses);
}

/**
 * Work within a forward pass that is not part of what is differentiated: tfjs notes nothing of it, so that its tensors need not
 * be held. Tensors that are to live on are kept by the work.
 */
function offTape<R>(near: tf.Tensor, work: () => R): R {
  let result: R | undefined;
  // What a custom gradient computes on its way forward is not noted.
  tf.customGrad((x) => {
    result = work();
    return { value: tf.zerosLike(x as tf.Tensor), gradFunc: (dy: tf.Tensor) => dy };
  })(near);
  return result as R;
}
