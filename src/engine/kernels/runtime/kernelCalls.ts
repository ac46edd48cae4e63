// Watches the kernels that tfjs runs, ours among them, and what tensors they move.
import * as tf from '@tensorflow/tfjs-core';
import { aroundTfjsKernels } from '../tfjsInternals.ts';
import { launchCounter, plainName } from './defineKernel.ts';

export const bytesOf = ({ shape, dtype }: Pick<tf.TensorInfo, 'shape' | 'dtype'>): number =>
  tf.util.sizeFromShape(shape) * tf.util.bytesPerElement(dtype);

/** Tensors that share their values count once. */
export function bytesOfAll(tensors: readonly tf.TensorInfo[]): number {
  const known = new Map(tensors.map((t) => [t.dataId, bytesOf(t)]));
  return [...known.values()].reduce((sum, bytes) => sum + bytes, 0);
}

export interface KernelCall {
  kernel: string;
  inputs: readonly tf.TensorInfo[];
  /** Null for views of the same values: no work. */
  launches: number | null;
}

/** Told of every kernel that tfjs runs, which it must run. */
export type AroundKernel = (call: KernelCall, run: () => tf.TensorInfo[]) => void;

/** @returns what ends it */
export function aroundKernels(around: AroundKernel): () => void {
  const launchesOf = launchCounter();
  return aroundTfjsKernels((kernelName, inputs, run) =>
    around({ kernel: plainName(kernelName), inputs, launches: launchesOf(kernelName) }, run),
  );
}
