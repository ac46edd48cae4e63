// Optimizers on the backends of Node.
import { startNodeBackend } from '../../platform/node.ts';
import { optimizerSuite } from './testing/suite.ts';

for (const backend of ['cpu', 'wasm'] as const) {
  optimizerSuite(backend, {
    start: async () => {
      await startNodeBackend({ backend, allowSoftwareAdapter: false });
    },
    forwardTolerance: 2e-6,
  });
}
