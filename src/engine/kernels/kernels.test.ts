// The kernels on the backends of Node. wasm without relaxed SIMD, as in WebKit: with it they are tested in a browser, and models and golden
// cases in Node.
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import { installWasmKernels } from './installWasm.ts';
import { kernelSuite } from './testing/suite.ts';

for (const backend of ['cpu', 'wasm'] as const) {
  kernelSuite(backend, {
    start: async () => {
      const { adapter } = await startNodeBackend({ backend, allowSoftwareAdapter: false });
      if (backend !== 'wasm') return;
      expect(adapter).toBe('relaxed SIMD');
      expect(await installWasmKernels(tf.backend() as BackendWasm, ['SIMD'])).toBe('SIMD');
    },
    smallOnly: false,
    forwardTolerance: 2e-6,
    gradientTolerance: 1e-5,
  });
}
