// The first half of a training step: forward pass, task losses, and gradients, either of a weighted sum of the losses or of
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
  /** One per model parameter, in its shape. */
  gradients: tf.Tensor[];
}

export interface TaskGradients {
  /** [T] */
  taskLosses: tf.Tensor1D;
  /** Per task one per model parameter; null if its loss does not depend on the parameter. */
  byTask: (tf.Tensor | null)[][];
}

export class TaskPass {
  private readonly model: Model;
  private readonly tasks: readonly LossSpec[];

  private readonly options: Pick<ForwardOptions, 'training' | 'batchStatistics'>;

  /** @param options - of the forward pass; default: those of a training step */
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
   * Gradients of the weighted sum of the losses. The caller disposes the result.
   * @param weights - one per task, or a function from the losses [T] to weights [T]
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
        // Known weights are the gradient with respect to the losses, so their sum need not be computed.
        isFixed ? tf.tensor1d([...weights]) : undefined,
        true,
      ),
    );
    if (!isFixed) value.dispose();
    // A parameter that the loss does not depend on (query and key of as-released row attention) has gradient zero.
    const gradients = variables.map(({ shape }, i) => grads[i] ?? tf.zeros(shape));
    if (!taskLosses) throw new Error('gradients did not run the objective');
    return { taskLosses, gradients };
  }

  /**
   * The gradients of every task on its own: one forward pass, and a backward pass per task. The caller disposes the result.
   */
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
          // Within the outer call, tfjs keeps the tape of the forward pass for the next task.
          const { grads } = tf.engine().gradients(() => taskLosses, variables, only, true);
          return Array.from(variables, (_, i) => (grads[i] ? tf.keep(grads[i]) : null));
        }),
      );
      result = { taskLosses, byTask };
      return tf.scalar(0);
    };
    // The outer call differentiates nothing and drops its tape.
    tf.tidy(() => {
      tf.engine().gradients(passes, variables, undefined, true);
    });
    if (!result) throw new Error('gradients did not run the passes');
    return result;
  }

  /** The losses only, nothing differentiated, [T]. The caller disposes them. */
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

/** The sum of the losses, with weights computed from them that are constants for the gradient. */
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
 * Does work within a forward pass without recording it on the tape, so that its tensors need not be held. The work itself keeps
 * the tensors that must survive.
 */
function offTape<R>(near: tf.Tensor, work: () => R): R {
  let result: R | undefined;
  // The forward part of a custom gradient is not recorded on the tape.
  tf.customGrad((x) => {
    result = work();
    return { value: tf.zerosLike(x as tf.Tensor), gradFunc: (dy: tf.Tensor) => dy };
  })(near);
  return result as R;
}
