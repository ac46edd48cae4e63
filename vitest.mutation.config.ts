// What Stryker runs: the unit tests of the folder under mutation and those named beside it in stryker.config.mjs. No
// browser, and of the golden cases those that are named. Property tests keep one seed, so that a mutant falls or stands the same way every time.
import { statSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Mutants are tried where the tests ran (scripts/mutantsInPlace.ts), not by Stryker's runner. */
const isQuick = process.env.MUTATION_JOURNAL !== undefined;

/** Short test files first: what they kill is not tried by whole runs any more. */
class ShortFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const size = ({ moduleId }: TestSpecification) => statSync(moduleId).size;
    return [...files].sort((a, b) => size(a) - size(b));
  }
}

export default defineConfig({
  test: {
    name: 'mutation',
    environment: 'node',
    include: JSON.parse(process.env.MUTATION_TESTS ?? '["src/engine/**/*.test.ts"]'),
    exclude: ['**/*.browser.test.ts', ...JSON.parse(process.env.MUTATION_DONE ?? '[]')],
    setupFiles: [...(isQuick ? ['scripts/mutantsInPlace.ts'] : []), 'scripts/fixedSeed.ts'],
    testTimeout: 60_000,
    ...(isQuick ? { sequence: { hooks: 'list' as const, sequencer: ShortFirst }, hookTimeout: 0 } : {}),
  },
});
