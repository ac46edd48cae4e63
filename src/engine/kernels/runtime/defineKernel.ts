// Defines a fused operation as a tfjs kernel: one definition holds the plain reference, the gradient and native versions per
// backend. A backend without a native version runs the reference.
import * as tf from '@tensorflow/tfjs-core';
import { registerListGradient, registerListKernel, runListKernel } from '../tfjsInternals.ts';
import { BACKENDS, currentRuntime, getKernelMode, runtimeOf } from './backendRuntime.ts';
import type { Kernel, Tensors } from './kernel.ts';

export interface KernelDef<A> {
  name: string;
  /** Plain tfjs operations, any backend. */
  reference(inputs: Tensors, attributes: A): tf.Tensor[];
  /** Which outputs the gradient reads. */
  savedOutputs?: readonly boolean[];
  /** How many outputs, at the end, only the gradient reads: they are not returned. */
  hiddenOutputs?: number;
  /**
   * Gradient of each input, in order; null for inputs without one (codes).
   * @param outputs - the saved outputs of the forward pass
   */
  gradient?(dys: Tensors, inputs: Tensors, outputs: Tensors, attributes: A): (tf.Tensor | null)[];
}

/** Prefix of our kernels' names in tfjs. */
const PREFIX = 'MultiTab';

/** The name of a tfjs kernel or of ours, as in reports. */
export const plainName = (kernelName: string): string =>
  kernelName.startsWith(PREFIX) ? kernelName.slice(PREFIX.length) : kernelName;

/** Views of the same values, which launch nothing. */
const VIEWS = new Set(['Identity', 'Reshape', 'ExpandDims', 'Cast']);

/**
 * For the active backend and mode: how many launches a tfjs kernel counts for. One of ours without a fast version counts 0,
 * because its plain operations count; null for views.
 */
export function launchCounter(): (kernelName: string) => number | null {
  const native = getKernelMode() === 'native' ? currentRuntime().natives.kernels : [];
  const fast = new Set(native.map((kernel) => kernel.name));
  return (kernelName) => {
    if (VIEWS.has(kernelName)) return null;
    return kernelName.startsWith(PREFIX) && !fast.has(plainName(kernelName)) ? 0 : 1;
  };
}

/** Registers the kernel for every backend. */
export function defineKernel<A extends object>(def: KernelDef<A>): Kernel<A> {
  const kernelName = `${PREFIX}${def.name}`;
  const { gradient, savedOutputs = [], hiddenOutputs = 0 } = def;
  const kernel: Kernel<A> = {
    name: def.name,
    run(inputs, attributes) {
      if (getKernelMode() === 'stock') {
        const outputs = def.reference(inputs, attributes);
        return outputs.slice(0, outputs.length - hiddenOutputs);
      }
      const outputs = runListKernel(kernelName, inputs, attributes);
      // The tape holds this array. For every unused output in it, it makes a gradient of zeros in JavaScript.
      outputs.length -= hiddenOutputs;
      // A copy, because a caller that reorders the array would reorder the gradients.
      return [...outputs];
    },
  };
  for (const backend of BACKENDS) {
    registerListKernel<A>(kernelName, backend, (inputs, attributes) =>
      tf.tidy(() => {
        const version = getKernelMode() === 'native' ? runtimeOf(backend).natives.get(kernel) : undefined;
        return version?.(inputs, attributes) ?? def.reference(inputs, attributes);
      }),
    );
  }
  if (gradient) {
    const outputCount = savedOutputs.filter(Boolean).length;
    registerListGradient<A>(kernelName, savedOutputs, (dys, saved, attributes) => {
      const inputCount = saved.length - outputCount;
      return gradient(dys, saved.slice(0, inputCount), saved.slice(inputCount), attributes);
    });
  }
  return kernel;
}
