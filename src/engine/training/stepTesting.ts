// Takes steps of a network and compares what they change, for tests of recorded steps.
import * as tf from '@tensorflow/tfjs-core';
import type { GradientNetwork } from './gradientNetwork.ts';
import type { NetworkState, StepReport } from './networkInTraining.ts';
import type { TensorBatch } from './tensorBatch.ts';

export async function trainOn(
  network: GradientNetwork,
  batches: readonly TensorBatch[],
): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  for (const batch of batches) reports.push(...(await network.trainStep(batch, 1)));
  return [...reports, ...(await network.drainPendingSteps())];
}

/** Sets the maximum number of steps in flight, until reports are read again. */
export function setWindow(network: GradientNetwork, steps: number): void {
  Reflect.set(Reflect.get(network, 'inFlight'), 'window', steps);
}

export const bytesInGpu = (): number =>
  (tf.memory() as tf.MemoryInfo & { numBytesInGPU: number }).numBytesInGPU;

/** State without times, which depend on the machine. */
export async function stateOf(
  network: GradientNetwork,
): Promise<{ tensors: Record<string, Float32Array>; state: NetworkState }> {
  const { tensors, state } = await network.save();
  return { tensors, state: { ...state, trainMs: 0, evaluationMs: 0 } };
}
