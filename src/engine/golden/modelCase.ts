// A golden case of a network: its content, our network with its values, and its batch.
import * as tf from '@tensorflow/tfjs-core';
import type { FeatureMeta, TaskMeta } from '../data/table.ts';
import type { Batch } from '../layers/forward.ts';
import type { GradientModelDef, Model } from '../models/model.ts';
import { models } from '../models/registry.ts';
import type { architectures, GoldenConfig } from './architectures.ts';
import type { GoldenTensor } from './check.ts';

export type Tensors = Record<string, GoldenTensor>;
/** Labels of a task's rows, null where missing. */
export interface GoldenTargets {
  shape: number[];
  data: (number | null)[];
}

/** Per block: `inter_feature` and `inter_sample`. */
export type AttentionBlocks = Record<string, Record<string, GoldenTensor>>;

export interface ModelCase {
  case: string;
  config: GoldenConfig & { tasks: string[] };
  features: { order: string[]; cardinality: number[]; numCategorical: number; numNumeric: number };
  taskTypes: Record<string, 'regression' | 'binary' | 'classification'>;
  params: Tensors;
  frozen: string[];
  buffers: Tensors;
  input: GoldenTensor | { categorical: GoldenTensor; continuous: GoldenTensor };
  targets: Record<string, GoldenTargets>;
  outputs_train_mode: Tensors;
  outputs_eval_mode: Tensors;
  loss: number | GoldenTensor;
  taskLosses: Record<string, number | GoldenTensor>;
  buffers_after_train_forward: Tensors;
  grads: Tensors;
  adamw: {
    lr: number;
    weightDecay: number;
    beta1: number;
    beta2: number;
    eps: number;
    steps: number;
    loss_before_each_step: number[];
    params_after: Tensors;
    buffers_after: Tensors;
    loss_after: number;
    loss_after_eval_mode: number;
    unstable: Record<string, number[]>;
  };
  attention?: AttentionBlocks | Record<string, AttentionBlocks>;
  gates?: Record<'train' | 'eval', Record<string, Record<string, GoldenTensor>>>;
}

const isNumeric = (cardinality: number) => cardinality === 1;

/** The model of a case with the case's values, and its batch. The caller disposes both. */
export function buildCase(
  golden: ModelCase,
  architecture: (typeof architectures)[string],
): { tasks: TaskMeta[]; model: Model; batch: Batch } {
  const { order, cardinality } = golden.features;
  const features = order.map((name, i): FeatureMeta => {
    const size = cardinality[i] as number;
    return { name, kind: isNumeric(size) ? 'numeric' : 'categorical', cardinality: size };
  });
  const tasks = golden.config.tasks.map((name): TaskMeta => {
    const stated = golden.taskTypes[name];
    const outputs = golden.outputs_eval_mode[name]?.shape.at(-1) ?? 1;
    return {
      name,
      type: stated === 'classification' ? 'multiclass' : (stated ?? 'regression'),
      outputs,
      description: '',
    };
  });
  const def = models[architecture.modelId as keyof typeof models] as GradientModelDef;
  const model = def.build({ features, tasks, params: architecture.params(golden.config), seed: 0 });
  return { tasks, model, batch: toBatch(golden) };
}

function toBatch({ input, features }: ModelCase): Batch {
  const { cardinality } = features;
  const [rows, columns] =
    'shape' in input
      ? (input.shape as [number, number])
      : [input.categorical.shape[0] as number, cardinality.length];
  const at = (row: number, column: number): number => {
    if ('shape' in input) return input.data[row * columns + column] as number;
    const split = features.numCategorical;
    return (
      column < split
        ? input.categorical.data[row * split + column]
        : input.continuous.data[row * features.numNumeric + column - split]
    ) as number;
  };
  const pick = (wanted: (cardinality: number) => boolean): [number[], number] => {
    const chosen = cardinality.flatMap((c, i) => (wanted(c) ? [i] : []));
    const values: number[] = [];
    for (let row = 0; row < rows; row++) for (const column of chosen) values.push(at(row, column));
    return [values, chosen.length];
  };
  const [codes, numCategorical] = pick((c) => !isNumeric(c));
  const [values, numNumeric] = pick(isNumeric);
  return {
    categorical: tf.tensor2d(codes, [rows, numCategorical], 'int32'),
    numeric: tf.tensor2d(values, [rows, numNumeric]),
  };
}
