// One training step in several forms: as in the workbench, without grouped products, in jax-js, and as stock tfjs operations
// with tfjs's own differentiation and Adam, as users of the whole package would write it.
import * as tf from '@tensorflow/tfjs-core';
import { train } from '@tensorflow/tfjs-core';
import { randomDataset } from '../src/engine/data/randomDataset.ts';
import { type KernelMode, setKernelMode } from '../src/engine/kernels/runtime/backendRuntime.ts';
import { equal } from '../src/engine/methods/equal.ts';
import type { GradientModelDef } from '../src/engine/models/model.ts';
import { regression } from '../src/engine/tasks/regression.ts';
import { GradientNetwork } from '../src/engine/training/gradientNetwork.ts';
import type { StepReport } from '../src/engine/training/networkInTraining.ts';
import { disposeBatch } from '../src/engine/training/tensorBatch.ts';
import { jaxStep, startJax } from './jaxStep.ts';
import {
  buildModel,
  features,
  makeBatch,
  paramsOf,
  SEED,
  type StepCase,
  tasks,
  training,
} from './stepCase.ts';

/** A few consecutive steps. */
export interface Turn {
  /** Per step. */
  ms: number;
  /** Of the last step; reading it waits for all steps. */
  loss: number;
  /** Peak memory, if the contender knows it. */
  peakBytes: number | null;
}

export interface Contender {
  label: string;
  mode: KernelMode;
  /** What can be observed of it: launches and memory of tensors, only GPU dispatches, or nothing in another process. */
  seen: 'everything' | 'dispatches' | 'nothing';
  run(steps: number): Promise<Turn>;
  /** Memory besides tensors. */
  extraBytes?(): number;
  dispose(): void | Promise<void>;
}

/** Milliseconds since some start. */
type Clock = () => number;
const wall: Clock = () => performance.now();

/**
 * Times a turn in this process.
 * @param launch - starts one step, which may continue afterwards
 * @param finish - reads the loss of the last one
 */
const clocked =
  (launch: () => Promise<void>, finish: () => Promise<number>, clock: Clock) =>
  async (steps: number): Promise<Turn> => {
    const started = clock();
    for (let i = 0; i < steps; i++) await launch();
    const loss = await finish();
    return { ms: (clock() - started) / steps, loss, peakBytes: null };
  };

/** The step of a session: losses, gradients, their norms, AdamW in place. */
export function ofSession(
  label: string,
  def: GradientModelDef,
  stepCase: StepCase,
  {
    mode = 'native',
    record = true,
    clock = wall,
  }: { mode?: KernelMode; record?: boolean; clock?: Clock } = {},
): Contender {
  const network = new GradientNetwork({
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
      trainedWith: null,
    },
    def,
    params: paramsOf(stepCase),
    dataset: randomDataset(features, tasks, 2),
    taskTypes: tasks.map(() => regression),
    method: equal,
    settings: training,
    seed: SEED,
    record,
  });
  const batch = makeBatch(stepCase.batch);
  let last: StepReport | undefined;
  const inMode = async (work: () => Promise<StepReport[]>): Promise<void> => {
    setKernelMode(mode);
    last = (await work()).at(-1) ?? last;
    setKernelMode('native');
  };
  return {
    label,
    mode,
    seen: 'everything',
    run: clocked(
      () => inMode(() => network.trainStep(batch, 1)),
      async () => {
        await inMode(() => network.drainPendingSteps());
        return (last?.taskLosses ?? []).reduce((a, b) => a + b, 0);
      },
      clock,
    ),
    extraBytes: () => network.recordedBytes,
    dispose() {
      network.dispose();
      disposeBatch(batch);
    },
  };
}

function ofStock(def: GradientModelDef, stepCase: StepCase, clock: Clock): Contender {
  const model = buildModel(def, stepCase);
  const optimizer = train.adam(training.learningRate);
  const batch = makeBatch(stepCase.batch);
  let step = 0;
  let loss: tf.Scalar | null = null;
  return {
    label: 'stock operations',
    mode: 'stock',
    seen: 'everything',
    run: clocked(
      async () => {
        setKernelMode('stock');
        step++;
        loss?.dispose();
        loss = optimizer.minimize(
          () => {
            const outputs = model.forward(batch, { training: true, step });
            const targets = tf.unstack(batch.targets) as tf.Tensor1D[];
            return tf.addN(outputs.map((o, i) => regression.loss(o, targets[i]))) as tf.Scalar;
          },
          true,
          model.parameters.map((p) => p.variable),
        );
        setKernelMode('native');
      },
      async () => (await loss?.data())?.[0] ?? Number.NaN,
      clock,
    ),
    dispose() {
      loss?.dispose();
      model.dispose();
      optimizer.dispose();
      disposeBatch(batch);
    },
  };
}

async function ofJax(stepCase: StepCase, backend: StepBackend, clock: Clock): Promise<Contender[]> {
  if (!stepCase.peers) return [];
  const base = { label: 'jax-js', mode: 'native', seen: 'dispatches' } as const;
  try {
    await startJax(backend);
    const { launch, finish, dispose } = await jaxStep(stepCase.peers.jax, stepCase);
    return [{ ...base, run: clocked(launch, finish, clock), dispose }];
  } catch (error) {
    // Reported when its first step is requested.
    return [{ ...base, run: () => Promise.reject(error), dispose: () => undefined }];
  }
}

/** A step taken by another process. */
export const ofProcess = (label: string, run: Contender['run'], dispose: () => Promise<void>): Contender => ({
  label,
  mode: 'native',
  seen: 'nothing',
  run,
  dispose,
});

export type StepBackend = 'webgpu' | 'wasm';

/**
 * The workbench's step first, then what it is compared with. On WebGPU also the workbench's step without replay, and without
 * its fast kernels.
 * @param main - only ours and jax-js
 */
export async function contendersOf(
  stepCase: StepCase,
  backend: StepBackend,
  main: boolean,
  clock: Clock = wall,
): Promise<Contender[]> {
  const { model, plain } = stepCase;
  if (main)
    return [ofSession('ours', model, stepCase, { clock }), ...(await ofJax(stepCase, backend, clock))];
  return [
    ofSession('ours', model, stepCase, { clock }),
    ...(plain ? [ofSession('unbatched', plain, stepCase, { clock })] : []),
    ...(backend === 'webgpu'
      ? [
          ofSession('not replayed', model, stepCase, { record: false, clock }),
          ofSession('plain operations', model, stepCase, { mode: 'reference', record: false, clock }),
        ]
      : []),
    ...(await ofJax(stepCase, backend, clock)),
    ofStock(plain ?? model, stepCase, clock),
  ];
}
