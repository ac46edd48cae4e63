// Observes the kernels that tfjs runs, ours included, and the tensors that they read and write.
import * as tf from '@tensorflow/tfjs-core';
import { aroundTfjsKernels } from '../tfjsInternals.ts';
import { launchCounter, plainName } from './defineKernel.ts';

export const bytesOf = ({ shape, dtype }: Pick<tf.TensorInfo, 'shape' | 'dtype'>): number =>
  tf.util.sizeFromShape(shape) * tf.util.bytesPerElement(dtype);

/** Tensors that share values count once. */
export function bytesOfAll(tensors: readonly tf.TensorInfo[]): number {
  const known = new Map(tensors.map((t) => [t.dataId, bytesOf(t)]));
  return [...known.values()].reduce((sum, bytes) => sum + bytes, 0);
}

export interface KernelCall {
  kernel: string;
  inputs: readonly tf.TensorInfo[];
  /** Null for views, which launch nothing. */
  launches: number | null;
}

/** Called for every kernel that tfjs runs; must run it. */
export type AroundKernel = (call: KernelCall, run: () => tf.TensorInfo[]) => void;

/** @returns a function that ends it */
export function aroundKernels(around: AroundKernel): () => void {
  const launchesOf = launchCounter();
  return aroundTfjsKernels((kernelName, inputs, run) =>
    around({ kernel: plainName(kernelName), inputs, launches: launchesOf(kernelName) }, run),
  );
}
