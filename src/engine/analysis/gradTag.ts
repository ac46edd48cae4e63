// Grad-TAG (Li, Sharma and Zhang 2024, "Scalable Multitask Learning Using Gradient-based Estimation of Task Affinity", arXiv 2409.06091):
// what training on some of the tasks would do is estimated without training. Around the network as it stands, outputs are linear in a
// few random directions of the shared parameters, so that training is a small regression.
import * as tf from '@tensorflow/tfjs-core';
import { rng } from '../core/rng.ts';
import type { LossSpec } from '../kernels/ops/taskLoss/index.ts';
import { fitLinearised, type TaskRows } from '../methods/solvers/linearised.ts';
import type { Model } from '../models/model.ts';
import type { GradTagReport } from '../protocol/relations.ts';
import { disposeAll, tidied, withMoved } from '../training/step/moved.ts';
import { SharedValues } from '../training/step/sharedValues.ts';
import { TaskPass } from '../training/step/taskPass.ts';
import type { TensorBatch } from '../training/tensorBatch.ts';
import type { Measuring } from './measuring.ts';

/** Random directions, d; the paper takes some hundreds for networks of millions of parameters. */
export const DIRECTIONS = 32;
/** Directions times shared parameters: what is held at a time. */
const MOST_VALUES = 2 ** 24;
/** How far parameters are moved to see a slope, relative to their length. */
const RELATIVE_MOVE = 0.01;
/** How far training may go, likewise: farther away outputs are not linear. The public code gives all moves one length, too. */
const RELATIVE_REACH = 0.1;

export interface GradTagOptions {
  model: Model;
  tasks: readonly LossSpec[];
  /** Rows that are fitted, and rows that the losses are of. */
  fitted: TensorBatch;
  judged: TensorBatch;
  seed: number;
  measuring: Measuring;
}

/** @returns null where the network shares nothing, or too much for so many directions */
export async function gradTag(o: GradTagOptions): Promise<GradTagReport | null> {
  const { model, tasks, fitted, judged, seed, measuring } = o;
  const shared = new SharedValues(model.parameters);
  if (shared.size === 0 || shared.size * DIRECTIONS > MOST_VALUES) return null;
  const started = performance.now();
  const n = tasks.length;
  const directions = tidied(() => randomDirections(model, shared, seed));
  const pass = new TaskPass(model, tasks, { training: false });
  const sets = Array.from({ length: n * n }, (_, k) => [Math.floor(k / n), k % n] as const).filter(
    ([i, j]) => i <= j,
  );
  const total = 2 * DIRECTIONS + 1 + sets.length;
  let done = 0;
  const next = async () => {
    done++;
    measuring.progress({ label: 'forward passes', done, total });
    await measuring.yieldOrStop();
  };
  try {
    // A direction has S / d as squared length in the mean, and |P w| is about as many times |w|.
    const unit = Math.max(await lengthOf(model, directions), 1e-3) / Math.sqrt(shared.size / DIRECTIONS);
    const rows = await linearisedRows(o, directions, RELATIVE_MOVE * unit, next);
    const losses = new Float64Array(n * n);
    for (const [i, j] of sets) {
      const chosen = i === j ? [rows[i] as TaskRows] : [rows[i] as TaskRows, rows[j] as TaskRows];
      const w = fitLinearised(chosen, DIRECTIONS, RELATIVE_REACH * unit);
      const move = tidied(() => shaped(model, moved(directions, w)));
      const after = withMoved(model, move, () => pass.forward(judged, 0));
      const values = await after.data<'float32'>();
      disposeAll([move, after]);
      losses[i * n + j] = values[j] as number;
      losses[j * n + i] = values[i] as number;
      await next();
    }
    return {
      directions: DIRECTIONS,
      fittedRows: fitted.size,
      judgedRows: judged.size,
      forwardPasses: total,
      ms: performance.now() - started,
      losses,
    };
  } finally {
    disposeAll(directions);
  }
}

/** Columns of P / sqrt(d), Gaussian, 0 where a parameter is not shared: per parameter [d, size], null where nothing of it is shared. */
function randomDirections(model: Model, shared: SharedValues, seed: number): (tf.Tensor | null)[] {
  const scale = 1 / Math.sqrt(DIRECTIONS);
  const names = new Set(shared.names);
  const each = Array.from({ length: DIRECTIONS }, (_, k) => {
    const random = rng(seed, 'grad-tag', k);
    const all = model.parameters.map(({ name, variable: { size, shape } }) =>
      names.has(name)
        ? tf.tensor(
            Float32Array.from({ length: size }, () => scale * random.normal()),
            shape,
          )
        : null,
    );
    return shared.mix(all, []);
  });
  return model.parameters.map((_p, i) => {
    const rows = each.flatMap((direction) => (direction[i] ? [tf.reshape(direction[i], [-1])] : []));
    return rows.length > 0 ? tf.stack(rows) : null;
  });
}

/** P w, one tensor per parameter. @param w - [d] */
function moved(directions: readonly (tf.Tensor | null)[], w: ArrayLike<number>): (tf.Tensor | null)[] {
  const weights = tf.tensor2d(Float32Array.from(w), [1, w.length]);
  return directions.map((rows) => rows && tf.reshape(tf.matMul(weights, rows as tf.Tensor2D), [-1]));
}

/**
 * Outputs of every task and their slopes along the directions, by central differences: two forward passes per direction give those of all
 * rows and tasks, where a gradient per row and output would take a backward pass each.
 */
async function linearisedRows(
  { model, tasks, fitted }: GradTagOptions,
  directions: readonly (tf.Tensor | null)[],
  h: number,
  next: () => Promise<void>,
): Promise<TaskRows[]> {
  const outputs = () =>
    tf.tidy(() => {
      const all = model.forward(fitted, { training: false, step: 0, packed: true });
      return all.length === 1 ? (all[0] as tf.Tensor) : tf.concat(all, 1);
    });
  const read = async (w: Float64Array) => {
    const move = tidied(() => shaped(model, moved(directions, w)));
    const made = withMoved(model, move, outputs);
    const values = await made.data<'float32'>();
    disposeAll([move, made]);
    await next();
    return values;
  };
  const along = (k: number, by: number) =>
    Float64Array.from({ length: DIRECTIONS }, (_, i) => (i === k ? by : 0));
  const center = await read(along(0, 0));
  const slopes: Float32Array[] = [];
  for (let k = 0; k < DIRECTIONS; k++) {
    const [up, down] = [await read(along(k, h)), await read(along(k, -h))];
    slopes.push(up.map((v, i) => (v - (down[i] as number)) / (2 * h)));
  }
  const width = tasks.reduce((sum, t) => sum + t.outputs, 0);
  let first = 0;
  return tasks.map(({ kind, outputs: count }, task) => {
    const from = first;
    first += count;
    const own = (values: ArrayLike<number>) =>
      Float64Array.from(
        { length: fitted.size * count },
        (_, k) => values[Math.floor(k / count) * width + from + (k % count)] as number,
      );
    const targets = fitted.values.targets.subarray(task * fitted.size, (task + 1) * fitted.size);
    return { kind, outputs: count, targets, at: own(center), slopes: slopes.map(own) };
  });
}

/** In the shapes of the parameters. */
const shaped = (model: Model, flat: readonly (tf.Tensor | null)[]): (tf.Tensor | null)[] =>
  flat.map((t, i) => t && tf.reshape(t, model.parameters[i]?.variable.shape ?? []));

/** Length of the parameters that directions move. */
async function lengthOf(model: Model, directions: readonly (tf.Tensor | null)[]): Promise<number> {
  const squares = tf.tidy(() =>
    tf.addN([
      tf.scalar(0),
      ...model.parameters.flatMap(({ variable }, i) =>
        directions[i] ? [tf.sum(tf.square(variable)) as tf.Scalar] : [],
      ),
    ]),
  );
  const [value] = await squares.data<'float32'>();
  squares.dispose();
  return Math.sqrt(value as number);
}
