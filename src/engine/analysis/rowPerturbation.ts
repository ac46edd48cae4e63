// Changes one value of one row in a batch: which predictions change? Rows interact in attention between rows, and where batch
// norm uses the statistics of the batch.
import * as tf from '@tensorflow/tfjs-core';
import type { Issue } from '../core/errors.ts';
import { type GatheredBatch, gatherBatch } from '../data/batches.ts';
import type { Dataset } from '../data/table.ts';
import type { Model } from '../models/model.ts';
import {
  BATCH_MODES,
  type BatchMode,
  type RowPerturbationReport,
  type RowPerturbationRequest,
} from '../protocol/rowPerturbation.ts';
import { captureRows } from './attentionCapture.ts';
import { companionSpread } from './companions.ts';
import { toBatch } from './evaluationBatch.ts';
import { type Measuring, UNWATCHED } from './measuring.ts';

/**
 * Runs on the first validation rows; running statistics are not changed.
 * @returns the report, or why the request cannot be answered
 */
export async function perturbRow(
  model: Model,
  dataset: Dataset,
  request: RowPerturbationRequest,
  measuring: Measuring = UNWATCHED,
): Promise<{ report: RowPerturbationReport | null; issue: Issue | null }> {
  const { row, feature, value } = request;
  const rows = captureRows(dataset);
  const issue = issueOf(dataset, rows.length, request);
  if (issue) return { report: null, issue };
  const place = placeOf(dataset, feature);
  const gathered = gatherBatch(dataset, rows, 0, rows.length);
  const changed = { numeric: gathered.numeric.slice(), categorical: gathered.categorical.slice() };
  const at = row * place.columns + place.column;
  const from = changed[place.kind][at] as number;
  changed[place.kind][at] = value;
  const outputsOf = async (
    values: Pick<GatheredBatch, 'numeric' | 'categorical'>,
    mode: BatchMode,
  ): Promise<Float32Array> => {
    const outputs = tf.tidy(() => {
      const batch = toBatch(dataset, values);
      const batchStatistics = mode === 'batch-statistics';
      return tf.concat(model.forward(batch, { training: false, step: 0, batchStatistics }), 1);
    });
    const read = (await outputs.data<'float32'>()).slice();
    outputs.dispose();
    return read;
  };
  const outputs: Partial<RowPerturbationReport['outputs']> = {};
  for (const mode of BATCH_MODES)
    outputs[mode] = { before: await outputsOf(gathered, mode), after: await outputsOf(changed, mode) };
  // Always the same companions, so that a changed value does not change them.
  const companions = model.flow
    ? null
    : {
        evaluation: await companionSpread(model, dataset, false, measuring),
        'batch-statistics': await companionSpread(model, dataset, true, measuring),
      };
  return {
    issue: null,
    report: {
      request,
      rows: rows.length,
      from,
      tasks: dataset.tasks,
      outputs: outputs as RowPerturbationReport['outputs'],
      companions,
    },
  };
}

/** Index of a feature within its array of the batch. */
function placeOf({ features, numeric, categorical }: Dataset, feature: number) {
  const kind = features[feature]?.kind ?? 'numeric';
  const column = features.slice(0, feature).filter((f) => f.kind === kind).length;
  return { kind, column, columns: kind === 'numeric' ? numeric.length : categorical.length };
}

/** What the request refers to that does not exist. */
function issueOf(
  { features }: Dataset,
  rows: number,
  { row, feature, value }: RowPerturbationRequest,
): Issue | null {
  const outside = (path: string, got: number, count: number, what: string): Issue | null =>
    Number.isInteger(got) && got >= 0 && got < count
      ? null
      : {
          path: `row-perturbation.${path}`,
          expected: `${what}, a whole number from 0 to ${count - 1}`,
          got: String(got),
          remedy: 'Choose one that is there.',
        };
  const missing =
    outside('row', row, rows, 'a row of the batch') ??
    outside('feature', feature, features.length, 'a feature of the table');
  if (missing) return missing;
  const { kind, cardinality, name } = features[feature] as Dataset['features'][number];
  if (kind === 'categorical') return outside('value', value, cardinality, `a code of ${name}`);
  if (Number.isFinite(value)) return null;
  return {
    path: 'row-perturbation.value',
    expected: 'a finite number of standard deviations',
    got: String(value),
    remedy: 'Enter a number, such as 2.',
  };
}
