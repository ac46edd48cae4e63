// Mutation testing, run by `npm run mutate` (scripts/mutate.mjs): Stryker changes one line at a time and looks whether a
// test fails. Below stand Stryker's own options, what each folder must reach, and the survivors that cannot change a result.

/**
 * @typedef {object} Folder
 * @property {number} threshold - share of covered mutants that must be killed, in %
 * @property {string[]} [gated] - files that the threshold holds for; all of the folder when left out
 * @property {string[]} tests - test files that are run
 */

/** @type {Record<string, Folder>} Folders below `src/engine`. */
export const folders = {
  core: { threshold: 85, gated: ['interval.ts'], tests: ['core/**/*.test.ts'] },
  tasks: { threshold: 85, tests: ['tasks/**/*.test.ts'] },
  // Files of a million rows take seconds each.
  data: { threshold: 85, tests: ['data/**/!(csvLimits).test.ts'] },
  masks: { threshold: 85, tests: ['masks/**/*.test.ts'] },
  methods: { threshold: 85, tests: ['methods/**/*.test.ts', 'golden/methods.golden.test.ts'] },
  training: {
    threshold: 85,
    // What measures, splits, stops, restores and compares. The rest drives runs: its tests are whole sessions.
    gated: [
      'bestEpoch.ts',
      'boostedNetwork.ts',
      'comparison.ts',
      'decomposition.ts',
      'evaluate.ts',
      'gain.ts',
      'numericFault.ts',
      'optimizer.ts',
      'networkInTraining.ts',
      'predictionFault.ts',
      'seedScores.ts',
      'stepTrace.ts',
      'summary.ts',
    ],
    // Sessions and profiles take seconds each; what the files above do is tested without them.
    tests: ['training/**/!(session|profile|twins|resume|measuredWeights|registeredMethods).test.ts'],
  },
  layers: { threshold: 75, tests: ['layers/**/*.test.ts', 'models/**/*.test.ts'] },
  models: { threshold: 75, tests: ['models/**/*.test.ts', 'layers/**/*.test.ts'] },
};

/**
 * @typedef {object} Unchanging
 * @property {string} file - below `src/engine`; `*` for any
 * @property {string} code - part of the line where the mutant begins
 * @property {string} becomes - the mutant's text; `*` for any
 * @property {string} reason - why no result can change
 */

/** @type {Unchanging[]} Survivors that cannot change a result; they are not counted. */
export const unchanging = [
  {
    file: '*',
    code: 'deviations: [',
    becomes: '*',
    reason: 'text for people: where an implementation departs from its source',
  },
];

export default {
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // A busy machine must not count as a killed mutant; loops without end are ended by Stryker's count of hits.
  timeoutMS: 20_000,
  timeoutFactor: 3,
  dryRunTimeoutMinutes: 20,
  // Stryker rewrites a tsconfig with an interface of TypeScript that version 7 no longer has; a missing file is left alone.
  tsconfigFile: 'no-tsconfig.json',
  // Texts of messages and labels; where a text decides something, its comparison is mutated as well.
  mutator: { excludedMutations: ['StringLiteral'] },
  incremental: true,
  // A folder without tests is reported as such.
  allowEmpty: true,
  ignorePatterns: ['dist', 'e2e', 'bench', 'docs', 'examples', 'reports', 'src/views', 'test-results'],
  tempDirName: '.stryker-tmp',
  reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only'],
  logLevel: 'warn',
  allowConsoleColors: false,
};
