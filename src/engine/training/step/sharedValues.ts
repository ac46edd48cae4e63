// The values of a model that several tasks train, as one vector: gathered from the gradients of the tasks, and scattered back
// beside the values of single tasks.
import * as tf from '@tensorflow/tfjs-core';
import { gradientProducts } from '../../kernels/ops/gradientProducts/index.ts';
import type { Parameter } from '../../layers/parameter.ts';
import { addAll } from '../../methods/tensors.ts';

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

/** Per task one gradient per parameter; null for zero. */
type ByTask = readonly (readonly (tf.Tensor | null)[])[];

const flat = (t: tf.Tensor) => tf.reshape(t, [-1]);

interface SharedParameter {
  name: string;
  shape: number[];
  runs: Run[];
  /** Index among the model's parameters. */
  index: number;
}

/** The shared values of a task's gradient of a parameter, as vectors. */
function sharedPieces(
  { runs, index }: SharedParameter,
  gradients: readonly (tf.Tensor | null)[],
): tf.Tensor1D[] {
  const gradient = gradients[index] ?? null;
  return runs
    .filter((r) => r.isShared)
    .map(({ start, size }) => {
      if (!gradient) return tf.zeros([size]);
      return (runs.length === 1 ? flat(gradient) : tf.slice(flat(gradient), start, size)) as tf.Tensor1D;
    });
}

/** A gradient with its shared values, or the others, set to 0. */
function masked(gradient: tf.Tensor, shape: number[], runs: readonly Run[], shared: boolean): tf.Tensor {
  const pieces = runs.map(({ start, size, isShared }) =>
    isShared === shared ? tf.slice(flat(gradient), start, size) : tf.zeros([size]),
  );
  return tf.reshape(tf.concat(pieces), shape);
}

export class SharedValues {
  /** S, the number of shared values. */
  readonly size: number;
  private readonly parameters: readonly SharedParameter[];

  constructor(parameters: readonly Parameter[]) {
    this.parameters = parameters.map((p) => ({
      name: p.name,
      shape: p.variable.shape,
      runs: runsOf(p),
      index: parameters.indexOf(p),
    }));
    const shared = this.parameters.flatMap(({ runs }) => runs.filter((r) => r.isShared));
    this.size = shared.reduce((sum, r) => sum + r.size, 0);
  }

  /** @returns [T, S] */
  gather(byTask: ByTask): tf.Tensor2D {
    const rowOf = (gradients: readonly (tf.Tensor | null)[]) =>
      this.parameters.flatMap((parameter) => sharedPieces(parameter, gradients));
    // All rows at once, so that every value is copied once.
    return tf.tidy(() => tf.reshape(tf.concat(byTask.flatMap(rowOf)), [byTask.length, this.size]));
  }

  /** Names of the K parameters that tasks share, wholly or in part. */
  get names(): string[] {
    return this.sharing.map(({ name }) => name);
  }

  /**
   * Inner products of the tasks' gradients, per parameter of `names`. Computed without holding all gradients at a time.
   * @returns [K, T, T]
   */
  grams(byTask: ByTask): tf.Tensor3D {
    return tf.tidy(() => tf.stack(this.sharing.map((p) => this.gramOf(p, byTask))) as tf.Tensor3D);
  }

  /** Inner products of the tasks' gradients, [T, T]. */
  gram(byTask: ByTask): tf.Tensor2D {
    return tf.tidy(() => addAll(this.sharing.map((p) => this.gramOf(p, byTask))));
  }

  private get sharing(): SharedParameter[] {
    return this.parameters.filter(({ runs }) => runs.some((r) => r.isShared));
  }

  private gramOf({ index, shape, runs }: SharedParameter, byTask: ByTask): tf.Tensor2D {
    return tf.tidy(() =>
      gradientProducts(
        byTask.map((gradients) => gradients[index] ?? tf.zeros(shape)),
        runs.filter((r) => r.isShared),
      ),
    );
  }

  /** Shared values from one gradient, task-owned values from another. One per parameter; null for zero. */
  mix(shared: readonly (tf.Tensor | null)[], own: readonly (tf.Tensor | null)[]): (tf.Tensor | null)[] {
    return this.parameters.map(({ shape, runs }, i) => {
      const [a, b] = [shared[i] ?? null, own[i] ?? null];
      const parts = [a && masked(a, shape, runs, true), b && masked(b, shape, runs, false)].filter(
        (p) => p !== null,
      );
      return parts.length > 0 ? addAll(parts) : null;
    });
  }

  /** Shared values of one gradient minus those of another; 0 elsewhere. */
  difference(from: readonly (tf.Tensor | null)[], less: readonly (tf.Tensor | null)[]): (tf.Tensor | null)[] {
    return this.parameters.map(({ shape, runs }, i) => {
      const [a, b] = [from[i] ?? null, less[i] ?? null];
      const parts = [a && masked(a, shape, runs, true), b && tf.neg(masked(b, shape, runs, true))].filter(
        (p) => p !== null,
      );
      return parts.length > 0 ? addAll(parts) : null;
    });
  }

  /**
   * The weighted sum over the tasks.
   * @param weights - numbers, or scalars on the device
   * @returns one gradient per parameter
   */
  weigh(byTask: ByTask, weights: ArrayLike<number | tf.Tensor>): tf.Tensor[] {
    return tf.tidy(() =>
      this.parameters.map(({ shape }, i) => {
        const weighted = byTask.map((gradients, task) => {
          const gradient = gradients[i] ?? null;
          return gradient && tf.mul(gradient, weights[task] as number | tf.Tensor);
        });
        return sumOf(weighted, shape);
      }),
    );
  }

  /**
   * @param shared - gradient of the shared values, [S]
   * @param byTask - gradients for the values of single tasks: summed over the tasks, where all but the owner's are zero
   * @param weights - of the tasks in that sum, T scalars; default 1
   * @returns one gradient per parameter
   */
  scatter(shared: tf.Tensor1D, byTask: ByTask, weights?: readonly tf.Tensor[]): tf.Tensor[] {
    const weighed = (task: number, gradient: tf.Tensor | null) =>
      gradient && weights ? tf.mul(gradient, weights[task] as tf.Tensor) : gradient;
    let at = 0;
    return tf.tidy(() =>
      this.parameters.map(({ shape, runs }, i) => {
        const own = runs.some((r) => !r.isShared)
          ? flat(
              sumOf(
                byTask.map((g, task) => weighed(task, g[i] ?? null)),
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

/** The sum of tensors of one shape; null for zero. */
function sumOf(tensors: readonly (tf.Tensor | null)[], shape: number[]): tf.Tensor {
  const some = tensors.filter((t) => t !== null);
  return some.length === 0 ? tf.zeros(shape) : addAll(some);
}
