// The values of a model that several tasks train, as one vector: gathered from the gradients of the tasks, and put back among
// those that belong to a task alone.
import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '../../layers/parameter.ts';

/** Consecutive values of a parameter. */
interface Run {
  start: number;
  size: number;
  isShared: boolean;
}

function runsOf({ parts }: Parameter): Run[] {
  const runs: Run[] = [];
  for (const { start, size, task } of parts) {
    const isShared = task === null;
    const last = runs.at(-1);
    if (last?.isShared === isShared) last.size += size;
    else runs.push({ start, size, isShared });
  }
  return runs;
}

/** Per task one gradient per parameter, null for zero. */
type ByTask = readonly (readonly (tf.Tensor | null)[])[];

const flat = (t: tf.Tensor) => tf.reshape(t, [-1]);

export class SharedValues {
  /** S. */
  readonly size: number;
  private readonly parameters: readonly { shape: number[]; runs: Run[] }[];

  constructor(parameters: readonly Parameter[]) {
    this.parameters = parameters.map((p) => ({ shape: p.variable.shape, runs: runsOf(p) }));
    const shared = this.parameters.flatMap(({ runs }) => runs.filter((r) => r.isShared));
    this.size = shared.reduce((sum, r) => sum + r.size, 0);
  }

  /** @returns [T, S] */
  gather(byTask: ByTask): tf.Tensor2D {
    const rowOf = (gradients: readonly (tf.Tensor | null)[]) =>
      this.parameters.flatMap(({ runs }, i) => {
        const gradient = gradients[i] ?? null;
        return runs
          .filter((r) => r.isShared)
          .map(({ start, size }) => {
            if (!gradient) return tf.zeros([size]);
            return runs.length === 1 ? flat(gradient) : tf.slice(flat(gradient), start, size);
          });
      });
    return tf.tidy(() => tf.stack(byTask.map((gradients) => tf.concat(rowOf(gradients)))) as tf.Tensor2D);
  }

  /**
   * The sum over the tasks, weighted.
   * @returns one gradient per parameter
   */
  weigh(byTask: ByTask, weights: ArrayLike<number>): tf.Tensor[] {
    return tf.tidy(() =>
      this.parameters.map(({ shape }, i) => {
        const weighted = byTask.map((gradients, task) => {
          const gradient = gradients[i] ?? null;
          return gradient && tf.mul(gradient, weights[task] as number);
        });
        return sumOf(weighted, shape);
      }),
    );
  }

  /**
   * @param shared - gradient of the shared values, [S]
   * @param byTask - what belongs to a task is the sum over them, which for the others is zero
   * @returns one gradient per parameter
   */
  scatter(shared: tf.Tensor1D, byTask: ByTask): tf.Tensor[] {
    let at = 0;
    return tf.tidy(() =>
      this.parameters.map(({ shape, runs }, i) => {
        const own = runs.some((r) => !r.isShared)
          ? flat(
              sumOf(
                byTask.map((g) => g[i] ?? null),
                shape,
              ),
            )
          : null;
        const pieces = runs.map(({ start, size, isShared }) => {
          if (!isShared) return tf.slice(own as tf.Tensor, start, size);
          at += size;
          return tf.slice(shared, at - size, size);
        });
        return tf.reshape(pieces.length === 1 ? (pieces[0] as tf.Tensor) : tf.concat(pieces), shape);
      }),
    );
  }
}

/** The sum of tensors of one shape; null stands for zero. */
function sumOf(tensors: readonly (tf.Tensor | null)[], shape: number[]): tf.Tensor {
  const some = tensors.filter((t) => t !== null);
  return some.length === 0 ? tf.zeros(shape) : tf.addN(some);
}
