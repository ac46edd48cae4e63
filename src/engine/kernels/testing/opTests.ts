// How an operation declares its tests, beside its kernels.
import type * as tf from '@tensorflow/tfjs-core';
import type { NamedKernel } from '../runtime/kernel.ts';
import type { Matrix } from './matrix.ts';

/** Inputs that are difficult in one respect. The small ones run on every backend, including the software adapter of WebGPU. */
export interface KernelCase {
  name: string;
  small: boolean;
  inputs: Matrix[];
  /** The first so many inputs have a gradient; those without one come last. */
  differentiable: number;
  run(tensors: tf.Tensor[]): tf.Tensor;
  /** The result in float64, computed by the plainest loops, which share no code with the kernels. */
  exact(inputs: Matrix[]): Float64Array;
}

/** What tests know about the backend under test. */
export interface SuiteContext {
  /** The largest difference from float64 that is allowed, relative to the largest value of the tensor. */
  forwardTolerance: number;
  gradientTolerance: number;
  isNative(kernel: NamedKernel): boolean;
}

export interface OpTests {
  /**
   * Kernels that have a fast version. They are checked by name, because the other tests would also pass without a fast version.
   */
  natives: { readonly wasm?: readonly NamedKernel[]; readonly webgpu?: readonly NamedKernel[] };
  cases: readonly KernelCase[];
  /** Further tests, beyond the cases: gets `it` of vitest, and is called once per backend. */
  tests?(suite: SuiteContext): void;
}
