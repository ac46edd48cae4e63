// A batch as the tensors that a step reads.
import * as tf from '@tensorflow/tfjs-core';
import { type GatheredBatch, gatherBatch } from '../data/batches.ts';
import type { Dataset } from '../data/table.ts';
import type { Batch } from '../models/model.ts';

export interface TensorBatch extends Batch {
  /** [T, B] */
  targets: tf.Tensor2D;
  /** What the tensors hold. */
  values: GatheredBatch;
}

/** The caller disposes it with `disposeBatch`. */
export function toTensors(dataset: Dataset, rows: Uint32Array): TensorBatch {
  return fromValues(dataset, gatherBatch(dataset, rows, 0, rows.length), rows.length);
}

/** @param values - of `rows` rows */
export function fromValues(dataset: Dataset, values: GatheredBatch, rows: number): TensorBatch {
  return {
    categorical: tf.tensor2d(values.categorical, [rows, dataset.categorical.length], 'int32'),
    numeric: tf.tensor2d(values.numeric, [rows, dataset.numeric.length]),
    targets: tf.tensor2d(values.targets, [dataset.targets.length, rows]),
    values,
  };
}

export function disposeBatch({ categorical, numeric, targets }: TensorBatch): void {
  tf.dispose([categorical, numeric, targets]);
}
