// Measures a model on a split with a fixed batch composition: consecutive rows of the split. With attention between rows a
// prediction depends on its batch, so the composition is part of the result.
import * as tf from '@tensorflow/tfjs-core';
import { gatherBatch } from '../data/batches.ts';
import { isLabelled, labelledOf } from '../data/labels.ts';
import type { Dataset } from '../data/table.ts';
import type { ForwardOptions } from '../layers/forward.ts';
import type { Model } from '../models/model.ts';
import type { TaskScore } from '../protocol/result.ts';
import type { TaskType } from '../tasks/task.ts';

export interface SplitEvaluation {
  /** Mean loss per task over its labelled rows; 0 if there are none. */
  losses: number[];
  scores: TaskScore[];
}

/**
 * @param rows - row numbers of the split, in order
 * @param between - awaited between batches; may throw to stop
 * @returns raw outputs per task, row-major [rows, outputs]
 */
export async function predictModel(
  model: Model,
  dataset: Dataset,
  rows: Uint32Array,
  batchSize: number,
  between: () => Promise<void>,
  mask?: ForwardOptions['mask'],
): Promise<Float32Array[]> {
  const logits = dataset.tasks.map((task) => new Float32Array(rows.length * task.outputs));
  for (let from = 0; from < rows.length; from += batchSize) {
    const to = Math.min(rows.length, from + batchSize);
    const gathered = gatherBatch(dataset, rows, from, to);
    const size = to - from;
    const outputs = tf.tidy(() =>
      model.forward(
        {
          categorical: tf.tensor2d(gathered.categorical, [size, dataset.categorical.length], 'int32'),
          numeric: tf.tensor2d(gathered.numeric, [size, dataset.numeric.length]),
        },
        { training: false, step: 0, mask },
      ),
    );
    const values = await Promise.all(outputs.map((o) => o.data()));
    tf.dispose(outputs);
    values.forEach((v, task) => {
      logits[task]?.set(v, from * (dataset.tasks[task]?.outputs ?? 1));
    });
    await between();
  }
  return logits;
}

/**
 * Launches everything that `predictModel` and `evaluateLogits` launch for splits of this size, to compile it beforehand; reads
 * nothing back.
 */
export function warmUpEvaluation(
  model: Model,
  dataset: Dataset,
  taskTypes: readonly TaskType[],
  splits: readonly Uint32Array[],
  batchSize: number,
): void {
  const lengths = splits.map((rows) => rows.length).filter((length) => length > 0);
  const sizes = new Set(lengths.flatMap((length) => [Math.min(length, batchSize), length % batchSize]));
  sizes.delete(0);
  tf.tidy(() => {
    for (const size of sizes) {
      model.forward(
        {
          categorical: tf.tensor2d(
            new Int32Array(size * dataset.categorical.length),
            [size, dataset.categorical.length],
            'int32',
          ),
          numeric: tf.tensor2d(new Float32Array(size * dataset.numeric.length), [
            size,
            dataset.numeric.length,
          ]),
        },
        { training: false, step: 0 },
      );
    }
    for (const length of lengths)
      taskTypes.forEach((type, task) => {
        const width = dataset.tasks[task]?.outputs ?? 1;
        type.loss(
          tf.tensor2d(new Float32Array(length * width), [length, width]),
          tf.tensor1d(new Float32Array(length)),
        );
      });
  });
}

/** [labelled rows, width] of [rows, width] */
function logitsOfLabelled(
  logits: Float32Array,
  column: Float32Array,
  rows: Uint32Array,
  width: number,
): Float32Array {
  return logits.filter((_, i) => isLabelled(column[rows[Math.floor(i / width)] as number] as number));
}

/** Mean over the rows; 0 without rows. */
async function lossOf(
  { loss }: TaskType,
  logits: Float32Array,
  targets: Float32Array,
  width: number,
): Promise<number> {
  if (targets.length === 0) return 0;
  const mean = tf.tidy(() => loss(tf.tensor2d(logits, [targets.length, width]), tf.tensor1d(targets)));
  const [value] = await mean.data();
  mean.dispose();
  return value as number;
}

/**
 * Losses and metrics of a split, per task over its labelled rows.
 * @param logits - per task, [rows, outputs]; must be finite, else the metrics are undefined
 */
export async function evaluateLogits(
  dataset: Dataset,
  taskTypes: readonly TaskType[],
  rows: Uint32Array,
  logits: readonly Float32Array[],
): Promise<SplitEvaluation> {
  const losses: number[] = [];
  const scores: TaskScore[] = [];
  for (const [task, type] of taskTypes.entries()) {
    const width = dataset.tasks[task]?.outputs ?? 1;
    const column = dataset.targets[task] as Float32Array;
    const labelled = labelledOf(column, rows);
    const all = logits[task] as Float32Array;
    const taskLogits = labelled === rows ? all : logitsOfLabelled(all, column, rows, width);
    const taskTargets = Float32Array.from(labelled, (row) => column[row] as number);
    losses.push(await lossOf(type, taskLogits, taskTargets, width));
    scores.push({
      task: dataset.tasks[task]?.name ?? '',
      primary: type.primary,
      metrics: type.evaluate(taskLogits, taskTargets, width, dataset.targetScaling[task] ?? null),
    });
  }
  return { losses, scores };
}
