// Three projects: unit tests and golden cases in Node, kernels and models in a real Chromium.
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { launchOptions } from './scripts/ensureBrowser.mjs';

/** Ends a test that hangs. Far above what any takes, because a test must also pass on a machine that is busy with other work. */
const limits = { testTimeout: 300_000, hookTimeout: 300_000 };

const setupFiles = ['src/platform/nodeGradients.ts'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['**/*.golden.test.ts', '**/*.browser.test.ts'],
          // No setup file: TensorFlow.js takes half a second in each file that has it, and most need none. Tests that run
          // on plain JavaScript import src/platform/nodeGradients.ts; those that start a backend have it with that.
          ...limits,
        },
      },
      {
        test: {
          name: 'golden',
          environment: 'node',
          include: ['src/**/*.golden.test.ts'],
          setupFiles,
          ...limits,
        },
      },
      {
        optimizeDeps: {
          include: [
            '@tensorflow/tfjs-core',
            '@tensorflow/tfjs-core/dist/register_all_gradients.js',
            '@tensorflow/tfjs-backend-cpu',
            '@tensorflow/tfjs-backend-wasm',
            '@tensorflow/tfjs-backend-webgpu',
            'papaparse',
          ],
        },
        test: {
          name: 'browser',
          include: ['src/**/*.browser.test.ts'],
          ...limits,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: launchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
