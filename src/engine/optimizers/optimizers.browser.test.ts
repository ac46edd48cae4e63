// Optimizers on WebGPU (the software adapter), also with the limits of a real GPU; on wasm as in a browser.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { startBrowserBackend } from '../../platform/browser.ts';
import { installWebgpuKernels } from '../kernels/installWebgpu.ts';
import { optimizerSuite } from './testing/suite.ts';

for (const { backend, likeGpu } of [
  { backend: 'wasm', likeGpu: false },
  { backend: 'webgpu', likeGpu: false },
  { backend: 'webgpu', likeGpu: true },
] as const) {
  const deviceErrors: string[] = [];
  optimizerSuite(likeGpu ? `${backend} with the loops of a GPU` : backend, {
    start: async () => {
      await startBrowserBackend({ backend, allowSoftwareAdapter: true }, (message) =>
        deviceErrors.push(message),
      );
      if (likeGpu) installWebgpuKernels(tf.backend() as WebGPUBackend, false);
    },
    forwardTolerance: backend === 'webgpu' ? 2e-5 : 2e-6,
    deviceErrors,
  });
}
