// The subject of a measured step: a model and its settings, with the same initial values and the same batch for every
// contender.
import { defaultsOf, type Params } from '../src/engine/config/params.ts';
import { randomDataset } from '../src/engine/data/randomDataset.ts';
import type { GradientModelDef, Model } from '../src/engine/models/model.ts';
import { trainingParams, trainingSettings } from '../src/engine/training/params.ts';
import { disposeBatch, type TensorBatch, toTensors } from '../src/engine/training/tensorBatch.ts';
import type { NamedTensor } from '../src/engine/weights/safetensors.ts';
import type { JaxModel } from './jaxModels.ts';

export interface StepCase {
  name: string;
  batch: number;
  /** The model of the workbench. */
  model: GradientModelDef;
  /** The same architecture without grouped products, if there is one; used for stock operations. */
  plain?: GradientModelDef;
  /** The same model in jax-js, and its name in bench/torch.py; null if it is not written for them. */
  peers: { jax: JaxModel; torch: string } | null;
  /** Settings that differ from the defaults. */
  params: Params;
}

const NUM_TASKS = 7;
const NUM_FEATURES = 32;
/** Seed of all random numbers. */
export const SEED = 1;

export const features = Array.from({ length: NUM_FEATURES }, (_, i) => ({
  name: `x${i}`,
  kind: 'numeric' as const,
  cardinality: 1,
}));
export const tasks = Array.from({ length: NUM_TASKS }, (_, i) => ({
  name: `y${i}`,
  type: 'regression' as const,
  outputs: 1,
  description: '',
}));

export const training = trainingSettings({
  ...defaultsOf(trainingParams),
  learningRate: 1e-3,
});

export const paramsOf = ({ model, params }: StepCase): Params => ({ ...defaultsOf(model.params), ...params });

export const buildModel = (def: GradientModelDef, stepCase: StepCase): Model =>
  def.build({ features, tasks, params: paramsOf(stepCase), seed: SEED });

export function makeBatch(rows: number): TensorBatch {
  const dataset = randomDataset(features, tasks, rows, 7);
  return toTensors(dataset, dataset.split.train.subarray(0, rows));
}

/** The variables by their names in the workbench, plus `batch.numeric` [B, features] and `batch.targets` [T, B]. */
export async function initialValues(stepCase: StepCase): Promise<NamedTensor[]> {
  const model = buildModel(stepCase.model, stepCase);
  const batch = makeBatch(stepCase.batch);
  const values: NamedTensor[] = [];
  for (const { name, variable } of model.parameters)
    values.push({ name, shape: [...variable.shape], data: (await variable.data<'float32'>()).slice() });
  const { numeric, targets } = batch.values;
  values.push({ name: 'batch.numeric', shape: [...batch.numeric.shape], data: numeric.slice() });
  values.push({ name: 'batch.targets', shape: [...batch.targets.shape], data: targets.slice() });
  model.dispose();
  disposeBatch(batch);
  return values;
}
