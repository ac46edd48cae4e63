// Setup of the tests under `npm run mutate -- --quick`: when the tests of a file have passed, those that reach a mutant run
// again with the mutant switched on, in the same process and with the modules as they are. That takes milliseconds per mutant,
// where a runner that loads everything anew takes seconds. What is found goes line by line into a journal, which
// quickMutants.mjs reads: a loop without end can be ended from outside and the rest done by another process.
// A test that fails with a mutant is run again without it: where it still fails, something was left behind, and the mutant is
// tried again in a process of its own.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  afterAll,
  afterEach,
  beforeEach,
  type RunnerTask,
  type RunnerTestCase,
  type RunnerTestSuite,
  TestRunner,
} from 'vitest';

const { getTestFn, getSuiteHooks } = TestRunner;

/** What instrumented code reads and writes (`@stryker-mutator/instrumenter`). */
interface Namespace {
  activeMutant?: string;
  currentTestId?: string;
  hitCount?: number;
  hitLimit?: number;
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, Record<string, number>> };
}

/** As they are written to the journal. `suite` is unique across all files. */
export type JournalEntry =
  | { type: 'covered' | 'static'; mutants: string[] }
  | { type: 'begin'; mutant: string; limitMs: number }
  | { type: 'killed' | 'again'; mutant: string; test: string }
  | { type: 'survived'; mutant: string; suite: string }
  | { type: 'broken'; test: string; message: string }
  | { type: 'restart' | 'done'; file: string };

const journal = process.env.MUTATION_JOURNAL as string;
const { __stryker__: ns = {} } = globalThis as { __stryker__?: Namespace };
Object.assign(globalThis, { __stryker__: ns });

/** A mutant may make loops run up to this many times as long. */
const LONGER = 100;

/** A test that takes this many times as long as without the mutant, and some seconds more, is ended from outside. */
const SLOWER = 10;
const PATIENCE_MS = 15_000;

function write(entry: JournalEntry): void {
  endWithOwner();
  appendFileSync(journal, `${JSON.stringify(entry)}\n`);
}

/** Where quickMutants.mjs was killed, nobody reads the journal any more. */
function endWithOwner(): void {
  try {
    process.kill(Number(process.env.MUTATION_OWNER), 0);
  } catch {
    process.kill(process.pid, 'SIGKILL');
  }
}

const entries = () =>
  (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n') : [])
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalEntry);

/** Empties what modules keep from call to call: a result kept from a run without a mutant would hide the mutant. */
const forget: () => Promise<void> = process.env.MUTATION_FORGET
  ? (await import(path.resolve(process.env.MUTATION_FORGET))).default
  : async () => {};
const FORGETTING = 'forgetting';

beforeEach(async ({ task }) => {
  const { activeMutant } = ns;
  ns.activeMutant = undefined;
  ns.currentTestId = FORGETTING;
  await forget();
  ns.activeMutant = activeMutant;
  ns.currentTestId = task.id;
});
afterEach(() => {
  ns.currentTestId = undefined;
});

// This is the first after-hook of the file. Hooks are called in order, so the file's own have not cleaned up yet.
// biome-ignore lint/correctness/noEmptyPattern: Vitest wants it so.
afterAll(async ({}, file) => {
  const tests = testsOf(file.tasks);
  const failed = tests.find((test) => test.result?.state === 'fail');
  if (failed) {
    const message = failed.result?.errors?.[0]?.message ?? '';
    write({ type: 'broken', test: `${file.name} ${failed.name}`, message });
    return;
  }
  const { static: loaded = {}, perTest = {} } = ns.mutantCoverage ?? {};
  delete perTest[FORGETTING];
  write({ type: 'static', mutants: Object.keys(loaded) });
  write({
    type: 'covered',
    mutants: [...new Set(Object.values(perTest).flatMap((hits) => Object.keys(hits)))],
  });
  const isWhole = await tryMutants(tests, structuredClone(perTest));
  write({ type: isWhole ? 'done' : 'restart', file: file.name });
});

function testsOf(tasks: readonly RunnerTask[]): RunnerTestCase[] {
  return tasks.flatMap((task) => {
    if (task.type === 'suite') return testsOf(task.tasks);
    return task.result?.state === 'pass' || task.result?.state === 'fail' ? [task] : [];
  });
}

/** @returns false when the process is no longer in its original state */
async function tryMutants(
  tests: readonly RunnerTestCase[],
  perTest: Record<string, Record<string, number>>,
): Promise<boolean> {
  const known = entries();
  const killed = new Set(known.flatMap((e) => (e.type === 'killed' ? [e.mutant] : [])));
  const survived = new Set(known.flatMap((e) => (e.type === 'survived' ? [`${e.mutant} ${e.suite}`] : [])));
  const again = new Set(known.flatMap((e) => (e.type === 'again' ? [e.mutant] : [])));
  const suites = new Map<RunnerTestSuite, RunnerTestCase[]>();
  for (const test of tests) {
    const suite = test.suite ?? test.file;
    suites.set(suite, [...(suites.get(suite) ?? []), test]);
  }
  for (const [suite, own] of suites) {
    const key = `${suite.file.name} ${suite.fullName} ${suite.id}`;
    const reached = new Set(own.flatMap((test) => Object.keys(perTest[test.id] ?? {})));
    const waiting = [...reached].filter((m) => !killed.has(m) && !survived.has(`${m} ${key}`));
    if (waiting.length === 0) continue;
    const cleanups = await callAll(suite, 'beforeAll');
    // Mutants of one place are often killed by one test.
    let lastKiller: RunnerTestCase | undefined;
    for (const mutant of waiting) {
      // Gives Vitest time to send its messages.
      await new Promise(setImmediate);
      const reaching = own
        .filter((test) => perTest[test.id]?.[mutant] !== undefined)
        .sort((a, b) => +(b === lastKiller) - +(a === lastKiller) || durationOf(a) - durationOf(b));
      let killer: RunnerTestCase | undefined;
      for (const test of reaching) {
        write({ type: 'begin', mutant, limitMs: PATIENCE_MS + SLOWER * durationOf(test) });
        if (await passes(test, mutant, perTest[test.id]?.[mutant])) continue;
        killer = test;
        break;
      }
      if (!killer) {
        write({ type: 'survived', mutant, suite: key });
        continue;
      }
      lastKiller = killer;
      const isAsBefore = await passes(killer);
      if (isAsBefore || again.has(mutant)) {
        killed.add(mutant);
        write({ type: 'killed', mutant, test: killer.fullTestName });
      } else write({ type: 'again', mutant, test: killer.fullTestName });
      if (!isAsBefore) return false;
    }
    await callAll(suite, 'afterAll');
    for (const cleanup of cleanups) await cleanup();
  }
  return true;
}

const durationOf = (test: RunnerTestCase) => test.result?.duration ?? 0;

/**
 * Calls the hooks of a suite and of the suites around it, except those of the file, which have not been cleaned up.
 * @returns functions that the hooks want called when the suite is done
 */
async function callAll(suite: RunnerTestSuite, name: 'beforeAll' | 'afterAll'): Promise<(() => unknown)[]> {
  const cleanups: (() => unknown)[] = [];
  for (const each of around(suite).slice(1)) {
    for (const hook of getSuiteHooks(each)[name]) {
      // Vitest itself calls the hooks of suites with the suite alone.
      const cleanup = await (hook as (suite: RunnerTestSuite) => unknown)(each);
      if (typeof cleanup === 'function') cleanups.push(cleanup as () => unknown);
    }
  }
  return cleanups;
}

/** Outermost first. */
const around = (suite: RunnerTestSuite): RunnerTestSuite[] =>
  suite === suite.file ? [suite] : [...around(suite.suite ?? suite.file), suite];

async function passes(test: RunnerTestCase, mutant?: string, hits = 1): Promise<boolean> {
  const suites = around(test.suite ?? test.file);
  const cleanups: (() => unknown)[] = [];
  ns.hitCount = 0;
  ns.hitLimit = LONGER * hits;
  ns.activeMutant = mutant;
  try {
    for (const suite of suites)
      for (const hook of getSuiteHooks(suite).beforeEach) {
        const cleanup = await hook(test.context as never, suite);
        if (typeof cleanup === 'function') cleanups.push(cleanup as () => unknown);
      }
    await getTestFn(test)();
    return true;
  } catch {
    return false;
  } finally {
    ns.activeMutant = undefined;
    try {
      for (const suite of [...suites].reverse())
        for (const hook of getSuiteHooks(suite).afterEach) await hook(test.context as never, suite);
      for (const cleanup of cleanups) await cleanup();
    } catch {
      // What a broken test leaves behind is caught by the run without the mutant.
    }
  }
}
