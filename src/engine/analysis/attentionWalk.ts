// The arithmetic behind one row of an attention map, for one row of the table and one head: vectors, scores, mask, weights and
// the output of the query, as computed by the network. The page recomputes it from the vectors and compares.
import * as tf from '@tensorflow/tfjs-core';
import { samePlace } from '../core/attentionPlace.ts';
import { WorkbenchError } from '../core/errors.ts';
import type { TokenLabel } from '../core/tokens.ts';
import type { Dataset } from '../data/table.ts';
import type { AttentionRecord } from '../layers/forward.ts';
import { maskOfHead } from '../masks/mask.ts';
import type { Model } from '../models/model.ts';
import { ATTENTION_ROWS, type AttentionWalk, type WalkRequest } from '../protocol/attention.ts';
import { captureRows, hasRowLayers, tokenLabels } from './attentionCapture.ts';
import { evaluationBatch } from './evaluationBatch.ts';

function requirePosition(name: string, value: number, count: number): void {
  if (Number.isInteger(value) && value >= 0 && value < count) return;
  throw WorkbenchError.of('config', {
    path: `attention walk: ${name}`,
    expected: `a position from 0 to ${count - 1}`,
    got: String(value),
    remedy: `Choose another ${name}.`,
  });
}

/** The parts of a record that one query needs; they outlive the pass. */
type Kept = Record<'query' | 'keys' | 'values' | 'scores' | 'weights' | 'mixed', tf.Tensor>;

/**
 * One pass in evaluation mode, over the row alone if rows do not attend to each other.
 * @returns null if the network has no such head, or its attention has no scaled products
 * @throws WorkbenchError (config) if there is no such row or token
 */
export async function walkAttention(
  model: Model,
  dataset: Dataset,
  request: WalkRequest,
): Promise<AttentionWalk | null> {
  const { row, query, head } = request;
  const rows = captureRows(dataset, request.batch ?? ATTENTION_ROWS);
  requirePosition('row', row, Math.min(rows.length, ATTENTION_ROWS));
  const meet = await hasRowLayers(model, dataset);
  const passed = meet ? rows : rows.subarray(row, row + 1);
  const at = meet ? row : 0;
  const found: { kept: Kept; blocked: Uint8Array | null; length: number; isAlone: boolean }[] = [];
  tf.tidy(() => {
    const attention = (record: AttentionRecord) => {
      const { place, kernel, blocked } = record;
      const wanted = { network: request.network, block: request.block, kind: request.kind };
      const [groups, heads, length] = record.weights.shape as [number, number, number];
      if (!samePlace(place, wanted) || head >= heads || !kernel?.parts) return;
      // Between rows there is one sequence of all rows, or, as released, one per row.
      const isAlone = place.kind === 'row' && groups > 1;
      const sequence = place.kind === 'feature' ? at : isAlone ? query : 0;
      requirePosition(place.kind === 'row' ? 'row that reads' : 'token', query, isAlone ? groups : length);
      const reader = isAlone ? 0 : query;
      const { queries, keys, values } = kernel.parts();
      const headSize = queries.shape[3];
      const ofHead = (t: tf.Tensor, from: number, count: number) =>
        tf.slice(t, [sequence, head, from, 0], [1, 1, count, t.shape[3] as number]);
      const mixed = tf.slice(
        kernel.run(tf.slice(kernel.qkv, [sequence, 0, 0], [1, -1, -1])),
        [0, reader, head * headSize],
        [1, 1, headSize],
      );
      const kept: Kept = {
        query: ofHead(queries, reader, 1),
        keys: ofHead(keys, 0, length),
        values: ofHead(values, 0, length),
        scores: ofHead(record.scores, reader, 1),
        weights: ofHead(record.weights, reader, 1),
        mixed,
      };
      for (const tensor of Object.values(kept)) tf.keep(tensor);
      const own = maskOfHead(blocked, head, length);
      found.push({
        kept,
        blocked: own?.slice(reader * length, (reader + 1) * length) ?? null,
        length,
        isAlone,
      });
    };
    model.forward(evaluationBatch(dataset, passed), { training: false, step: 0, capture: { attention } });
  });
  const [first] = found;
  if (!first) return null;
  const { kept, blocked, length, isAlone } = first;
  const read = (tensor: tf.Tensor) => tensor.data<'float32'>();
  const [queryVector, keys, values, scores, weights, mixed] = await Promise.all([
    read(kept.query),
    read(kept.keys),
    read(kept.values),
    read(kept.scores),
    read(kept.weights),
    read(kept.mixed),
  ]);
  tf.dispose(Object.values(kept));
  const isRow = request.kind === 'row';
  const tokens = isRow
    ? Array.from({ length }, (_, i): TokenLabel => ({ name: `row ${isAlone ? query : i}`, group: 'row' }))
    : tokenLabels(dataset, length, request.network);
  const { network, block, kind } = request;
  return {
    place: { network, block, kind, head },
    row,
    query: isAlone ? 0 : query,
    tokens,
    cells: isRow ? tokens.map(() => '') : cellsOf(dataset, tokens, rows[row] as number),
    headSize: queryVector.length,
    queryVector,
    keys,
    values,
    scores,
    weights,
    blocked,
    mixed,
  };
}

/** The network's input for each token of a row: the category, or the encoded number. */
function cellsOf(dataset: Dataset, tokens: readonly TokenLabel[], row: number): string[] {
  const numeric = dataset.features.filter((f) => f.kind === 'numeric');
  const categorical = dataset.features.filter((f) => f.kind === 'categorical');
  return tokens.map(({ name, group }) => {
    if (group === 'numeric') {
      const value = dataset.numeric[numeric.findIndex((f) => f.name === name)]?.[row] ?? Number.NaN;
      return value.toFixed(3);
    }
    if (group !== 'categorical') return '';
    const at = categorical.findIndex((f) => f.name === name);
    const code = dataset.categorical[at]?.[row] ?? -1;
    return categorical[at]?.categories?.[code] ?? String(code);
  });
}
