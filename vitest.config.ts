// Unit tests and golden cases in Node, kernels and models in a real Chromium.
import { readdirSync, readFileSync } from 'node:fs';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { launchOptions } from './scripts/ensureBrowser.mjs';

/** Ends a test that hangs. Far above what any takes, because a test must also pass on a machine that is busy with other work. */
const limits = { testTimeout: 300_000, hookTimeout: 300_000 };

const setupFiles = ['src/platform/nodeGradients.ts'];

const unitTests = {
  environment: 'node' as const,
  include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
};
const ofOtherProjects = ['**/*.golden.test.ts', '**/*.browser.test.ts'];

/** Tests that replace a module, or what is global when modules are loaded. Other tests must not get those modules. */
const alone = ['src', 'scripts', 'bench'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.test\.tsx?$/.test(file))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter((file) => /^vi\.(mock|stubGlobal)\(/m.test(readFileSync(file, 'utf8'))),
);

/** Seconds each, in small files. What starts last would be waited for with one worker idle. */
const LONG = ['engine/kernels/kernels.test.ts', 'runtime/wasm/simd.test.ts'];

/** Tests that run alone come first, then those that take long. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project, moduleId }: TestSpecification) =>
      project.config.isolate ? 0 : LONG.some((file) => moduleId.endsWith(file)) ? 1 : 2;
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

/** Takes about as long as all other files of the browser together. */
const KERNELS_IN_BROWSER = 'src/engine/kernels/kernels.browser.test.ts';

export default defineConfig({
  test: {
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          name: 'unit',
          ...unitTests,
          exclude: [...ofOtherProjects, ...alone],
          // A worker loads a module once for all of its files, and what is compiled stays so. Whatever a file changes outside
          // itself is therefore found by those behind it: leavesNothing.ts fails where that is something global.
          isolate: false,
          setupFiles: ['scripts/leavesNothing.ts'],
          // No TensorFlow.js there: it takes half a second, and most files need none. Tests that run on plain JavaScript
          // import src/platform/nodeGradients.ts; those that start a backend have it with that.
          ...limits,
        },
      },
      {
        test: {
          name: 'unit-alone',
          ...unitTests,
          include: alone,
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
            // Two processes side by side: a browser has one for its software GPU, which compiles one kernel after the other.
            instances: [
              { browser: 'chromium', name: 'browser-kernels', include: [KERNELS_IN_BROWSER] },
              {
                browser: 'chromium',
                name: 'browser-others',
                include: ['src/**/*.browser.test.ts'],
                exclude: [KERNELS_IN_BROWSER],
              },
            ],
          },
        },
      },
    ],
  },
});
