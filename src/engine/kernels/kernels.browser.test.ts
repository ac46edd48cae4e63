// The kernels on every backend of a browser; WebGPU on the software adapter, with small shapes.
import { startBrowserBackend } from '../../platform/browser.ts';
import { kernelSuite, WASM_NATIVES, WEBGPU_NATIVES } from './testing/suite.ts';

const natives = { cpu: [], wasm: WASM_NATIVES, webgpu: WEBGPU_NATIVES };

for (const backend of ['cpu', 'wasm', 'webgpu'] as const) {
  const deviceErrors: string[] = [];
  kernelSuite(backend, {
    start: async () => {
      await startBrowserBackend({ backend, allowSoftwareAdapter: true }, (message) =>
        deviceErrors.push(message),
      );
    },
    natives: natives[backend],
    smallOnly: backend === 'webgpu',
    // WGSL lets exp and division be a few units off.
    forwardTolerance: backend === 'webgpu' ? 2e-5 : 2e-6,
    gradientTolerance: backend === 'webgpu' ? 1e-4 : 1e-5,
    deviceErrors,
  });
}
