// Mutation testing, run by `npm run mutate` (scripts/mutate.mjs): Stryker changes one line at a time and looks whether a
// test fails. Below stand Stryker's own options, what each folder must reach, and the survivors that cannot change a result.

/**
 * @typedef {object} Folder
 * @property {number} threshold - share of covered mutants that must be killed, in %
 * @property {string[]} [gated] - files that the threshold holds for; all of the folder when left out
 * @property {string[]} tests - test files that are run
 * @property {string} [forget] - module whose default export empties what the folder keeps from call to call, for `--quick`
 */

/** @type {Record<string, Folder>} Folders below `src/engine`. */
export const folders = {
  core: { threshold: 85, gated: ['interval.ts'], tests: ['core/**/*.test.ts'] },
  tasks: { threshold: 85, tests: ['tasks/**/*.test.ts'] },
  // Files of a million rows take seconds each.
  data: { threshold: 85, tests: ['data/**/!(csvLimits).test.ts'], forget: 'data/testing/forgetTables.ts' },
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
  ...[
    ['gram/conflicts.ts', 'for (let i = 0; i < n; i++)', 'i <= n'],
    ['gram/gradnorm.ts', 'for (let i = 0; i < n; i++)', 'i <= n'],
    ['gram/gradnorm.ts', 'for (let k = 0; k < n; k++)', 'k <= n'],
    ['gram/gradvac.ts', 'for (let i = 0; i < n; i++)', 'i <= n'],
    ['gram/upgrad.ts', 'for (let task = 0; task < n; task++)', 'task <= n'],
    ['solvers/dense.ts', 'for (let i = 0; i < n; i++)', 'i <= n'],
    ['solvers/dense.ts', 'for (let row = column + 1; row < n; row++)', 'row <= n'],
    ['solvers/dense.ts', 'for (let k = column; k < n; k++)', 'k <= n'],
    ['solvers/dense.ts', 'for (let row = n - 1; row >= 0; row--)', 'n + 1'],
    ['solvers/dualCone.ts', 'for (let i = 0; i < n; i++)', 'i <= n'],
    ['solvers/minNorm.ts', 'for (let i = 0; i < n; i++)', 'i <= n'],
    ['solvers/minNorm.ts', 'for (let i = 1; i < n; i++)', 'i <= n'],
  ].map(([file, code = '', becomes = '']) => ({
    file: `methods/${file}`,
    code,
    becomes,
    reason: 'what is read behind the end of a typed array is no number, and what is written there is dropped',
  })),
  ...[
    'round < 200',
    'const width =',
    'let s = width',
    'if (!(s > low',
    'highValue /= 2',
    'lowValue /= 2',
    'side = ',
    'excess ===',
    '1e-15 * s',
  ].map((code) => ({
    file: 'methods/solvers/conflictAverse.ts',
    code,
    becomes: '*',
    reason: 'where a root is looked for next decides after how many rounds it is found, not which it is',
  })),
  ...['(gram[k] as number) +', 'shift * shift * square'].map((code) => ({
    file: 'methods/solvers/conflictAverse.ts',
    code,
    becomes: '*',
    reason:
      'the same number added to all inner products changes no shortest convex combination: its weights sum to 1',
  })),
  {
    file: 'methods/gram/cagrad.ts',
    code: 'length * length,',
    becomes: '*',
    reason: 'as above: the square of the mean gradient is added to all inner products',
  },
  ...['kept.length > 0 && length > 0'].map((code) => ({
    file: 'methods/gram/cagrad.ts',
    code,
    becomes: '*',
    reason: 'conflictAverseWeights itself gives no weights without gradients or without a radius',
  })),
  {
    file: 'methods/gram/bargained.ts',
    code: 'if (kept.length === 0) return null;',
    becomes: 'false',
    reason:
      'the shortest combination of nothing has length 0, for which the next line but one returns the same',
  },
  {
    file: 'methods/solvers/minNorm.ts',
    code: 'return w.map((v) => v / sum);',
    becomes: 'v * sum',
    reason: 'the sum is 1 up to rounding',
  },
  ...[
    ['dualCone', 'round < 20 * n + 50'],
    ['minNorm', 'round < 20 * n + 50'],
    ['bargaining', 'round < MAX_ROUNDS'],
  ].map(([name, code = '']) => ({
    file: `methods/solvers/${name}.ts`,
    code,
    becomes: '*',
    reason: 'the solvers end by themselves after fewer rounds: the bound is against loops without end',
  })),
  ...[
    ['data/labels.ts', 'row < column.length', 'row <= column.length'],
    ['data/encode.ts', 'i < column.length', 'i <= column.length'],
    ['data/encode.ts', 'i < rows.length', 'i <= rows.length'],
    ['data/encode.ts', 'while (code < edges.length', 'true'],
    ['data/encode.ts', 'while (code < edges.length', 'code <= edges.length'],
    ['data/association.ts', 'while (end < order.length', 'true'],
    ['data/association.ts', 'while (end < order.length', 'end <= order.length'],
    ['data/distinctNumbers.ts', 'i < numbers.length', 'i <= numbers.length'],
    ['data/distinctNumbers.ts', 'while (at > 0', 'true'],
    ['data/distinctNumbers.ts', 'while (at > 0', 'at >= 0'],
    ['data/stratify.ts', 'row < rows', 'row <= rows'],
  ].map(([file = '', code = '', becomes = '']) => ({
    file,
    code,
    becomes,
    reason:
      'what is read outside an array compares as false, and what is written behind a typed one is dropped',
  })),
  ...['function hashOf', 'let at = hashOf', 'at = (at + 1)'].map((code) => ({
    file: 'data/distinctNumbers.ts',
    code,
    becomes: '*',
    reason: 'where a number is looked for first, and next, decides how soon it is found',
  })),
  ...[
    ['value > (smallest[', 'value >= (smallest[MAX_CLASSES - 1] as number)'],
    ['while (at > 0', 'smallest[at - 1] as number >= value'],
  ].map(([code = '', becomes = '']) => ({
    file: 'data/distinctNumbers.ts',
    code,
    becomes,
    reason: 'a number is inserted once: none among the smallest is equal to it',
  })),
  ...[
    ['const unit = furthest > 0', 'true', 'without any distance all values are equal, and the scale is 1'],
    ['const unit = furthest > 0', 'furthest >= 0', 'as above'],
    ['const sorted = column.filter(', 'column', 'NaN is sorted to the end, where it equals nothing'],
    [
      'i > 0 && value !== sorted',
      'i >= 0',
      'before the first number there is none, which is equal to nothing',
    ],
    ['Math.min(sorted.length - 1', 'sorted.length + 1', 'inner edges lie before the last value'],
  ].map(([code = '', becomes = '', reason = '']) => ({ file: 'data/encode.ts', code, becomes, reason })),
  ...[
    ['jsonWhole', 'lists[0]?.', '*', 'columns are taken where there is one at least'],
    [
      'jsonFault',
      'i < text.length',
      'i <= text.length',
      'behind the end of a text is no sign that could be wrong',
    ],
    [
      'jsonFault',
      'if (sign === undefined)',
      'false',
      'nothing that may come next begins with no sign, so that each ends there',
    ],
    [
      'header',
      "if (text === '' ||",
      'false',
      'an empty cell is neither a number nor one of the values below it',
    ],
    ['header', 'RULE?.(text)', 'RULE(text)', 'there is a rule: without it the module could not be loaded'],
    ['decode', 'bad?.', '*', 'a file that is guessed to be Latin-1 has a byte that shows it'],
    ['decode', 'i < bytes.length', 'i <= bytes.length', 'behind the last byte is none that is 0'],
    [
      'decode',
      'const isAtEnd',
      'rest.length + 1 <= length',
      'as many bytes as a character has, all of which continue it, are one',
    ],
    ['arrowChecks', "'stride' in type", '*', 'where Flechette gives a type a stride, it is a number'],
    [
      'arrowChecks',
      'type.bitWidth > 64',
      'type.bitWidth >= 64',
      'of 64 bits there is one element per row either way',
    ],
    [
      'arrowChecks',
      'length >= 0 && nullCount',
      'true',
      'no fewer than 0 of them are missing, and no more than there are',
    ],
    [
      'arrowMessages',
      'low >= 0 && low <= FILE',
      'true',
      'no fewer than 0 of them are missing, and no more than there are',
    ],
    [
      'arrowMessages',
      "part.kind === 'table'",
      'depth - 1',
      'only lists of tables lead back to their own kind',
    ],
    ['arrow', 'Number.isNaN(value)', 'true', 'only numbers are NaN for Number.isNaN'],
    ['parquet', 'new Array(picked', 'new Array()', 'a list grows as it is filled'],
    [
      'parquet',
      'const chunk = group.columns.find',
      '*',
      'checkMetadata refuses a group without one of the columns',
    ],
    ['parquet', 'if (!chunk)', 'false', 'as above'],
    [
      'parquet',
      'kept[at]?.',
      'kept[at].repetition_type',
      'the names of columns and what is kept of them have one order',
    ],
    [
      'parquet',
      'next < picked.length',
      '*',
      'behind the last row that is picked is none below the end of a group',
    ],
  ].map(([name, code = '', becomes = '', reason = '']) => ({
    file: `data/formats/${name}.ts`,
    code,
    becomes,
    reason,
  })),
  ...[
    'const lengths = splits',
    'new Int32Array(size * ',
    'new Float32Array(size * ',
    'taskTypes.forEach(',
  ].map((code) => ({
    file: 'training/evaluate.ts',
    code,
    becomes: '*',
    reason: 'of a warm-up, which compiles programs ahead of their use and whose numbers nobody reads',
  })),
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
