// One training step several ways: as the workbench runs it, written without grouped products, and as stock tfjs operations
// with tfjs's own differentiation and Adam, which is what a user of the whole package would write. Same initial values.
import * as tf from '@tensorflow/tfjs-core';
import { train } from '@tensorflow/tfjs-core';
import { defaultsOf, type Params } from '../src/engine/config/params.ts';
import { randomDataset } from '../src/engine/data/randomDataset.ts';
import { type KernelMode, setKernelMode } from '../src/engine/kernels/defineKernel.ts';
import type { GradientModelDef } from '../src/engine/models/model.ts';
import { regression } from '../src/engine/tasks/regression.ts';
import { GradientPart } from '../src/engine/training/gradientPart.ts';
import { type TrainingSettings, trainingParams } from '../src/engine/training/params.ts';
import { disposeBatch, type TensorBatch, toTensors } from '../src/engine/training/tensorBatch.ts';
import { equal } from '../src/engine/weighting/equal.ts';

export interface StepCase {
  name: string;
  batch: number;
  /** As the workbench has it. */
  model: GradientModelDef;
  /** The same architecture without grouped products, where there is one; stock operations run this. */
  plain?: GradientModelDef;
  /** Settings that differ from the defaults. */
  params: Params;
}

export interface Contender {
  label: string;
  mode: KernelMode;
  /** @returns the loss, read back, so that the step is finished */
  step(): Promise<number>;
  /** Memory besides that of tensors. */
  extraBytes?(): number;
  dispose(): void;
}

const NUM_TASKS = 7;
const NUM_FEATURES = 32;
const LEARNING_RATE = 1e-3;

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

function makeBatch(rows: number): TensorBatch {
  const dataset = randomDataset(features, tasks, rows, 7);
  return toTensors(dataset, dataset.split.train.subarray(0, rows));
}

const paramsOf = ({ model, params }: StepCase): Params => ({ ...defaultsOf(model.params), ...params });

/** The step of a session: losses, gradients, their norms, AdamW in place. */
export function ofSession(
  label: string,
  def: GradientModelDef,
  stepCase: StepCase,
  { mode = 'native', record = true }: { mode?: KernelMode; record?: boolean } = {},
): Contender {
  const settings = {
    ...defaultsOf(trainingParams),
    learningRate: LEARNING_RATE,
  } as unknown as TrainingSettings;
  const part = new GradientPart({
    info: {
      role: 'model',
      id: def.id,
      label: def.label,
      singleTask: false,
      boosted: false,
      parameters: 0,
      stage: 0,
      stepsPerEpoch: 1e6,
      epochs: 1,
    },
    def,
    params: paramsOf(stepCase),
    dataset: randomDataset(features, tasks, 2),
    taskTypes: tasks.map(() => regression),
    weighting: equal,
    settings,
    seed: 1,
    record,
  });
  const batch = makeBatch(stepCase.batch);
  return {
    label,
    mode,
    async step() {
      setKernelMode(mode);
      const reports = [...(await part.trainStep(batch, 1)), ...(await part.settle())];
      setKernelMode('native');
      return (reports.at(-1)?.taskLosses ?? []).reduce((a, b) => a + b, 0);
    },
    extraBytes: () => part.recordedBytes,
    dispose() {
      part.dispose();
      disposeBatch(batch);
    },
  };
}

function ofStock(def: GradientModelDef, stepCase: StepCase): Contender {
  const model = def.build({ features, tasks, params: paramsOf(stepCase), seed: 1 });
  const optimizer = train.adam(LEARNING_RATE);
  const batch = makeBatch(stepCase.batch);
  let step = 0;
  return {
    label: 'stock operations',
    mode: 'stock',
    async step() {
      setKernelMode('stock');
      step++;
      const loss = optimizer.minimize(
        () => {
          const outputs = model.forward(batch, { training: true, step });
          const targets = tf.unstack(batch.targets) as tf.Tensor1D[];
          return tf.addN(outputs.map((o, i) => regression.loss(o, targets[i]))) as tf.Scalar;
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

/**
 * The workbench's step first; the others are what it is compared with.
 * @param onWebgpu - also the workbench's step launched anew every time, and without its fast kernels
 */
export function contendersOf(stepCase: StepCase, onWebgpu: boolean): Contender[] {
  const { model, plain } = stepCase;
  return [
    ofSession('ours', model, stepCase),
    ...(plain ? [ofSession('unbatched', plain, stepCase)] : []),
    ...(onWebgpu
      ? [
          ofSession('not replayed', model, stepCase, { record: false }),
          ofSession('plain operations', model, stepCase, { mode: 'reference', record: false }),
        ]
      : []),
    ofStock(plain ?? model, stepCase),
  ];
}
