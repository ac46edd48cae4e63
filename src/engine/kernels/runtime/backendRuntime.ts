// What we add to a TensorFlow.js backend, one record per backend, and two global settings: which versions of kernels run, and
// who observes training steps.
import * as tf from '@tensorflow/tfjs-core';
import { type NamedKernel, NativeKernels } from './kernel.ts';
import type { Preparer } from './preparing.ts';
import type { StepRecorder } from './recording.ts';
import type { StepObserver } from './stepObserver.ts';
import type { StepTimer } from './stepTimer.ts';
import type { NativeUpdater } from './updater.ts';

export const BACKENDS = ['cpu', 'wasm', 'webgpu'] as const;
export type BackendName = (typeof BACKENDS)[number];

/**
 * `native`: fast versions if available. `reference`: plain operations with our gradients. `stock`: plain operations with tfjs's
 * automatic differentiation, the peer of benchmarks.
 */
export type KernelMode = 'native' | 'reference' | 'stock';

export interface BackendRuntime {
  natives: NativeKernels;
  /** Null where steps cannot be recorded. */
  recorder: StepRecorder | null;
  /** Null if nothing is compiled. */
  preparer: Preparer | null;
  /** Null if kernels run in JavaScript's thread, whose clock is then used. */
  timer: (() => StepTimer) | null;
  /** Null where parameters are updated by plain operations. */
  updater: NativeUpdater | null;
}

const none = (): BackendRuntime => ({
  natives: new NativeKernels(),
  recorder: null,
  preparer: null,
  timer: null,
  updater: null,
});

const state: {
  readonly runtimes: Map<string, BackendRuntime>;
  mode: KernelMode;
  observer: StepObserver | null;
} = { runtimes: new Map(), mode: 'native', observer: null };

/** Replaces the backend's runtime; called when it starts. */
export function installRuntime(backend: BackendName, runtime: Partial<BackendRuntime>): void {
  state.runtimes.set(backend, { ...none(), ...runtime });
}

export function runtimeOf(backend: string): BackendRuntime {
  const known = state.runtimes.get(backend);
  if (known) return known;
  const nothing = none();
  state.runtimes.set(backend, nothing);
  return nothing;
}

/** The runtime of the active backend. */
export const currentRuntime = (): BackendRuntime => runtimeOf(tf.getBackend());

export const getKernelMode = (): KernelMode => state.mode;

export function setKernelMode(mode: KernelMode): void {
  state.mode = mode;
}

export const stepObserver = (): StepObserver | null => state.observer;

export function setStepObserver(observer: StepObserver | null): void {
  state.observer = observer;
}

/** Whether a fast version of the kernel is used now, for shapes that it supports. */
export const runsNatively = (kernel: NamedKernel): boolean =>
  state.mode === 'native' && currentRuntime().natives.has(kernel);

/** The preparer of the active backend; null where nothing is compiled. */
export const kernelPreparer = (): Preparer | null => currentRuntime().preparer;

/** The recorder of the active backend and kernel mode; null where steps cannot be recorded. */
export const stepRecorder = (): StepRecorder | null =>
  state.mode === 'native' ? currentRuntime().recorder : null;
