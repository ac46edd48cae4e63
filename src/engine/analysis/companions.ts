// Predicts one row in many batches: does the composition of the batch change its prediction?
import * as tf from '@tensorflow/tfjs-core';
import { rng } from '../core/rng.ts';
import type { Dataset } from '../data/table.ts';
import type { Model } from '../models/model.ts';
import type { MaskTestReport } from '../protocol/masks.ts';
import { captureRows } from './attentionCapture.ts';
import { evaluationBatch } from './evaluationBatch.ts';
import type { Measuring } from './measuring.ts';

/** Number of batches in which the first validation row is predicted, each with other companions. */
const COMPANION_BATCHES = 16;

/**
 * How much the outputs of the first validation row vary with the other rows of its batch: per task, in the task's units.
 * @param batchStatistics - batch norm uses those of the batch, as in training
 */
export async function companionSpread(
  model: Model,
  dataset: Dataset,
  batchStatistics: boolean,
  { progress, yieldOrStop }: Measuring,
): Promise<MaskTestReport['companions']> {
  const { validation } = dataset.split;
  // At most half of the rows, or all batches would have the same companions.
  const size = Math.min(captureRows(dataset).length, Math.max(2, validation.length >> 1));
  const random = rng(0, 'companions');
  const predictions: Float32Array[] = [];
  for (let draw = 0; draw < COMPANION_BATCHES; draw++) {
    progress({ label: 'predicting a row in other batches', done: draw, total: COMPANION_BATCHES });
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
    await yieldOrStop();
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
  // Relative to the first value, so that equal values leave no rounding error.
  const shifted = values.map((v) => v - first);
  const mean = shifted.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(shifted.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
}
