// Rows of a dataset as the tensors that a forward pass reads.
import * as tf from '@tensorflow/tfjs-core';
import { type GatheredBatch, gatherBatch } from '../data/batches.ts';
import type { Dataset } from '../data/table.ts';
import type { Batch } from '../layers/forward.ts';

/** Features of the rows, [B, categorical] and [B, numeric]; the caller disposes them, or calls within a tidy. */
export function evaluationBatch(dataset: Dataset, rows: Uint32Array): Batch {
  return toBatch(dataset, gatherBatch(dataset, rows, 0, rows.length));
}

/** The same for values that need not be those of the table. */
export function toBatch(
  { categorical: codes, numeric: columns }: Dataset,
  { categorical, numeric }: Pick<GatheredBatch, 'categorical' | 'numeric'>,
): Batch {
  const rows = columns.length > 0 ? numeric.length / columns.length : categorical.length / codes.length;
  return {
    categorical: tf.tensor2d(categorical, [rows, codes.length], 'int32'),
    numeric: tf.tensor2d(numeric, [rows, columns.length]),
  };
}
