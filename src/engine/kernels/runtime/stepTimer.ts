// Times what a training step launches, one launch after the other: the interface, and the clock of backends that compute in
// JavaScript's thread. A timer changes nothing that is computed, and nothing at all while no step is timed.
import * as tf from '@tensorflow/tfjs-core';
import { type BackendName, launchCounter } from './defineKernel.ts';
import { observeSteps, type StepPhase } from './observe.ts';

/** What is known of a launch besides its time. */
export interface LaunchNote {
  /** Name of the kernel, of ours without a prefix. */
  kernel: string;
  phase: StepPhase;
  /** Of its first output. */
  shape: readonly number[];
  /** Of the tensors it reads, each counted once. */
  bytesRead: number;
  /** Of the tensors it writes or changes in place, each counted once. */
  bytesWritten: number;
  /** Launches that it stands for: more than one where a kernel of ours has no fast version and runs plain operations. */
  launches: number;
}

export interface TimedLaunch extends LaunchNote {
  /** Since the first launch of the step. */
  startMs: number;
  /** Null where this device cannot tell. */
  ms: number | null;
}

export interface StepTimer {
  /** Timestamps of the GPU, the time of the thread, or neither. */
  readonly clock: 'gpu' | 'wall' | 'none';
  /** The smallest difference that the clock has shown; null before it has shown any. */
  readonly tickMs: number | null;
  /** @param step - does one step, and ends when all of it has been computed */
  each(step: () => Promise<unknown>): Promise<TimedLaunch[]>;
  /** Time that the GPU spends on the step as it is launched in training; null where that is not told apart. */
  whole(step: () => Promise<unknown>): Promise<number | null>;
  dispose(): void;
}

const timers = new Map<string, () => StepTimer>();

export function registerStepTimer(backend: BackendName, create: () => StepTimer): void {
  timers.set(backend, create);
}

/** Of the backend of this moment. */
export const createStepTimer = (): StepTimer => timers.get(tf.getBackend())?.() ?? new ThreadTimer();

const plainName = (kernel: string) => kernel.replace(/^MultiTab/, '');

export const bytesOf = ({ shape, dtype }: Pick<tf.TensorInfo, 'shape' | 'dtype'>): number =>
  tf.util.sizeFromShape(shape) * tf.util.bytesPerElement(dtype);

/** Tensors that share their values count once. */
export function bytesOfAll(tensors: readonly tf.TensorInfo[]): number {
  const known = new Map(tensors.map((t) => [t.dataId, bytesOf(t)]));
  return [...known.values()].reduce((sum, bytes) => sum + bytes, 0);
}

interface KernelCall {
  kernel: string;
  inputs: readonly tf.TensorInfo[];
  /** Null for views of the same values: no work. */
  launches: number | null;
}

/** Told of every kernel that tfjs runs, which it must run. */
export type AroundKernel = (call: KernelCall, run: () => tf.TensorInfo[]) => void;

/** @returns what ends it */
export function aroundKernels(around: AroundKernel): () => void {
  const configs = tf.getKernelsForBackend(tf.getBackend());
  const own = configs.map(({ kernelFunc }) => kernelFunc);
  const launchesOf = launchCounter();
  configs.forEach((config, i) => {
    const kernelFunc = own[i] as tf.KernelFunc;
    const { kernelName } = config;
    const launches = launchesOf(kernelName);
    config.kernelFunc = (params) => {
      let outputs: ReturnType<tf.KernelFunc> = [];
      const inputs = Object.values(params.inputs).filter((t) => t !== undefined && t !== null);
      around({ kernel: plainName(kernelName), inputs: inputs as tf.TensorInfo[], launches }, () => {
        outputs = kernelFunc(params);
        return [outputs].flat();
      });
      return outputs;
    };
  });
  return () =>
    configs.forEach((config, i) => {
      config.kernelFunc = own[i] as tf.KernelFunc;
    });
}

/** The smallest step of this thread's clock. */
function threadTick(): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const from = performance.now();
    let to = from;
    while (to === from) to = performance.now();
    least = Math.min(least, to - from);
  }
  return least;
}

/** Times calls of kernels; what such a call calls counts as its own. */
class ThreadTimer implements StepTimer {
  readonly clock = 'wall';
  readonly tickMs = threadTick();

  async each(step: () => Promise<unknown>): Promise<TimedLaunch[]> {
    const timed: TimedLaunch[] = [];
    const origin = performance.now();
    let phase: StepPhase = 'data';
    let outermost: TimedLaunch | null = null;
    const time = (
      { kernel, inputs, launches }: KernelCall & { launches: number },
      run: () => readonly tf.TensorInfo[],
    ) => {
      if (outermost) {
        outermost.launches += launches;
        run();
        return;
      }
      const started = performance.now();
      outermost = { kernel, phase, shape: [], bytesRead: 0, bytesWritten: 0, launches, startMs: 0, ms: 0 };
      const own = outermost;
      try {
        const outputs = run();
        own.ms = performance.now() - started;
        own.startMs = started - origin;
        own.shape = outputs[0]?.shape ?? [];
        own.bytesRead = bytesOfAll(inputs);
        own.bytesWritten = bytesOfAll(outputs);
        timed.push(own);
      } finally {
        outermost = null;
      }
    };
    const endKernels = aroundKernels(({ launches, ...call }, run) => {
      if (launches === null) run();
      else time({ ...call, launches }, run);
    });
    const endSteps = observeSteps({
      enter: (next) => {
        phase = next;
      },
      run: (kernel, { reads, writes }, work) =>
        time({ kernel, inputs: reads, launches: 1 }, () => {
          work();
          return writes;
        }),
    });
    try {
      await step();
    } finally {
      endSteps();
      endKernels();
    }
    const first = timed[0]?.startMs ?? 0;
    return timed.map((launch) => ({ ...launch, startMs: launch.startMs - first }));
  }

  async whole(): Promise<null> {
    return null;
  }

  dispose(): void {}
}
