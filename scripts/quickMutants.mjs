// Tries the mutants of some files in a few long-lived processes: `npm run mutate -- --quick`. Stryker's instrumenter writes the
// sources, with all of their mutants, into a copy of the project, and mutantsInPlace.ts tries them there. When a process hangs
// it is stopped, its mutant counts as killed, and another process continues.
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createInstrumenter } from '@stryker-mutator/instrumenter';
import { endGroup, spawnGroup } from './ownGroup.mjs';
import { root, toolScript } from './tools.mjs';

/** @typedef {import('@stryker-mutator/api/core').MutantResult} MutantResult */
/** @typedef {import('./mutantsInPlace.ts').JournalEntry} JournalEntry */

/** How often the processes are checked, in milliseconds. */
const WATCH_MS = 2000;

const silent = new Proxy({}, { get: () => () => false });

/** @param {string} name @returns {string[]} every file at or below it, from the root */
function filesAt(name) {
  const place = path.join(root, name);
  if (!statSync(place).isDirectory()) return [name];
  return readdirSync(place).flatMap((entry) => filesAt(`${name}/${entry}`));
}

/**
 * @param {object} given
 * @param {string} given.name - of the copy
 * @param {string[]} given.places - files and folders to change, from the root
 * @param {string[]} given.tests - patterns
 * @param {string} [given.forget] - module, from the root, whose default export empties what is kept from call to call
 * @param {readonly string[]} given.excludedMutations
 * @param {readonly string[]} given.leftOut - of the copy
 * @param {number} given.workers
 * @returns {Promise<MutantResult[]>} without those that are computed when a module is loaded
 */
export async function quickMutants({ name, places, tests, forget, excludedMutations, leftOut, workers }) {
  const copy = path.join(root, '.stryker-tmp', `quick-${name}`);
  rmSync(copy, { recursive: true, force: true });
  const absent = new Set(
    ['node_modules', '.git', '.stryker-tmp', ...leftOut].map((entry) => path.join(root, entry)),
  );
  mkdirSync(copy, { recursive: true });
  for (const entry of readdirSync(root)) {
    if (absent.has(path.join(root, entry))) continue;
    cpSync(path.join(root, entry), path.join(copy, entry), {
      recursive: true,
      filter: (source) => !absent.has(source),
    });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'), 'junction');

  const mutated = places
    .flatMap(filesAt)
    .filter((file) => /\.ts$/.test(file) && !/\.test\.ts$|\/testing\.ts$|\/testing\//.test(file));
  const instrumenter = createInstrumenter(injectorOf(silent));
  const { files, mutants } = await instrumenter.instrument(
    mutated.map((file) => ({
      name: file,
      mutate: true,
      content: readFileSync(path.join(root, file), 'utf8'),
    })),
    { plugins: null, excludedMutations: [...excludedMutations], ignorers: [] },
  );
  for (const file of files) writeFileSync(path.join(copy, file.name), file.content);

  // A name of its own: what a run that was killed has left may still write to its journal.
  const journal = path.join(copy, `mutation-${process.pid}.jsonl`);
  writeFileSync(journal, '');
  const log = path.join(copy, 'vitest.log');
  let entries = readJournal(journal);
  for (let isWhole = false; !isWhole; ) {
    const done = entries.flatMap((e) => (e.type === 'done' ? [e.file] : []));
    const from = entries.length;
    const hung = await runOnce(copy, { journal, log, tests, forget, done, workers });
    entries = readJournal(journal);
    const broken = entries.find((e) => e.type === 'broken');
    if (broken?.type === 'broken')
      throw new Error(`${broken.test} fails without a mutant: ${broken.message}`);
    if (entries.length === from) throw new Error(`no test was run; see ${log}`);
    isWhole = !hung && !entries.slice(from).some((e) => e.type === 'restart');
  }
  const tried = new Set(
    entries.flatMap((e) => (e.type === 'killed' || e.type === 'survived' ? [e.mutant] : [])),
  );
  const left = entries.flatMap((e) => (e.type === 'covered' ? e.mutants.filter((id) => !tried.has(id)) : []));
  if (left.length > 0) throw new Error(`${left.length} mutants were not tried; see ${log}`);
  return resultsOf(mutants, entries);
}

/** The only thing that the instrumenter needs from Stryker's injector. @param {object} logger @returns {never} */
function injectorOf(logger) {
  const values = new Map([['logger', logger]]);
  const injector = {
    provideValue: (/** @type {string} */ token, /** @type {object} */ value) => {
      values.set(token, value);
      return injector;
    },
    injectClass: (/** @type {any} */ Class) =>
      new Class(...Class.inject.map((/** @type {string} */ token) => values.get(token))),
  };
  return /** @type {never} */ (injector);
}

/** @param {string} journal @returns {JournalEntry[]} */
const readJournal = (journal) =>
  readFileSync(journal, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/**
 * Runs every test file that is not done, until all are done or one hangs.
 * @param {string} copy
 * @param {{ journal: string, log: string, tests: string[], forget?: string | undefined, done: string[], workers: number }} how
 * @returns {Promise<boolean>} whether one hung
 */
function runOnce(copy, { journal, log, tests, forget, done, workers }) {
  const child = spawnGroup(
    process.execPath,
    [
      toolScript('vitest', 'vitest'),
      'run',
      '--config',
      'vitest.mutation.config.ts',
      `--maxWorkers=${workers}`,
    ],
    {
      cwd: copy,
      env: {
        ...process.env,
        MUTATION_JOURNAL: journal,
        MUTATION_OWNER: String(process.pid),
        MUTATION_TESTS: JSON.stringify(tests),
        MUTATION_DONE: JSON.stringify(done),
        MUTATION_FORGET: forget ?? '',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      text += chunk;
    });
  let hung = false;
  let seen = 0;
  let since = Date.now();
  const watch = setInterval(() => {
    const entries = readJournal(journal);
    if (entries.length !== seen) {
      seen = entries.length;
      since = Date.now();
      return;
    }
    const begun = openMutants(entries);
    if (hung || begun.length === 0 || Date.now() - since < Math.max(...begun.map((b) => b.limitMs))) return;
    hung = true;
    const killed = begun.map(({ mutant }) => JSON.stringify({ type: 'killed', mutant, test: 'did not end' }));
    writeFileSync(journal, `${killed.join('\n')}\n`, { flag: 'a' });
    endGroup(child);
  }, WATCH_MS);
  return new Promise((resolve) => {
    child.on('close', () => {
      clearInterval(watch);
      writeFileSync(log, text);
      resolve(hung);
    });
  });
}

/** The mutants that were begun last and have not ended. @param {JournalEntry[]} entries */
function openMutants(entries) {
  /** @type {Map<string, Extract<JournalEntry, { type: 'begin' }>>} */
  const open = new Map();
  for (const entry of entries) {
    if (entry.type === 'begin') open.set(entry.mutant, entry);
    else if ('mutant' in entry) open.delete(entry.mutant);
  }
  return [...open.values()];
}

/** @param {readonly any[]} mutants @param {JournalEntry[]} entries @returns {MutantResult[]} */
function resultsOf(mutants, entries) {
  const killers = new Map(entries.flatMap((e) => (e.type === 'killed' ? [[e.mutant, e.test]] : [])));
  const covered = new Set(entries.flatMap((e) => (e.type === 'covered' ? e.mutants : [])));
  const loaded = new Set(entries.flatMap((e) => (e.type === 'static' ? e.mutants : [])));
  const next = (/** @type {{ line: number, column: number }} */ at) => ({
    line: at.line + 1,
    column: at.column + 1,
  });
  return mutants
    .filter(({ id, status }) => status === undefined && (covered.has(id) || !loaded.has(id)))
    .map((mutant) => {
      const test = killers.get(mutant.id);
      const { start, end } = mutant.location;
      const status = !covered.has(mutant.id) ? 'NoCoverage' : test === undefined ? 'Survived' : 'Killed';
      return /** @type {MutantResult} */ ({
        ...mutant,
        status,
        location: { start: next(start), end: next(end) },
      });
    });
}
