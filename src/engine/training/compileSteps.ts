// Compiles the kernels of training steps before the first step, on backends that compile.
import { batchBounds } from '../data/batches.ts';
import type { Dataset } from '../data/table.ts';
import { kernelPreparer } from '../kernels/runtime/backendRuntime.ts';
import type { GradientNetwork } from './gradientNetwork.ts';
import { disposeBatch, type TensorBatch, toTensors } from './tensorBatch.ts';

/** One batch of each size that occurs in an epoch. */
export function batchesOfEverySize(dataset: Dataset, batchSize: number): (() => TensorBatch)[] {
  const { train } = dataset.split;
  const bounds = batchBounds(train.length, batchSize);
  const sizes = new Set(bounds.slice(1).map((end, i) => end - (bounds[i] as number)));
  return [...sizes].map((size) => () => toTensors(dataset, train.subarray(0, size)));
}

/**
 * @param batches - one of every size; made and disposed here, one at a time
 * @param onProgress - as in `Preparer.prepare`
 * @throws WorkbenchError (backend) if one does not compile
 */
export async function compileSteps(
  networks: readonly GradientNetwork[],
  batches: readonly (() => TensorBatch)[],
  onProgress: (ready: number, total: number) => void = () => {},
): Promise<void> {
  const preparer = kernelPreparer();
  await preparer?.prepare(() => {
    for (const create of batches) {
      const batch = create();
      for (const network of networks) network.warmUp(batch, (tensors) => preparer.upload(tensors));
      disposeBatch(batch);
    }
  }, onProgress);
}
