// A batch as the tensors that a step reads.
import * as tf from '@tensorflow/tfjs-core';
import { gatherBatch } from '../data/batches.ts';
import type { Dataset } from '../data/table.ts';
import type { Batch } from '../models/model.ts';

export interface TensorBatch extends Batch {
  /** [T, B] */
  targets: tf.Tensor2D;
}

/** The caller disposes it with `disposeBatch`. */
export function toTensors(dataset: Dataset, rows: Uint32Array): TensorBatch {
  const { categorical, numeric, targets } = gatherBatch(dataset, rows, 0, rows.length);
  return {
    categorical: tf.tensor2d(categorical, [rows.length, dataset.categorical.length], 'int32'),
    numeric: tf.tensor2d(numeric, [rows.length, dataset.numeric.length]),
    targets: tf.tensor2d(targets, [dataset.targets.length, rows.length]),
  };
}

export function disposeBatch({ categorical, numeric, targets }: TensorBatch): void {
  tf.dispose([categorical, numeric, targets]);
}
