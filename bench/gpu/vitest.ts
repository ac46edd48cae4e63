// Replaces vitest where the kernel tests run on a machine without it (build.ts substitutes it): collects `describe` and `it`,
// runs them in order, and expects with vitest's own matchers.
import { JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';
import * as chai from 'chai';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

export const expect = (value: unknown, message?: string) => chai.expect(value, message);

type Work = () => void | Promise<void>;

interface Suite {
  name: string;
  parent: Suite | null;
  before: Work[];
  beforeEach: Work[];
  afterEach: Work[];
  tests: { name: string; work: Work }[];
  suites: Suite[];
}

const suiteOf = (name: string, parent: Suite | null): Suite => ({
  name,
  parent,
  before: [],
  beforeEach: [],
  afterEach: [],
  tests: [],
  suites: [],
});

const root = suiteOf('', null);
let current = root;

export const beforeAll = (work: Work) => current.before.push(work);
export const beforeEach = (work: Work) => current.beforeEach.push(work);
export const afterEach = (work: Work) => current.afterEach.push(work);

function addSuite(name: string, define: () => void): void {
  const suite = suiteOf(name, current);
  current.suites.push(suite);
  current = suite;
  define();
  current = suite.parent as Suite;
}

const addTest = (name: string, work: Work) => current.tests.push({ name, work });

/** Fills `%s` and similar one after another, `$name` from an object. */
function nameOf(template: string, value: unknown): string {
  const values = Array.isArray(value) ? [...value] : [value];
  return template
    .replace(/%[sdifjo]/g, () => String(values.shift()))
    .replace(/\$(\w+)/g, (all, key: string) =>
      typeof value === 'object' && value !== null && key in value
        ? String((value as Record<string, unknown>)[key])
        : all,
    );
}

const eachOf =
  <T>(add: (name: string, work: () => T) => void) =>
  (values: readonly unknown[]) =>
  (template: string, work: (...given: unknown[]) => T): void => {
    for (const value of values)
      add(nameOf(template, value), () => work(...(Array.isArray(value) ? value : [value])));
  };

export const describe = Object.assign(addSuite, { each: eachOf(addSuite) });
export const it = Object.assign(addTest, {
  each: eachOf(addTest),
  runIf: (isRun: boolean) => (isRun ? addTest : () => {}),
});

export interface SuiteOutcome {
  passed: number;
  failures: string[];
}

const chainOf = (suite: Suite): Suite[] => [...(suite.parent ? chainOf(suite.parent) : []), suite];

async function runSuite(suite: Suite, outcome: SuiteOutcome): Promise<void> {
  for (const work of suite.before) await work();
  const chain = chainOf(suite);
  for (const { name, work } of suite.tests) {
    try {
      for (const s of chain) for (const before of s.beforeEach) await before();
      await work();
      for (const s of [...chain].reverse()) for (const after of s.afterEach) await after();
      outcome.passed++;
    } catch (error) {
      const path = [...chain.slice(1).map((s) => s.name), name].join(' > ');
      outcome.failures.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  for (const inner of suite.suites) await runSuite(inner, outcome);
}

/** Runs the collected tests. */
export async function runTests(): Promise<SuiteOutcome> {
  const outcome = { passed: 0, failures: [] };
  await runSuite(root, outcome);
  return outcome;
}
