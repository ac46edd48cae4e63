// What Stryker runs: the unit tests of the folder under mutation and those named beside it in stryker.config.mjs. No
// browser, and of the golden cases those that are named. Property tests keep one seed, so that a mutant falls or stands the same way every time.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'mutation',
    environment: 'node',
    include: JSON.parse(process.env.MUTATION_TESTS ?? '["src/engine/**/*.test.ts"]'),
    exclude: ['**/*.browser.test.ts'],
    setupFiles: ['src/platform/nodeGradients.ts', 'scripts/fixedSeed.ts'],
    testTimeout: 60_000,
  },
});
