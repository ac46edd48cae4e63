// Tokens from columns: one vector per task, categorical code and numeric value (golden/README "Embedding"). All columns of a
// kind share one packed variable, so a table of 500 columns needs 3 variables, not 1,000.
import * as tf from '@tensorflow/tfjs-core';
import type { FeatureMeta } from '../data/table.ts';
import { embedTokens } from '../kernels/ops/embedTokens/index.ts';
import { takeSlots } from '../kernels/ops/takeSlots/index.ts';
import { foldsTokens, type NumericTokens } from '../kernels/ops/tokenLinear/index.ts';
import type { Batch } from './forward.ts';
import { type Member, packName } from './linear.ts';
import type { Initialiser, ParameterSet, PartSpec } from './parameterSet.ts';

export interface Embedding {
  /** Number of independent embeddings of the same columns, side by side. */
  copies: number;
  /** Per copy. */
  numTaskTokens: number;
  /** Per copy. */
  numTokens: number;
  width: number;
  taskWeight: tf.Variable | null;
  taskBias: tf.Variable | null;
  /** Tables of all categorical columns of all copies, stacked: [copies * sum of cardinalities, width]. */
  table: tf.Variable | null;
  /** First row of each categorical column in `table`, copy after copy. */
  offsets: number[];
  numericWeight: tf.Variable | null;
  numericBias: tf.Variable | null;
  /** Permutation of the kernel's tokens that puts the copies one after the other; null if they already are. */
  order: number[] | null;
}

export interface EmbeddingOptions {
  /** `{name}.embedding_layers.{i}` per copy; task tokens are numbered first. */
  members: readonly Member[];
  features: readonly FeatureMeta[];
  numTaskTokens: number;
  width: number;
  weight: Initialiser;
  bias: Initialiser;
  /** Rows of embedding tables. */
  tableInit: Initialiser;
}

export function createEmbedding(set: ParameterSet, options: EmbeddingOptions): Embedding {
  const { members, features, numTaskTokens, width, weight, bias, tableInit } = options;
  const categorical = features.filter((f) => f.kind === 'categorical');
  const numNumeric = features.length - categorical.length;
  const copies = members.length;
  const name = packName(members);
  const layerName = (member: Member, i: number, part: string) =>
    `${member.name}.embedding_layers.${i}.${part}`;
  /** Linear(1, e) per column: weights [copies * n, e], biases likewise. */
  const columns = (kind: string, count: number, first: number) => {
    if (count === 0) return { weight: null, bias: null };
    const parts = (part: string, shape: number[], init: Initialiser): PartSpec[] =>
      members.flatMap((member) =>
        Array.from({ length: count }, (_, i) => ({
          name: layerName(member, first + i, part),
          shape,
          init,
          task: member.task,
        })),
      );
    const shape = [copies * count, width];
    return {
      weight: set.pack(`${name}.${kind}.weight`, shape, parts('weight', [width, 1], weight)),
      bias: set.pack(`${name}.${kind}.bias`, shape, parts('bias', [width], bias)),
    };
  };

  const tasks = columns('tasks', numTaskTokens, 0);
  const offsets: number[] = [];
  let rows = 0;
  for (let copy = 0; copy < copies; copy++) {
    for (const { cardinality } of categorical) {
      offsets.push(rows);
      rows += cardinality;
    }
  }
  const table =
    categorical.length === 0
      ? null
      : set.pack(
          `${name}.categorical`,
          [rows, width],
          members.flatMap((member) =>
            categorical.map(({ cardinality }, i) => ({
              name: layerName(member, numTaskTokens + i, 'weight'),
              shape: [cardinality, width],
              init: tableInit,
              task: member.task,
            })),
          ),
        );
  const numeric = columns('numeric', numNumeric, numTaskTokens + categorical.length);
  return {
    copies,
    numTaskTokens,
    numTokens: numTaskTokens + features.length,
    width,
    taskWeight: tasks.weight,
    taskBias: tasks.bias,
    table,
    offsets,
    numericWeight: numeric.weight,
    numericBias: numeric.bias,
    order: orderOf(copies, [numTaskTokens, categorical.length, numNumeric]),
  };
}

/** The kernel outputs each kind of token for all copies before the next kind. */
function orderOf(copies: number, counts: readonly number[]): number[] | null {
  if (copies === 1 || counts.filter((n) => n > 0).length === 1) return null;
  let first = 0;
  const firsts = counts.map((count) => {
    const start = first;
    first += copies * count;
    return start;
  });
  return Array.from({ length: copies }, (_, copy) =>
    counts.flatMap((count, kind) =>
      Array.from({ length: count }, (_unused, i) => (firsts[kind] as number) + copy * count + i),
    ),
  ).flat();
}

/** @returns tokens [B, copies * (task tokens + categorical + numeric), width] */
export function applyEmbedding(layer: Embedding, batch: Batch): tf.Tensor3D {
  const { copies, order, width } = layer;
  const rows = Math.max(batch.numeric.shape[0], batch.categorical.shape[0]);
  const repeat = (columns: tf.Tensor2D) => (copies === 1 ? columns : tf.tile(columns, [1, copies]));
  const codes =
    layer.table && tf.add(repeat(batch.categorical), tf.tensor2d([layer.offsets], undefined, 'int32'));
  const tokens = embedTokens({
    taskWeight: layer.taskWeight as tf.Tensor2D | null,
    taskBias: layer.taskBias as tf.Tensor2D | null,
    table: layer.table as tf.Tensor2D | null,
    codes: codes as tf.Tensor2D | null,
    numericWeight: layer.numericWeight as tf.Tensor2D | null,
    numericBias: layer.numericBias as tf.Tensor2D | null,
    numeric: layer.numericWeight && repeat(batch.numeric),
    rows,
  });
  if (!order) return tokens;
  const flat = tf.reshape(tokens, [rows, order.length * width]) as tf.Tensor2D;
  return tf.reshape(takeSlots(flat, order, order.length), tokens.shape);
}

/** Floating-point operations per row, all copies (two per multiply-add). */
export const embeddingFlops = ({ copies, numTokens, width }: Embedding) => 2 * copies * numTokens * width;

/** The input of networks without attention: flattened tokens, or the raw columns if the width is 0. */
export interface FlatInput {
  embedding: Embedding | null;
  /** Columns per copy. */
  columns: number;
  copies: number;
}

/** @param options - width 0 creates no embedding */
export function createFlatInput(
  set: ParameterSet,
  options: Omit<EmbeddingOptions, 'numTaskTokens'>,
): FlatInput {
  const { features, members, width } = options;
  return {
    embedding: width === 0 ? null : createEmbedding(set, { ...options, numTaskTokens: 0 }),
    columns: features.length * Math.max(1, width),
    copies: members.length,
  };
}

/** @returns [B, copies * columns]; without an embedding [B, columns], which all copies share */
export function applyFlatInput({ embedding, columns, copies }: FlatInput, batch: Batch): tf.Tensor2D {
  if (!embedding) return rawColumns(batch);
  return tf.reshape(applyEmbedding(embedding, batch), [-1, copies * columns]);
}

/**
 * The same for layers that can read numeric tokens without materialising them.
 * @returns [B, columns], or the tokens in lazy form
 */
export function readFlatInput(input: FlatInput, batch: Batch): tf.Tensor2D | NumericTokens {
  const { numericWeight, numericBias, copies, table } = input.embedding ?? {};
  if (!numericWeight || !numericBias || table || copies !== 1 || !foldsTokens())
    return applyFlatInput(input, batch);
  return {
    values: batch.numeric,
    weight: numericWeight as tf.Tensor as tf.Tensor2D,
    bias: numericBias as tf.Tensor as tf.Tensor2D,
  };
}

export const flatInputFlops = ({ embedding }: FlatInput) => (embedding ? embeddingFlops(embedding) : 0);

/** The raw columns as one matrix, categorical codes as numbers: the input of models without an embedding. */
function rawColumns(batch: Batch): tf.Tensor2D {
  const parts = [tf.cast(batch.categorical, 'float32'), batch.numeric].filter((t) => t.shape[1] > 0);
  return parts.length === 1 ? (parts[0] as tf.Tensor2D) : (tf.concat(parts, 1) as tf.Tensor2D);
}
