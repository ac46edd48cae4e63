// The rows of a step in the forms that steps read, each made on demand: a step that takes its rows from a table on the device
// needs neither values nor tensors.
import * as tf from '@tensorflow/tfjs-core';
import { type GatheredBatch, gatherBatch } from '../data/batches.ts';
import { countLabelled, MISSING_LABEL } from '../data/labels.ts';
import type { Dataset } from '../data/table.ts';
import type { Batch } from '../layers/forward.ts';

/** The input of a step. */
export interface StepTensors extends Batch {
  /** [T, B]; MISSING_LABEL where a label is missing. */
  targets: tf.Tensor2D;
}

/** Rows `order[from..to)` of a table. */
export interface BatchRange {
  /** The rows of an epoch in order; never modified. */
  order: Uint32Array;
  from: number;
  to: number;
}

export class TensorBatch implements StepTensors {
  readonly dataset: Dataset;
  /** Number of rows. */
  readonly size: number;
  /** Null for values that do not come from the table. */
  readonly range: BatchRange | null;
  private gathered: GatheredBatch | null = null;
  private tensors: StepTensors | null = null;

  constructor(dataset: Dataset, rows: BatchRange | GatheredBatch) {
    this.dataset = dataset;
    this.range = 'order' in rows ? rows : null;
    this.size = 'order' in rows ? rows.to - rows.from : rows.targets.length / dataset.targets.length;
    if (!('order' in rows)) this.gathered = rows;
  }

  /** Number of rows with a label of the task. Rows of the table are counted there without gathering them. */
  labelled(task: number): number {
    const { range, dataset, size } = this;
    if (range) return countLabelled(dataset.targets[task] as Float32Array, range.order, range.from, range.to);
    const own = this.values.targets.subarray(task * size, (task + 1) * size);
    return own.reduce((count, label) => count + (label === MISSING_LABEL ? 0 : 1), 0);
  }

  get values(): GatheredBatch {
    if (!this.gathered) {
      const { order, from, to } = this.range as BatchRange;
      this.gathered = gatherBatch(this.dataset, order, from, to);
    }
    return this.gathered;
  }

  get categorical(): tf.Tensor2D {
    return this.made().categorical;
  }

  get numeric(): tf.Tensor2D {
    return this.made().numeric;
  }

  get targets(): tf.Tensor2D {
    return this.made().targets;
  }

  /** Disposes the tensors; a later access makes them again. */
  dispose(): void {
    if (this.tensors) disposeTensors(this.tensors);
    this.tensors = null;
  }

  /** Kept, because the first access may happen within a step's tidy. */
  private made(): StepTensors {
    if (!this.tensors) {
      this.tensors = tensorsOf(this.dataset, this.values, this.size);
      Object.values(this.tensors).forEach(tf.keep);
    }
    return this.tensors;
  }
}

/** The caller disposes them with `disposeTensors`. */
export function tensorsOf(dataset: Dataset, values: GatheredBatch, rows: number): StepTensors {
  return {
    categorical: tf.tensor2d(values.categorical, [rows, dataset.categorical.length], 'int32'),
    numeric: tf.tensor2d(values.numeric, [rows, dataset.numeric.length]),
    targets: tf.tensor2d(values.targets, [dataset.targets.length, rows]),
  };
}

export function disposeTensors({ categorical, numeric, targets }: StepTensors): void {
  tf.dispose([categorical, numeric, targets]);
}

/** The caller disposes it with `disposeBatch`. */
export const toTensors = (dataset: Dataset, rows: Uint32Array): TensorBatch =>
  new TensorBatch(dataset, { order: rows, from: 0, to: rows.length });

export const disposeBatch = (batch: TensorBatch): void => batch.dispose();
