// The kernels on the backends of Node.
import { startNodeBackend } from '../../platform/node.ts';
import { kernelSuite } from './testing/suite.ts';

for (const backend of ['cpu', 'wasm'] as const) {
  kernelSuite(backend, {
    start: async () => {
      await startNodeBackend({ backend, allowSoftwareAdapter: false });
    },
    smallOnly: false,
    forwardTolerance: 2e-6,
    gradientTolerance: 1e-5,
  });
}
