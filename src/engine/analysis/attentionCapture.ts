// Turns what a forward pass captured into labelled maps for the page: one per block, layer kind and head, averaged
// over the chosen rows.
import * as tf from '@tensorflow/tfjs-core';
import { gatherBatch } from '../data/batches.ts';
import type { Dataset } from '../data/table.ts';
import { maskOfHead } from '../masks/mask.ts';
import type { Capture, ForwardOptions, Model } from '../models/model.ts';
import {
  ATTENTION_BATCHES,
  ATTENTION_ROWS,
  type AttentionMap,
  type AttentionRequest,
  type HeadSummary,
  type RowFact,
  type RowSelection,
  type TokenLabel,
} from '../protocol.ts';
import { summariseHeads } from './heads.ts';

/** What a map holds per cell. */
const QUANTITIES = ['scores', 'weights', 'valueWeights'] as const;
type Quantities<T> = Record<(typeof QUANTITIES)[number], T>;

interface Recorded extends Quantities<Float32Array> {
  key: string;
  shape: number[];
  blocked: Uint8Array | null;
}

/** Positions within the validation split that a capture runs on: its first rows, always the same ones. */
export function captureRows(dataset: Dataset, batch: number = ATTENTION_ROWS): Uint32Array {
  return dataset.split.validation.subarray(0, batch);
}

/** Numbers that one pass may record: 400 MB. Larger batches are cut. */
const MAX_VALUES = 1e8;

export interface CapturedAttention {
  maps: AttentionMap[];
  heads: HeadSummary;
  against: AttentionMap[] | null;
  batch: number;
  rowFacts: RowFact[];
}

/**
 * Evaluation-mode forward passes over the capture rows.
 * @param model - null for trees
 * @returns a map per block, layer and head; none when the model has no attention
 */
export async function captureAttention(
  model: Model | null,
  dataset: Dataset,
  { rows: selection, batch: wanted, against }: Omit<AttentionRequest, 'role'>,
): Promise<CapturedAttention> {
  const few = captureRows(dataset);
  if (!model)
    return {
      maps: [],
      heads: summariseHeads([]),
      against: null,
      batch: few.length,
      rowFacts: rowFactsOf(dataset, few),
    };
  let rows = few;
  let maps = await mapsOf(model, dataset, rows, selection);
  const batch = allowedBatch(maps, wanted);
  if (batch > few.length) {
    rows = captureRows(dataset, batch);
    maps = await mapsOf(model, dataset, rows, selection);
  }
  const other =
    against?.kind === 'no-mask'
      ? await mapsOf(model, dataset, rows, selection, () => null)
      : against
        ? await mapsOf(model, dataset, rows, against.rows)
        : null;
  return {
    maps,
    heads: summariseHeads(maps),
    against: other,
    batch: rows.length,
    rowFacts: rowFactsOf(dataset, rows),
  };
}

/** Mean maps of the model over the capture rows, under another mask where one is given. */
export const meanMaps = (
  model: Model,
  dataset: Dataset,
  mask?: ForwardOptions['mask'],
): Promise<AttentionMap[]> => mapsOf(model, dataset, captureRows(dataset), { kind: 'mean' }, mask);

/** The largest batch up to the one wanted whose maps stay within bounds; only maps between rows need one. */
function allowedBatch(maps: readonly AttentionMap[], wanted = ATTENTION_ROWS): number {
  if (!maps.some((m) => m.layer === 'row')) return ATTENTION_ROWS;
  const valuesOf = (batch: number) =>
    maps.reduce(
      (sum, m) => sum + QUANTITIES.length * batch * (m.layer === 'row' ? batch : m.keys.length ** 2),
      0,
    );
  return ATTENTION_BATCHES.findLast((b) => b <= wanted && valuesOf(b) <= MAX_VALUES) ?? ATTENTION_ROWS;
}

async function mapsOf(
  model: Model,
  dataset: Dataset,
  rows: Uint32Array,
  selection: RowSelection,
  mask?: ForwardOptions['mask'],
): Promise<AttentionMap[]> {
  const { recorded, dispose } = runWithCapture(model, dataset, rows, mask);
  try {
    const maps: AttentionMap[] = [];
    for (const { key, blocked, tensors } of recorded) {
      const [scores, weights, valueWeights] = await Promise.all(tensors.map((t) => t.data<'float32'>()));
      const record = { key, shape: tensors[0].shape, scores, weights, valueWeights, blocked } as Recorded;
      maps.push(...toMaps(record, dataset, rows.length, chosenRows(selection, rows.length)));
    }
    return maps;
  } finally {
    dispose();
  }
}

/** Every feature and label of the rows, with the groups they fall into. */
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

function runWithCapture(model: Model, dataset: Dataset, rows: Uint32Array, mask: ForwardOptions['mask']) {
  const recorded: { key: string; blocked: Uint8Array | null; tensors: [tf.Tensor, tf.Tensor, tf.Tensor] }[] =
    [];
  const capture: Capture = {
    attention: ({ key, scores, weights, valueNorms, blocked }) => {
      const valueWeights = tf.mul(weights, tf.expandDims(valueNorms, 2));
      recorded.push({ key, blocked, tensors: [tf.keep(scores), tf.keep(weights), tf.keep(valueWeights)] });
    },
  };
  const gathered = gatherBatch(dataset, rows, 0, rows.length);
  tf.tidy(() => {
    const batch = {
      categorical: tf.tensor2d(gathered.categorical, [rows.length, dataset.categorical.length], 'int32'),
      numeric: tf.tensor2d(gathered.numeric, [rows.length, dataset.numeric.length]),
    };
    model.forward(batch, { training: false, step: 0, capture, mask });
  });
  return { recorded, dispose: () => tf.dispose(recorded.map((r) => r.tensors)) };
}

/**
 * Names of the tokens of a row: task tokens first, then the columns; without task tokens the categorical columns alone.
 * @param network - the task whose network it is, or null
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

function toMaps(record: Recorded, dataset: Dataset, numRows: number, chosen: number[]): AttentionMap[] {
  const [groups, heads, length] = record.shape as [number, number, number];
  const parts = record.key.split('/');
  const [blockText, layer] = parts.slice(-2) as [string, 'feature' | 'row'];
  // A task may have any name, a slash in it included.
  const network = parts.length > 2 ? parts.slice(0, -2).join('/') : null;
  const block = Number(blockText.replace('block', ''));
  const selfOnly = layer === 'row' && length === 1;
  return Array.from({ length: heads }, (_, head): AttentionMap => {
    const base = { key: `${record.key}/head${head}`, network, block, layer, head };
    const each = (values: (of: Float32Array) => Float32Array) =>
      Object.fromEntries(QUANTITIES.map((q) => [q, values(record[q])])) as Quantities<Float32Array>;
    if (layer === 'feature') {
      const labels = tokenLabels(dataset, length, network);
      return {
        ...base,
        queries: labels,
        keys: labels,
        ...each((values) => meanOf(values, chosen, (row) => row * heads + head, length * length)),
        blocked: maskOfHead(record.blocked, head, length),
      };
    }
    const labels = Array.from(
      { length: numRows },
      (_, i): TokenLabel => ({ name: `row ${i}`, group: 'row' }),
    );
    const rows = { ...base, queries: labels, keys: labels };
    if (selfOnly) {
      const blocked = new Uint8Array(numRows * numRows).fill(1);
      for (let row = 0; row < numRows; row++) blocked[row * (numRows + 1)] = 0;
      return { ...rows, ...each((values) => onlySelf(values, numRows, heads, head)), blocked };
    }
    const size = length * length;
    if (groups !== 1) throw new Error(`${record.key}: expected one group of rows, got ${groups}`);
    return {
      ...rows,
      ...each((values) => values.slice(head * size, (head + 1) * size)),
      blocked: record.blocked,
    };
  });
}

/** As-released row attention: every row reads itself alone, all else is out of reach and shown as blocked. */
function onlySelf(values: Float32Array, numRows: number, heads: number, head: number): Float32Array {
  const map = new Float32Array(numRows * numRows);
  for (let row = 0; row < numRows; row++) map[row * (numRows + 1)] = values[row * heads + head] ?? 0;
  return map;
}

/** Mean of several [size] slices; `slot` says where a row's slice stands. */
function meanOf(
  values: Float32Array,
  rows: readonly number[],
  slot: (row: number) => number,
  size: number,
): Float32Array {
  const mean = new Float32Array(size);
  for (const row of rows) {
    const start = slot(row) * size;
    for (let i = 0; i < size; i++) mean[i] += (values[start + i] ?? 0) / rows.length;
  }
  return mean;
}
