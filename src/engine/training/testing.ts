// A network of 7 regression tasks on 6 numeric columns, for tests of single steps.
import { defaultsOf, type Params } from '../config/params.ts';
import { randomDataset } from '../data/randomDataset.ts';
import type { GradientModelDef } from '../models/model.ts';
import { regression } from '../tasks/regression.ts';
import { equal } from '../weighting/equal.ts';
import { GradientPart, type GradientPartOptions } from './gradientPart.ts';
import { type TrainingSettings, trainingParams } from './params.ts';
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

export function createPart(
  def: GradientModelDef,
  params: Params,
  options: Pick<GradientPartOptions, 'record' | 'onNote'> & {
    training?: Partial<TrainingSettings>;
    singleTask?: boolean;
  } = {},
): GradientPart {
  return new GradientPart({
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
    },
    def,
    params: { ...defaultsOf(def.params), ...params },
    dataset,
    taskTypes: tasks.map(() => regression),
    weighting: equal,
    settings: { ...(defaultsOf(trainingParams) as unknown as TrainingSettings), ...options.training },
    seed: 1,
    record: options.record,
    onNote: options.onNote,
  });
}

/** Random rows; the caller disposes them. */
export function createBatch(rows: number, seed = 7): TensorBatch {
  const dataset = randomDataset(features, tasks, rows, seed);
  return toTensors(dataset, dataset.split.train.subarray(0, rows));
}
