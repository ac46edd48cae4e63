// Turns the captures of a forward pass into labelled maps for the page: one per block, layer kind and head, averaged over the
// chosen rows.
import * as tf from '@tensorflow/tfjs-core';
import { type LayerPlace, placeKey } from '../core/attentionPlace.ts';
import type { TokenLabel } from '../core/tokens.ts';
import type { Dataset } from '../data/table.ts';
import type { Capture, ForwardOptions } from '../layers/forward.ts';
import { maskOfHead } from '../masks/mask.ts';
import type { Model } from '../models/model.ts';
import {
  ATTENTION_BATCHES,
  ATTENTION_ROWS,
  type AttentionMap,
  type AttentionRequest,
  type HeadSummary,
  type RowFact,
  type RowSelection,
} from '../protocol/attention.ts';
import { evaluationBatch } from './evaluationBatch.ts';
import { headDistances } from './headDistance.ts';
import { headEntropies } from './headEntropy.ts';
import { type Measuring, UNWATCHED } from './measuring.ts';

/** Quantities of a map, one per cell. */
const QUANTITIES = ['scores', 'weights', 'valueWeights'] as const;
type Quantities<T> = Record<(typeof QUANTITIES)[number], T>;

/**
 * Quantities of feature layers are [H, L, L], the mean over the chosen rows; of row layers [H, B, B], or [B, H] if every row
 * attends only to itself.
 */
interface Recorded extends Quantities<Float32Array> {
  place: LayerPlace;
  shape: number[];
  blocked: Uint8Array | null;
  /** [H], mean over the rows' own entropies. */
  entropies: Float32Array;
}

/** Positions within the validation split that a capture runs on: always its first rows. */
export function captureRows(dataset: Dataset, batch: number = ATTENTION_ROWS): Uint32Array {
  return dataset.split.validation.subarray(0, batch);
}

/**
 * Maximum number of cells averaged per head: all rows for up to 160 tokens; fewer rows for more tokens, or a capture takes a
 * minute.
 */
const MAX_CELLS = ATTENTION_ROWS * 160 ** 2;
const FEWEST_ROWS = 8;
/** Maximum numbers in a capture: 8 heads of 2,048 rows, 500 MB. Larger batches are reduced, and the page says so. */
const MAX_VALUES = 1.25e8;

export interface CapturedAttention {
  maps: AttentionMap[];
  heads: HeadSummary;
  against: AttentionMap[] | null;
  batch: number;
  rowFacts: RowFact[];
}

/**
 * Forward passes over the capture rows in evaluation mode.
 * @param model - null for trees
 * @returns a map per block, layer and head; none if the model has no attention
 */
export async function captureAttention(
  model: Model | null,
  dataset: Dataset,
  { rows: selection, batch: wanted, against }: AttentionRequest,
  measuring: Measuring = UNWATCHED,
): Promise<CapturedAttention> {
  const tokens = dataset.features.length + dataset.tasks.length;
  const few = Math.max(FEWEST_ROWS, Math.floor(MAX_CELLS / tokens ** 2));
  let rows = captureRows(dataset, Math.min(ATTENTION_ROWS, few));
  const capture = async (chosen: RowSelection, mask?: ForwardOptions['mask']): Promise<Captured> =>
    model
      ? mapsOf({ model, dataset, rows, selection: chosen, mask, measuring })
      : { maps: [], entropies: new Float32Array() };
  let { maps, entropies } = await capture(selection);
  const batch = allowedBatch(maps, wanted, against ? 2 : 1);
  if (batch > ATTENTION_ROWS) {
    rows = captureRows(dataset, batch);
    ({ maps, entropies } = await capture(selection));
  }
  const other =
    against?.kind === 'no-mask'
      ? await capture(selection, () => null)
      : against
        ? await capture(against.rows)
        : null;
  return {
    maps,
    heads: { entropies, distances: headDistances(maps) },
    against: model ? (other?.maps ?? null) : null,
    batch: rows.length,
    rowFacts: rowFactsOf(dataset, rows),
  };
}

/** Mean maps of the model over the capture rows, optionally under another mask. */
export async function meanMaps(
  model: Model,
  dataset: Dataset,
  mask?: ForwardOptions['mask'],
): Promise<AttentionMap[]> {
  const rows = captureRows(dataset);
  return (await mapsOf({ model, dataset, rows, selection: { kind: 'mean' }, mask })).maps;
}

/** The largest batch up to the requested one whose maps stay within bounds; only maps between rows limit it. */
function allowedBatch(maps: readonly AttentionMap[], wanted = ATTENTION_ROWS, captures: number): number {
  if (!maps.some((m) => m.kind === 'row')) return ATTENTION_ROWS;
  const valuesOf = (batch: number) =>
    maps.reduce(
      (sum, m) =>
        sum + captures * QUANTITIES.length * batch * (m.kind === 'row' ? batch : m.keys.length ** 2),
      0,
    );
  return ATTENTION_BATCHES.findLast((b) => b <= wanted && valuesOf(b) <= MAX_VALUES) ?? ATTENTION_ROWS;
}

interface Captured {
  maps: AttentionMap[];
  /** One per map. */
  entropies: Float32Array;
}

interface CaptureOptions {
  model: Model;
  dataset: Dataset;
  rows: Uint32Array;
  selection: RowSelection;
  mask?: ForwardOptions['mask'];
  measuring?: Measuring;
}

/** Maximum cells of rows and head in one pass: one row of 500 tokens, all rows of up to 88. */
const MAX_CELLS_AT_ONCE = 500_000;

/**
 * Rows that attend to each other pass together. Otherwise only the chosen ones pass, in parts: scores and weights of 64 rows
 * with 500 tokens would take gigabytes.
 */
async function mapsOf(o: CaptureOptions): Promise<Captured> {
  const { model, dataset, rows, measuring = UNWATCHED } = o;
  const chosen = chosenRows(o.selection, rows.length);
  const all = chosen.map((_, i) => i);
  const atOnce = Math.floor(MAX_CELLS_AT_ONCE / (dataset.features.length + dataset.tasks.length) ** 2);
  const passes = (await hasRowLayers(model, dataset))
    ? [{ rows, chosen }]
    : slices(chosen, Math.max(1, atOnce)).map((part) => ({
        rows: Uint32Array.from(part, (i) => rows[i] as number),
        chosen: all.slice(0, part.length),
      }));
  const totals = new Map<string, Recorded>();
  for (const [done, pass] of passes.entries()) {
    measuring.progress({ label: 'recording attention', done, total: passes.length });
    const share = pass.chosen.length / chosen.length;
    for (const record of await runWithCapture(o, pass.rows, pass.chosen)) {
      const key = placeKey(record.place);
      const total = totals.get(key) ?? {
        ...record,
        ...each(() => new Float32Array(record.scores.length)),
        entropies: new Float32Array(record.entropies.length),
      };
      totals.set(key, total);
      for (const q of [...QUANTITIES, 'entropies'] as const)
        for (let i = 0; i < total[q].length; i++) total[q][i] += share * (record[q][i] as number);
    }
    await measuring.yieldOrStop();
  }
  const records = [...totals.values()];
  return {
    maps: records.flatMap((record) => toMaps(record, dataset, rows.length)),
    entropies: Float32Array.from(records.flatMap((record) => Array.from(record.entropies))),
  };
}

const each = <T>(make: (q: (typeof QUANTITIES)[number]) => T): Quantities<T> =>
  Object.fromEntries(QUANTITIES.map((q) => [q, make(q)])) as Quantities<T>;

function slices<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) =>
    values.slice(i * size, (i + 1) * size),
  );
}

const rowLayers = new WeakMap<Model, boolean>();

/** Whether a network has layers between rows; found by a pass over one row. */
export async function hasRowLayers(model: Model, dataset: Dataset): Promise<boolean> {
  const known = rowLayers.get(model);
  if (known !== undefined) return known;
  const one = captureRows(dataset, 1);
  const records = await runWithCapture({ model, dataset }, one, [0]);
  const found = records.some(({ place }) => place.kind === 'row');
  rowLayers.set(model, found);
  return found;
}

/** Every feature and label of the rows, with groups of rows by value. */
function rowFactsOf(dataset: Dataset, rows: Uint32Array): RowFact[] {
  const pick = (values: ArrayLike<number>) => Float32Array.from(rows, (row) => values[row] ?? Number.NaN);
  let numeric = 0;
  let categorical = 0;
  const features = dataset.features.map((f): RowFact => {
    const isNumeric = f.kind === 'numeric';
    const values = pick((isNumeric ? dataset.numeric[numeric++] : dataset.categorical[categorical++]) ?? []);
    const groups = isNumeric ? halves(values) : categories(values, f.categories);
    return { column: f.name, kind: 'feature', values, groups };
  });
  const labels = dataset.tasks.map((task, t): RowFact => {
    const values = pick(dataset.targets[t] ?? []);
    const groups = task.type === 'regression' ? halves(values) : categories(values, task.classes);
    return { column: task.name, kind: 'label', values, groups };
  });
  return [...features, ...labels];
}

function halves(values: Float32Array): RowFact['groups'] {
  const first = values.subarray(0, ATTENTION_ROWS);
  const known = first.filter((v) => !Number.isNaN(v)).sort();
  const middle = known[known.length >> 1];
  if (middle === undefined) return [];
  const where = (holds: (v: number) => boolean) =>
    Array.from(first.keys()).filter((i) => holds(first[i] as number));
  return [
    { label: 'lower half', rows: where((v) => v < middle) },
    { label: 'upper half', rows: where((v) => v >= middle) },
  ].filter((group) => group.rows.length > 0);
}

function categories(values: Float32Array, names: readonly string[] | undefined): RowFact['groups'] {
  const byCode = new Map<number, number[]>();
  values.subarray(0, ATTENTION_ROWS).forEach((code, row) => {
    if (!Number.isNaN(code)) byCode.set(code, [...(byCode.get(code) ?? []), row]);
  });
  return [...byCode]
    .sort(([a], [b]) => a - b)
    .map(([code, own]) => ({ label: names?.[code] ?? String(code), rows: own }));
}

function chosenRows(selection: RowSelection, batch: number): number[] {
  const available = Math.min(batch, ATTENTION_ROWS);
  if (selection.kind === 'mean') return Array.from({ length: available }, (_, i) => i);
  const valid = selection.rows.filter((r) => Number.isInteger(r) && r >= 0 && r < available);
  return valid.length > 0 ? valid : [0];
}

/** One forward pass. @param chosen - positions of the rows over which maps between features are averaged */
async function runWithCapture(
  { model, dataset, mask }: Pick<CaptureOptions, 'model' | 'dataset' | 'mask'>,
  rows: Uint32Array,
  chosen: readonly number[],
): Promise<Recorded[]> {
  const recorded: {
    place: LayerPlace;
    blocked: Uint8Array | null;
    tensors: Quantities<tf.Tensor>;
    entropies: tf.Tensor1D;
  }[] = [];
  tf.tidy(() => {
    const positions = tf.tensor1d(chosen as number[], 'int32');
    const capture: Capture = {
      attention: ({ place, scores, weights, valueNorms, blocked }) => {
        const [groups, heads, length] = weights.shape as [number, number, number];
        const isRow = place.kind === 'row';
        const rowShape = length === 1 ? [groups, heads] : [heads, length, length];
        const reduce = (t: tf.Tensor) =>
          tf.keep(isRow ? tf.reshape(t, rowShape) : tf.mean(tf.gather(t, positions), 0));
        const tensors = { scores, weights, valueWeights: tf.mul(weights, tf.expandDims(valueNorms, 2)) };
        const own = isRow ? weights : tf.gather(weights, positions);
        const entropies = tf.keep(headEntropies(own as tf.Tensor4D, blocked));
        recorded.push({ place, blocked, tensors: each((q) => reduce(tensors[q])), entropies });
      },
    };
    model.forward(evaluationBatch(dataset, rows), { training: false, step: 0, capture, mask });
  });
  const records: Recorded[] = [];
  for (const { place, blocked, tensors, entropies: entropy } of recorded) {
    const read = [...QUANTITIES.map((q) => tensors[q]), entropy].map((t) => t.data<'float32'>());
    const [scores, weights, valueWeights, entropies] = await Promise.all(read);
    const { shape } = tensors.weights;
    records.push({ place, shape, scores, weights, valueWeights, entropies, blocked } as Recorded);
    tf.dispose([...Object.values(tensors), entropy]);
  }
  return records;
}

/**
 * Names of the tokens of a row: task tokens first, then the columns; without task tokens only the categorical columns.
 * @param network - the task that owns the network, or null
 */
export function tokenLabels(dataset: Dataset, numTokens: number, network: string | null): TokenLabel[] {
  const columns = dataset.features.map((f): TokenLabel => ({ name: f.name, group: f.kind }));
  const numTaskTokens = numTokens - columns.length;
  if (numTaskTokens <= 0) return columns.slice(0, numTokens);
  const perTask = network === null && numTaskTokens === dataset.tasks.length;
  const tasks: TokenLabel[] = perTask
    ? dataset.tasks.map((t) => ({ name: t.name, group: 'task' }))
    : Array.from({ length: numTaskTokens }, () => ({ name: network ?? 'all tasks', group: 'task' }));
  return [...tasks, ...columns];
}

function toMaps(record: Recorded, dataset: Dataset, numRows: number): AttentionMap[] {
  const { place } = record;
  const onlySelf = record.shape.length === 2;
  const [heads, length] = (onlySelf ? [record.shape[1], numRows] : record.shape) as [number, number];
  const labels =
    place.kind === 'feature'
      ? tokenLabels(dataset, length, place.network)
      : Array.from({ length: numRows }, (_, i): TokenLabel => ({ name: `row ${i}`, group: 'row' }));
  return Array.from({ length: heads }, (_, head): AttentionMap => {
    const valuesOf = (all: Float32Array) =>
      onlySelf
        ? diagonal(numRows, (row) => all[row * heads + head] ?? 0)
        : all.slice(head * length * length, (head + 1) * length * length);
    return {
      ...place,
      head,
      queries: labels,
      keys: labels,
      ...each((q) => valuesOf(record[q])),
      // As released, every row attends only to itself: all other cells are shown as blocked.
      blocked: onlySelf
        ? Uint8Array.from(
            diagonal(numRows, () => 1),
            (own) => 1 - own,
          )
        : maskOfHead(record.blocked, head, length),
    };
  });
}

function diagonal(size: number, valueAt: (i: number) => number): Float32Array {
  const matrix = new Float32Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * (size + 1)] = valueAt(i);
  return matrix;
}
