// The kernels on the fast backends of a browser, with small shapes; WebGPU on the software adapter, and there once more with the
// loops that a GPU gets. Plain JavaScript and all shapes of wasm are left to Node, which has the same engine.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { startBrowserBackend } from '../../platform/browser.ts';
import { installWebgpuKernels } from './installWebgpu.ts';
import { kernelSuite } from './testing/suite.ts';

for (const { backend, likeGpu } of [
  { backend: 'wasm', likeGpu: false },
  { backend: 'webgpu', likeGpu: false },
  { backend: 'webgpu', likeGpu: true },
] as const) {
  const deviceErrors: string[] = [];
  kernelSuite(backend, {
    label: likeGpu ? `${backend} with the loops of a GPU` : backend,
    start: async () => {
      await startBrowserBackend({ backend, allowSoftwareAdapter: true }, (message) =>
        deviceErrors.push(message),
      );
      if (backend !== 'webgpu') return;
      const started = tf.backend() as WebGPUBackend;
      // Without them the loops of a CPU would stay untested.
      expect(started.device.features.has('subgroups')).toBe(true);
      if (likeGpu) installWebgpuKernels(started, false);
    },
    smallOnly: true,
    // WGSL lets exp and division be a few units off.
    forwardTolerance: backend === 'webgpu' ? 2e-5 : 2e-6,
    gradientTolerance: backend === 'webgpu' ? 1e-4 : 1e-5,
    deviceErrors,
  });
}
