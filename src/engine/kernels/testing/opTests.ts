// How an operation declares its tests, beside its kernels.
import type * as tf from '@tensorflow/tfjs-core';
import type { NamedKernel } from '../runtime/kernel.ts';
import type { Matrix } from './matrix.ts';

/** Inputs that are hard in one way. The small ones run on every backend, the software adapter of WebGPU included. */
export interface KernelCase {
  name: string;
  small: boolean;
  inputs: Matrix[];
  /** Inputs without a gradient come last; this many have one. */
  differentiable: number;
  run(tensors: tf.Tensor[]): tf.Tensor;
  /** In float64 and the plainest loops, sharing nothing with the kernels. */
  exact(inputs: Matrix[]): Float64Array;
}

/** What tests know of the backend under test. */
export interface SuiteContext {
  /** Largest difference from float64, relative to the largest value of the tensor. */
  forwardTolerance: number;
  gradientTolerance: number;
  isNative(kernel: NamedKernel): boolean;
}

export interface OpTests {
  /** Kernels with a fast version; the tests would pass without them too. */
  natives: { readonly wasm?: readonly NamedKernel[]; readonly webgpu?: readonly NamedKernel[] };
  cases: readonly KernelCase[];
  /** What no case says: `it` of vitest, called once per backend. */
  tests?(suite: SuiteContext): void;
}
