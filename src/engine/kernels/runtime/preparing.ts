// Compiles the kernels of a piece of work ahead, in parallel to the thread instead of blocking it.
import type * as tf from '@tensorflow/tfjs-core';

export interface Preparer {
  /** Uploads values; small tensors otherwise stay in JavaScript, which computes with them. */
  upload(tensors: readonly tf.Tensor[]): void;
  /**
   * Compiles everything that the work would launch without launching it, and waits. The values that the work computes are
   * invalid, so it must use tensors of its own and read nothing back.
   * @param onProgress - called with the number of compiled programs, first with 0; never if all are known
   * @throws WorkbenchError (backend) with the name of the kernel and the compiler's message
   */
  prepare(work: () => void, onProgress: (done: number, total: number) => void): Promise<void>;
}
