// The kernels on the fast backends of a browser, with small shapes; WebGPU on the software adapter, once with its own loops and
// once with those for a GPU. Plain JavaScript, and all shapes of wasm without relaxed SIMD, are tested in Node, which has the same engine.
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { startBrowserBackend } from '../../platform/browser.ts';
import { installWebgpuKernels } from './installWebgpu.ts';
import { kernelSuite } from './testing/suite.ts';
import { attendByProducts } from './testing/tunings.ts';

for (const { backend, label, likeGpu = false, byProducts = false } of [
  { backend: 'wasm', label: 'wasm' },
  { backend: 'webgpu', label: 'webgpu' },
  { backend: 'webgpu', label: 'webgpu with the loops of a GPU', likeGpu: true },
  { backend: 'webgpu', label: 'webgpu, attention by products', likeGpu: true, byProducts: true },
] as const) {
  const deviceErrors: string[] = [];
  kernelSuite(backend, {
    label,
    ...(byProducts ? { only: ['attention'] } : {}),
    start: async () => {
      await startBrowserBackend({ backend, allowSoftwareAdapter: true }, (message) =>
        deviceErrors.push(message),
      );
      if (backend !== 'webgpu') return;
      const started = tf.backend() as WebGPUBackend;
      // Without subgroups the loops for a CPU would not be tested.
      expect(started.device.features.has('subgroups')).toBe(true);
      if (!likeGpu) return;
      const context = installWebgpuKernels(started, false);
      if (byProducts) attendByProducts(context);
    },
    smallOnly: true,
    // WGSL allows exp and division an error of a few units in the last place.
    forwardTolerance: backend === 'webgpu' ? 2e-5 : 2e-6,
    gradientTolerance: backend === 'webgpu' ? 1e-4 : 1e-5,
    deviceErrors,
  });
}
