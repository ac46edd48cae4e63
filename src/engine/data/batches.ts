// Which rows make a batch, and the arrays of their values. The order of an epoch is a function of (seed, epoch), so a resumed
// run sees the same batches as an uninterrupted one.
import { rng } from '../core/rng.ts';
import { MISSING_LABEL } from './labels.ts';
import type { Dataset } from './table.ts';

/** A seeded permutation of the training rows for one epoch. */
export function batchOrder(seed: number, epoch: number, rows: Uint32Array): Uint32Array {
  return rng(seed, 'batches', epoch).shuffle(rows.slice());
}

/**
 * Bounds of the batches: [0, size, 2 size, ..., rows]. A last batch of one row is merged into the one before it, because batch
 * norm has no variance over a single row.
 */
export function batchBounds(rows: number, size: number): number[] {
  const bounds = [0];
  for (let end = size; end < rows; end += size) bounds.push(end);
  if (bounds.length > 1 && rows - (bounds.at(-1) as number) === 1) bounds.pop();
  bounds.push(rows);
  return bounds;
}

export interface GatheredBatch {
  /** Row-major [B, number of numeric features]. */
  numeric: Float32Array;
  /** Row-major [B, number of categorical features]. */
  categorical: Int32Array;
  /** Row-major [T, B]; MISSING_LABEL where a label is missing. */
  targets: Float32Array;
}

/** The rows `indices[from..to)`. */
export function gatherBatch(dataset: Dataset, indices: Uint32Array, from: number, to: number): GatheredBatch {
  const size = to - from;
  const interleave = <T extends Float32Array | Int32Array>(columns: readonly T[], out: T): T => {
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c] as T;
      for (let i = 0; i < size; i++)
        out[i * columns.length + c] = column[indices[from + i] as number] as number;
    }
    return out;
  };
  const targets = new Float32Array(dataset.targets.length * size);
  dataset.targets.forEach((t, task) => {
    interleave([t], targets.subarray(task * size, (task + 1) * size));
  });
  for (let i = 0; i < targets.length; i++) if (Number.isNaN(targets[i])) targets[i] = MISSING_LABEL;
  return {
    numeric: interleave(dataset.numeric, new Float32Array(size * dataset.numeric.length)),
    categorical: interleave(dataset.categorical, new Int32Array(size * dataset.categorical.length)),
    targets,
  };
}
