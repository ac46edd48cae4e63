// `npm run mutate`: does a test fail when a line of the engine is changed? Prints, per folder and file, how many of the
// mutants that a test covers were killed, and every survivor. `npm run mutate -- tasks training/gain.ts` takes folders or
// files; what has not changed since the last run is not run again, unless with `--force`. Values that are computed when a
// module is loaded (tables of settings) are changed with `--static` alone: each of them needs all tests of its folder.
// `--concurrency=1` leaves a processor to others; `--tests=training/gain.test.ts,...` runs those tests in place of the folder's,
// which can only miss kills. `--quick` tries the mutants where the tests ran, without loading anything anew for each: minutes in
// place of hours, and nothing is kept from run to run.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import stryker, { folders, unchanging } from '../stryker.config.mjs';
import { quickMutants } from './quickMutants.mjs';
import { root } from './tools.mjs';

const ENGINE = 'src/engine';

/** @typedef {import('@stryker-mutator/api/core').MutantResult} MutantResult */
/** @typedef {import('../stryker.config.mjs').Unchanging} Unchanging */
/** @typedef {{ killed: number, survived: MutantResult[], uncovered: number, unchanging: number }} Tally */

/** @returns {Tally} */
const emptyTally = () => ({ killed: 0, survived: [], uncovered: 0, unchanging: 0 });

/** @param {Tally} tally - gives the share of covered mutants that were killed, in %; NaN when no test covers any */
const scoreOf = ({ killed, survived }) => (100 * killed) / (killed + survived.length);

/** @param {number} score */
const percent = (score) => (Number.isNaN(score) ? '–' : `${score.toFixed(1)} %`);

/** @param {string} message @returns {never} */
function refuse(message) {
  console.error(`mutate: ${message}`);
  process.exit(2);
}

/** The folders and files that were asked for: a list of files per folder, empty for the whole folder. */
function readArguments() {
  const { values, positionals: given } = parseArgs({
    allowPositionals: true,
    options: {
      force: { type: 'boolean', default: false },
      static: { type: 'boolean', default: false },
      concurrency: { type: 'string' },
      tests: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const concurrency = values.concurrency === undefined ? undefined : Number(values.concurrency);
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency > 0)) {
    refuse(`--concurrency: expected a whole number above 0, got "${values.concurrency}".`);
  }
  /** @type {Map<string, string[]>} */
  const wanted = new Map();
  for (const argument of given) {
    const place = argument.replace(`${ENGINE}/`, '').replace(/\/$/, '');
    const [folder = '', ...rest] = place.split('/');
    const known = folder in folders && existsSync(path.join(root, ENGINE, place));
    if (!known) {
      refuse(
        `expected some of ${Object.keys(folders).join(', ')}, or files in them as in training/gain.ts, got "${argument}".`,
      );
    }
    const files = wanted.get(folder) ?? [];
    wanted.set(folder, rest.length > 0 ? [...files, place] : files);
  }
  if (wanted.size === 0) for (const folder of Object.keys(folders)) wanted.set(folder, []);
  const options = {
    force: values.force,
    ignoreStatic: !values.static,
    ...(concurrency === undefined ? {} : { concurrency }),
  };
  return { wanted, options, onlyTests: values.tests?.split(','), isQuick: values.quick };
}

/**
 * @param {string} folder
 * @param {string[]} files - below the engine; the whole folder when empty
 * @param {import('@stryker-mutator/api/core').PartialStrykerOptions} options
 * @param {string[] | undefined} onlyTests - below the engine, in place of those of the folder
 */
function mutants(folder, files, options, onlyTests) {
  const { tests } = /** @type {import('../stryker.config.mjs').Folder} */ (folders[folder]);
  process.env.MUTATION_TESTS = JSON.stringify((onlyTests ?? tests).map((test) => `${ENGINE}/${test}`));
  const places = files.length > 0 ? files : [`${folder}/**/*.ts`];
  // The other options are read from stryker.config.mjs by Stryker itself.
  return new Stryker({
    mutate: [
      ...places.map((place) => `${ENGINE}/${place}`),
      `!${ENGINE}/**/*.test.ts`,
      `!${ENGINE}/**/testing.ts`,
      `!${ENGINE}/**/*Testing.ts`,
      `!${ENGINE}/**/testing/**`,
    ],
    // What only a few tests found must not count as what all tests of the folder find.
    incrementalFile: `reports/mutation/${folder}${onlyTests ? '.some' : ''}.json`,
    ...options,
    force: options.force === true || onlyTests !== undefined,
  }).runMutationTest();
}

/**
 * The same as `mutants`, without Stryker's runner.
 * @param {string} folder
 * @param {string[]} files - below the engine; the whole folder when empty
 * @param {number | undefined} workers
 * @param {string[] | undefined} onlyTests
 */
function mutantsQuickly(folder, files, workers, onlyTests) {
  const { tests, forget } = /** @type {import('../stryker.config.mjs').Folder} */ (folders[folder]);
  return quickMutants({
    name: folder,
    places: (files.length > 0 ? files : [folder]).map((place) => `${ENGINE}/${place}`),
    tests: (onlyTests ?? tests).map((test) => `${ENGINE}/${test}`),
    ...(forget ? { forget: `${ENGINE}/${forget}` } : {}),
    excludedMutations: stryker.mutator.excludedMutations,
    leftOut: stryker.ignorePatterns,
    workers: workers ?? stryker.concurrency,
  });
}

/** @type {Map<string, string[]>} */
const sources = new Map();

/** @param {string} file - below the root @param {number} line - from 1 */
function sourceLine(file, line) {
  const lines = sources.get(file) ?? readFileSync(path.join(root, file), 'utf8').split('\n');
  sources.set(file, lines);
  return lines[line - 1] ?? '';
}

/** @param {MutantResult} mutant */
const fileOf = (mutant) => path.relative(root, path.resolve(root, mutant.fileName)).replaceAll('\\', '/');

/** @param {MutantResult} mutant @returns {(entry: Unchanging) => boolean} */
const isNamedBy = (mutant) => (entry) =>
  (entry.file === '*' || `${ENGINE}/${entry.file}` === fileOf(mutant)) &&
  sourceLine(fileOf(mutant), mutant.location.start.line).includes(entry.code) &&
  (entry.becomes === '*' || entry.becomes === mutant.replacement);

/** @param {MutantResult} mutant */
function describe(mutant) {
  const { line, column } = mutant.location.start;
  const oneLine = (/** @type {string} */ text) => text.replace(/\s+/g, ' ').trim().slice(0, 140);
  return `    ${fileOf(mutant)}:${line}:${column} ${mutant.mutatorName}: ${oneLine(sourceLine(fileOf(mutant), line))} -> ${oneLine(mutant.replacement ?? '')}`;
}

/** @type {Set<Unchanging>} */
const named = new Set();

/** @param {MutantResult[]} results @returns {Map<string, Tally>} per file */
function tallies(results) {
  /** @type {Map<string, Tally>} */
  const perFile = new Map();
  for (const mutant of results) {
    const tally = perFile.get(fileOf(mutant)) ?? emptyTally();
    perFile.set(fileOf(mutant), tally);
    if (mutant.status === 'Killed' || mutant.status === 'Timeout') tally.killed++;
    else if (mutant.status === 'NoCoverage') tally.uncovered++;
    else if (mutant.status === 'Survived') {
      const entry = unchanging.find(isNamedBy(mutant));
      if (entry) {
        named.add(entry);
        tally.unchanging++;
      } else tally.survived.push(mutant);
    }
  }
  return perFile;
}

/** @param {string} label @param {Tally} tally @param {string} verdict */
function printTally(label, tally, verdict) {
  const { killed, survived, uncovered } = tally;
  const counts = `${killed} killed, ${survived.length} survived, ${tally.unchanging} cannot change a result, ${uncovered} in no test`;
  console.log(`${label.padEnd(44)} ${percent(scoreOf(tally)).padStart(8)}  ${counts}${verdict}`);
}

/** @param {string} folder @param {MutantResult[]} results @returns {boolean} whether the threshold is reached */
function report(folder, results) {
  const { threshold, gated } = /** @type {import('../stryker.config.mjs').Folder} */ (folders[folder]);
  const sum = emptyTally();
  const perFile = tallies(results);
  console.log(`\n== ${folder} ==`);
  for (const [file, tally] of [...perFile].sort(([a], [b]) => a.localeCompare(b))) {
    const isGated = !gated || gated.includes(file.slice(`${ENGINE}/${folder}/`.length));
    const isBelow = isGated && scoreOf(tally) < threshold;
    printTally(`  ${file}`, tally, isGated ? (isBelow ? '  below' : '') : '  no threshold');
    for (const mutant of tally.survived) console.log(describe(mutant));
    if (!isGated) continue;
    sum.killed += tally.killed;
    sum.survived.push(...tally.survived);
    sum.uncovered += tally.uncovered;
    sum.unchanging += tally.unchanging;
  }
  const isGatedAtAll = !gated || [...perFile.keys()].some((file) => gated.includes(path.basename(file)));
  // A folder that no test covers has not reached its threshold.
  const isReached = !isGatedAtAll || scoreOf(sum) >= threshold;
  printTally(`${folder}, at least ${threshold} %`, sum, isReached ? '  reached' : '  NOT REACHED');
  return isReached;
}

process.chdir(root);
mkdirSync('reports/mutation', { recursive: true });
const { wanted, options, onlyTests, isQuick } = readArguments();
let isReached = true;
for (const [folder, files] of wanted) {
  const results = isQuick
    ? await mutantsQuickly(folder, files, options.concurrency, onlyTests)
    : await mutants(folder, files, options, onlyTests);
  isReached = report(folder, results) && isReached;
}
const isWhole = [...wanted.values()].every((files) => files.length === 0);
const stale = unchanging.filter((entry) => wanted.has(entry.file.split('/')[0] ?? '') && !named.has(entry));
if (isWhole && stale.length > 0) {
  console.log('\nNamed in stryker.config.mjs as unable to change a result, but not among the survivors:');
  for (const { file, code, becomes } of stale) console.log(`  ${file}: ${code} -> ${becomes}`);
}
process.exitCode = isReached ? 0 : 1;
