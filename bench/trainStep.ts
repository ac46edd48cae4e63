// One training step of MultiTab-Net two ways: as the workbench runs it, and as stock tfjs operations with tfjs's own
// differentiation and Adam, which is what a user of the whole package would write. Same model code, same values.
import * as tf from '@tensorflow/tfjs-core';
import { train } from '@tensorflow/tfjs-core';
import { defaultsOf, type Params } from '../src/engine/config/params.ts';
import { rng } from '../src/engine/core/rng.ts';
import type { Dataset } from '../src/engine/data/table.ts';
import { setKernelMode } from '../src/engine/kernels/defineKernel.ts';
import { multitab } from '../src/engine/models/multitab.ts';
import { regression } from '../src/engine/tasks/regression.ts';
import { GradientPart } from '../src/engine/training/gradientPart.ts';
import { type TrainingSettings, trainingParams } from '../src/engine/training/params.ts';
import type { TensorBatch } from '../src/engine/training/part.ts';
import { equal } from '../src/engine/weighting/equal.ts';

export interface StepCase {
  name: string;
  batch: number;
  /** Settings that differ from the reference sizes. */
  params: Params;
}

export interface Contender {
  /** @returns the loss, read back, so that the step is finished */
  step(): Promise<number>;
  dispose(): void;
}

const NUM_TASKS = 7;
const NUM_FEATURES = 32;
const LEARNING_RATE = 1e-3;

/** Width 16, 4 heads, 1 block, feed-forward 256, towers [64]. */
const modelParams = (params: Params): Params => ({ ...defaultsOf(multitab.params), mask: 'none', ...params });

function makeBatch(rows: number): TensorBatch {
  const random = rng(7, 'bench');
  const normal = (size: number) => Float32Array.from({ length: size }, () => random.normal());
  return {
    categorical: tf.tensor2d(new Int32Array(0), [rows, 0], 'int32'),
    numeric: tf.tensor2d(normal(rows * NUM_FEATURES), [rows, NUM_FEATURES]),
    targets: Array.from({ length: NUM_TASKS }, () => tf.tensor1d(normal(rows))),
  };
}

const features = Array.from({ length: NUM_FEATURES }, (_, i) => ({
  name: `x${i}`,
  kind: 'numeric' as const,
  cardinality: 1,
}));
const tasks = Array.from({ length: NUM_TASKS }, (_, i) => ({
  name: `y${i}`,
  type: 'regression' as const,
  outputs: 1,
  description: '',
}));

/** Only what building a model asks for: batches are given directly. */
const dataset: Dataset = {
  name: 'bench',
  rows: 0,
  features,
  categorical: [],
  numeric: [],
  tasks,
  targets: [],
  split: { train: new Uint32Array(), validation: new Uint32Array(), test: new Uint32Array() },
  featureScaling: [],
  targetScaling: [],
  relatedness: {
    requestedCosine: null,
    smallestEigenvalue: null,
    closedForm: null,
    realised: new Float64Array(),
  },
  notes: [],
};

function disposeBatch({ categorical, numeric, targets }: TensorBatch): void {
  tf.dispose([categorical, numeric, ...targets]);
}

/** The step of a session: losses, gradients, their norms, AdamW in place. */
export function ours({ batch: rows, params }: StepCase): Contender {
  const settings = {
    ...defaultsOf(trainingParams),
    learningRate: LEARNING_RATE,
  } as unknown as TrainingSettings;
  const part = new GradientPart({
    info: {
      role: 'model',
      id: multitab.id,
      label: multitab.label,
      singleTask: false,
      parameters: 0,
      stage: 0,
      stepsPerEpoch: 1e6,
      epochs: 1,
    },
    def: multitab,
    params: modelParams(params),
    dataset,
    taskTypes: tasks.map(() => regression),
    weighting: equal,
    settings,
    seed: 1,
  });
  const batch = makeBatch(rows);
  return {
    async step() {
      setKernelMode('native');
      const { taskLosses } = await part.trainStep(batch, 1);
      return taskLosses.reduce((a, b) => a + b, 0);
    },
    dispose() {
      part.dispose();
      disposeBatch(batch);
    },
  };
}

export function stock({ batch: rows, params }: StepCase): Contender {
  const model = multitab.build({ features, tasks, params: modelParams(params), seed: 1 });
  const optimizer = train.adam(LEARNING_RATE);
  const batch = makeBatch(rows);
  let step = 0;
  return {
    async step() {
      setKernelMode('stock');
      step++;
      const loss = optimizer.minimize(
        () => {
          const outputs = model.forward(batch, { training: true, step });
          return tf.addN(outputs.map((o, i) => regression.loss(o, batch.targets[i]))) as tf.Scalar;
        },
        true,
        model.parameters.map((p) => p.variable),
      ) as tf.Scalar;
      const [value] = await loss.data();
      loss.dispose();
      setKernelMode('native');
      return value ?? Number.NaN;
    },
    dispose() {
      model.dispose();
      optimizer.dispose();
      disposeBatch(batch);
    },
  };
}
