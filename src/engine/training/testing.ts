// Networks and batches for tests of single steps: 7 regression tasks on 6 numeric columns, or columns and tasks of every kind.
import * as tf from '@tensorflow/tfjs-core';
import { defaultsOf, type Params } from '../config/params.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { Dataset, FeatureMeta, TaskMeta } from '../data/table.ts';
import { linear } from '../kernels/ops/linear/index.ts';
import { ParameterSet, uniform, zeros } from '../layers/parameterSet.ts';
import { equal } from '../methods/equal.ts';
import { assemble } from '../models/assemble.ts';
import type { GradientModelDef } from '../models/model.ts';
import { taskTypes } from '../tasks/registry.ts';
import { GradientNetwork, type GradientNetworkOptions } from './gradientNetwork.ts';
import { type TrainingSettings, trainingParams, trainingSettings } from './params.ts';
import { type TensorBatch, toTensors } from './tensorBatch.ts';

const features = Array.from({ length: 6 }, (_, i) => ({
  name: `x${i}`,
  kind: 'numeric' as const,
  cardinality: 1,
}));
const tasks = Array.from({ length: 7 }, (_, i) => ({
  name: `y${i}`,
  type: 'regression' as const,
  outputs: 1,
  description: '',
}));

export const dataset = randomDataset(features, tasks, 2);

/** Columns and tasks of every kind. */
const MIXED = {
  features: [
    { name: 'c0', kind: 'categorical', cardinality: 3 },
    { name: 'c1', kind: 'categorical', cardinality: 2 },
    { name: 'n0', kind: 'numeric', cardinality: 1 },
    { name: 'n1', kind: 'numeric', cardinality: 1 },
  ],
  tasks: [
    { name: 'a', type: 'regression', outputs: 1, description: '' },
    { name: 'b', type: 'multiclass', outputs: 3, description: '' },
    { name: 'c', type: 'binary', outputs: 1, description: '' },
  ],
} satisfies { features: FeatureMeta[]; tasks: TaskMeta[] };

export const mixedDataset = (rows: number, seed = 7) =>
  randomDataset(MIXED.features, MIXED.tasks, rows, seed);

/** The same rows with some labels removed. */
export const withMissingLabels = (
  dataset: Dataset,
  isMissing: (task: number, row: number) => boolean,
): Dataset => ({
  ...dataset,
  targets: dataset.targets.map((column, task) =>
    column.map((label, row) => (isMissing(task, row) ? Number.NaN : label)),
  ),
});

export function createNetwork(
  def: GradientModelDef,
  params: Params,
  options: Partial<
    Pick<GradientNetworkOptions, 'record' | 'onNote' | 'dataset' | 'table' | 'method' | 'seed'>
  > & {
    training?: Partial<TrainingSettings>;
    singleTask?: boolean;
  } = {},
): GradientNetwork {
  const data = options.dataset ?? dataset;
  return new GradientNetwork({
    info: {
      role: 'model',
      id: def.id,
      label: def.label,
      singleTask: options.singleTask ?? false,
      boosted: false,
      parameters: 0,
      stage: 0,
      stepsPerEpoch: 10,
      epochs: 1,
      trainedWith: null,
    },
    def,
    params: { ...defaultsOf(def.params), ...params },
    dataset: data,
    taskTypes: data.tasks.map((t) => taskTypes[t.type]),
    method: options.method ?? equal,
    settings: { ...trainingSettings(defaultsOf(trainingParams)), ...options.training },
    seed: options.seed ?? 1,
    record: options.record,
    onNote: options.onNote,
    table: options.table,
  });
}

/**
 * A model outside the registry: one linear layer on the numeric columns.
 * @param odd - applied in training to its outputs [B, tasks]; may use a buffer [2, tasks] of the model
 */
export const linearModel = (
  odd?: (outputs: tf.Tensor2D, step: number, buffer: tf.Variable) => tf.Tensor2D,
): GradientModelDef => ({
  id: 'linear',
  label: 'Linear model',
  summary: '',
  citation: '',
  singleTask: false,
  capabilities: [],
  deviations: [],
  params: [],
  check: () => [],
  build(context) {
    const set = new ParameterSet(context.seed);
    const [columns, outputs] = [context.features.length, context.tasks.length];
    const weight = set.add('weight', [outputs, columns], uniform(0.5));
    const bias = set.add('bias', [outputs], zeros);
    const shape = [2, outputs];
    const buffer = odd && set.packBuffer('buffer', shape, 0, [{ name: 'buffer', shape }]);
    return assemble(set, {
      forward(batch, { training, step, packed }) {
        const y = linear(batch.numeric, weight as tf.Tensor2D, bias as tf.Tensor1D, 'none') as tf.Tensor2D;
        const all = training && buffer ? odd(y, step, buffer) : y;
        return packed || outputs === 1 ? [all] : tf.split(all, outputs, 1);
      },
      flopsPerRow: () => 2 * columns * outputs,
    });
  },
});

/** Random rows; the caller disposes them. */
export function createBatch(rows: number, seed = 7): TensorBatch {
  const dataset = randomDataset(features, tasks, rows, seed);
  return toTensors(dataset, dataset.split.train.subarray(0, rows));
}
