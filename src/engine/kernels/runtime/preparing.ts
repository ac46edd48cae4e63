// Compiling ahead what a piece of work would launch, beside the thread instead of in its way.
import type * as tf from '@tensorflow/tfjs-core';

export interface Preparer {
  /** Puts values on the device; those of small tensors stay with JavaScript until then, which computes with them. */
  upload(tensors: readonly tf.Tensor[]): void;
  /**
   * Calls for all that the work launches without launching anything, and waits until it is compiled. The values of what the
   * work makes or changes are of no use, so it must be done on tensors of its own, and read nothing back.
   * @param onProgress - told how many of the programs are compiled, the first time with none; never when all are known
   * @throws WorkbenchError (backend) with the name of the kernel and what the compiler says
   */
  prepare(work: () => void, onProgress: (done: number, total: number) => void): Promise<void>;
}
