// Tokens out of columns: one vector per task, categorical code and numeric value (golden/README "Embedding"). All
// columns of a kind share one packed variable, so a table of 500 columns needs 3 variables, not 1,000.
import * as tf from '@tensorflow/tfjs-core';
import type { FeatureMeta } from '../data/table.ts';
import { embedTokens } from '../kernels/embedTokens.ts';
import type { Batch } from '../models/model.ts';
import type { Initialiser, ParameterSet, PartSpec } from './parameterSet.ts';

export interface Embedding {
  numTaskTokens: number;
  numTokens: number;
  width: number;
  taskWeight: tf.Variable | null;
  taskBias: tf.Variable | null;
  /** Tables of all categorical columns, one below the other: [sum of cardinalities, width]. */
  table: tf.Variable | null;
  /** First row of each categorical column in `table`. */
  offsets: number[];
  numericWeight: tf.Variable | null;
  numericBias: tf.Variable | null;
}

export interface EmbeddingOptions {
  /** `embedding_layers.{i}` follows this prefix; task tokens come first in the numbering. */
  name: string;
  features: readonly FeatureMeta[];
  numTaskTokens: number;
  width: number;
  weight: Initialiser;
  bias: Initialiser;
  /** Rows of embedding tables. */
  tableInit: Initialiser;
  task?: number | null;
}

export function createEmbedding(set: ParameterSet, options: EmbeddingOptions): Embedding {
  const { name, features, numTaskTokens, width, weight, bias, tableInit, task = null } = options;
  const categorical = features.filter((f) => f.kind === 'categorical');
  const numNumeric = features.length - categorical.length;
  const layerName = (i: number, part: string) => `${name}.embedding_layers.${i}.${part}`;
  /** Linear(1, e) per column: weights [n, e], biases [n, e]. */
  const columns = (kind: string, count: number, first: number) => {
    if (count === 0) return { weight: null, bias: null };
    const parts = (part: string, shape: number[], init: Initialiser): PartSpec[] =>
      Array.from({ length: count }, (_, i) => ({ name: layerName(first + i, part), shape, init }));
    return {
      weight: set.pack(`${name}.${kind}.weight`, [count, width], parts('weight', [width, 1], weight), task),
      bias: set.pack(`${name}.${kind}.bias`, [count, width], parts('bias', [width], bias), task),
    };
  };

  const tasks = columns('tasks', numTaskTokens, 0);
  const offsets: number[] = [];
  let rows = 0;
  for (const { cardinality } of categorical) {
    offsets.push(rows);
    rows += cardinality;
  }
  const table =
    categorical.length === 0
      ? null
      : set.pack(
          `${name}.categorical`,
          [rows, width],
          categorical.map(({ cardinality }, i) => ({
            name: layerName(numTaskTokens + i, 'weight'),
            shape: [cardinality, width],
            init: tableInit,
          })),
          task,
        );
  const numeric = columns('numeric', numNumeric, numTaskTokens + categorical.length);
  return {
    numTaskTokens,
    numTokens: numTaskTokens + features.length,
    width,
    taskWeight: tasks.weight,
    taskBias: tasks.bias,
    table,
    offsets,
    numericWeight: numeric.weight,
    numericBias: numeric.bias,
  };
}

/** @returns tokens [B, task tokens + categorical + numeric, width] */
export function applyEmbedding(layer: Embedding, batch: Batch): tf.Tensor3D {
  const rows = Math.max(batch.numeric.shape[0], batch.categorical.shape[0]);
  const codes = layer.table && tf.add(batch.categorical, tf.tensor2d([layer.offsets], undefined, 'int32'));
  return embedTokens({
    taskWeight: layer.taskWeight as tf.Tensor2D | null,
    taskBias: layer.taskBias as tf.Tensor2D | null,
    table: layer.table as tf.Tensor2D | null,
    codes: codes as tf.Tensor2D | null,
    numericWeight: layer.numericWeight as tf.Tensor2D | null,
    numericBias: layer.numericBias as tf.Tensor2D | null,
    numeric: layer.numericWeight && batch.numeric,
    rows,
  });
}

/** The raw columns as one matrix, categorical codes as numbers: the input of models without an embedding. */
export function rawColumns(batch: Batch): tf.Tensor2D {
  const parts = [tf.cast(batch.categorical, 'float32'), batch.numeric].filter((t) => t.shape[1] > 0);
  return parts.length === 1 ? (parts[0] as tf.Tensor2D) : (tf.concat(parts, 1) as tf.Tensor2D);
}
