// One row predicted in many batches: does the company it keeps change its prediction?
import * as tf from '@tensorflow/tfjs-core';
import { rng } from '../core/rng.ts';
import type { Dataset } from '../data/table.ts';
import type { Model } from '../models/model.ts';
import type { ProofReport } from '../protocol/masks.ts';
import { captureRows } from './attentionCapture.ts';
import { evaluationBatch } from './evaluationBatch.ts';

/** Batches that the first validation row is predicted in, each with other companions. */
const COMPANION_BATCHES = 16;

/**
 * How far the outputs of the first validation row vary with the rows that share its batch: per task, in its own units.
 * @param batchStatistics - batch norm takes those of the batch, as in training
 */
export async function companionSpread(
  model: Model,
  dataset: Dataset,
  batchStatistics: boolean,
): Promise<ProofReport['companions']> {
  const { validation } = dataset.split;
  // Half of the rows at most, or every batch would have the same company.
  const size = Math.min(captureRows(dataset).length, Math.max(2, validation.length >> 1));
  const random = rng(0, 'companions');
  const predictions: Float32Array[] = [];
  for (let draw = 0; draw < COMPANION_BATCHES; draw++) {
    const others = random.shuffle(validation.slice(1));
    const rows = Uint32Array.from([validation[0] as number, ...others.subarray(0, size - 1)]);
    const first = tf.tidy(() => {
      const batch = evaluationBatch(dataset, rows);
      const outputs = model.forward(batch, { training: false, step: 0, batchStatistics });
      return tf.concat(
        outputs.map((o) => tf.slice(o, [0, 0], [1, o.shape[1]])),
        1,
      );
    });
    predictions.push((await first.data<'float32'>()).slice());
    first.dispose();
  }
  let at = 0;
  const spread = dataset.tasks.map(({ outputs }) => {
    const deviations = Array.from({ length: outputs }, (_, i) =>
      standardDeviation(predictions.map((p) => p[at + i] as number)),
    );
    at += outputs;
    return Math.max(...deviations);
  });
  return { batches: COMPANION_BATCHES, spread: Float32Array.from(spread) };
}

/** Sample standard deviation; exactly 0 for equal values. */
function standardDeviation(values: readonly number[]): number {
  const [first = 0] = values;
  // Measured from the first value, so that equal ones leave no rounding.
  const shifted = values.map((v) => v - first);
  const mean = shifted.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(shifted.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
}
