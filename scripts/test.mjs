// `npm test`: finds or installs a browser, then runs every part, continues after a failure, and ends with the totals.
// `node scripts/test.mjs unit golden` runs only these parts. Arguments after a single part go to its runner, as in `npm run
// test:unit -- src/engine/masks`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBrowser } from './ensureBrowser.mjs';
import { listen } from './serve.mjs';
import { root, toolScript } from './tools.mjs';

/** A part that hangs is ended and has failed. Each takes minutes, and several times as long on a busy machine. */
const PART_LIMIT_MS = 30 * 60_000;

const JOURNEY_PORT = 4173;

/** @typedef {{ passed: number, failed: number }} Count */

const reports = mkdtempSync(path.join(tmpdir(), 'multitab-tests-'));

/**
 * @param {string[]} args - script and arguments for Node
 * @param {NodeJS.ProcessEnv} [env]
 */
const run = (args, env = {}) =>
  spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
    timeout: PART_LIMIT_MS,
  }).status === 0;

/** @param {boolean} ok @returns {Count} */
const one = (ok) => (ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/**
 * A part that printed no report, or that ran no test, has failed.
 * @param {boolean} ok
 * @param {() => Count} read
 * @returns {Count}
 */
function counted(ok, read) {
  try {
    const { passed, failed } = read();
    if (ok && passed > 0) return { passed, failed };
    return { passed, failed: Math.max(1, failed) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** @param {readonly string[]} projects - of vitest.config.ts @param {string[]} rest @returns {Count} */
function vitest(projects, rest) {
  const file = path.join(reports, `${projects[0]}.json`);
  const ok = run([
    toolScript('vitest', 'vitest'),
    'run',
    ...projects.map((project) => `--project=${project}`),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    '--allowOnly=false',
    ...rest,
  ]);
  return counted(ok, () => {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const brokenFiles = report.testResults.filter(
      (/** @type {{ status: string, assertionResults: unknown[] }} */ r) =>
        r.status === 'failed' && r.assertionResults.length === 0,
    ).length;
    return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles };
  });
}

/** A port that nothing is listening on, so that a workbench or another test run may be open at the same time. */
async function freePort() {
  const probe = createServer();
  const port = await listen(probe, JOURNEY_PORT, 'localhost', () => {});
  await new Promise((done) => probe.close(done));
  return port;
}

/** @param {string[]} rest @returns {Promise<Count>} */
async function playwright(rest) {
  const file = path.join(reports, 'e2e.json');
  const ok = run([toolScript('@playwright/test', 'playwright'), 'test', '--reporter=list,json', ...rest], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    E2E_PORT: String(await freePort()),
  });
  return counted(ok, () => {
    const { stats } = JSON.parse(readFileSync(file, 'utf8'));
    return { passed: stats.expected, failed: stats.unexpected + stats.flaky };
  });
}

/** @type {Record<string, (rest: string[]) => Count | Promise<Count>>} */
const parts = {
  lint: (rest) => {
    const style = one(run([toolScript('@biomejs/biome', 'biome'), 'check', '--error-on-warnings', ...rest]));
    const layout = one(run([path.join(root, 'scripts', 'checkLayout.mjs')]));
    return { passed: style.passed + layout.passed, failed: style.failed + layout.failed };
  },
  types: () => {
    const tsc = toolScript('typescript', 'tsc');
    const page = one(run([tsc, '-p', '.']));
    const engine = one(run([tsc, '-p', 'src/engine']));
    return { passed: page.passed + engine.passed, failed: page.failed + engine.failed };
  },
  unit: (rest) => vitest(['unit', 'unit-alone'], rest),
  golden: (rest) => vitest(['golden'], rest),
  browser: (rest) => vitest(['browser'], rest),
  e2e: (rest) =>
    run([toolScript('vite', 'vite'), 'build', '--logLevel', 'warn']) ? playwright(rest) : one(false),
};
const NEED_BROWSER = ['browser', 'e2e'];

/** The names of the parts come first; with a single part, the remaining arguments go to its runner. */
function readArguments() {
  const given = process.argv.slice(2);
  if (given.length === 0) return { wanted: Object.keys(parts), rest: [] };
  const end = given.findIndex((name) => !(name in parts));
  const wanted = end === -1 ? given : given.slice(0, end);
  const rest = end === -1 ? [] : given.slice(end);
  if (wanted.length === 0 || (wanted.length > 1 && rest.length > 0)) {
    console.error(
      `test: expected some of ${Object.keys(parts).join(', ')}, or one of them and its options, got "${given.join(' ')}".`,
    );
    process.exit(2);
  }
  return { wanted, rest };
}

const { wanted, rest } = readArguments();
let hasBrowser = false;
if (wanted.some((name) => NEED_BROWSER.includes(name))) {
  try {
    process.env.CHROMIUM_PATH = ensureBrowser();
    hasBrowser = true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
}

const total = { passed: 0, failed: 0 };
for (const name of wanted) {
  console.log(`\n== ${name} ==`);
  const started = Date.now();
  const part = parts[name];
  const isPossible = part && (hasBrowser || !NEED_BROWSER.includes(name));
  if (!isPossible) console.log('Not run: no browser, see above.');
  const { passed, failed } = isPossible ? await part(rest) : one(false);
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`== ${name}: ${passed} passed, ${failed} failed, ${seconds} s ==`);
  total.passed += passed;
  total.failed += failed;
}
rmSync(reports, { recursive: true, force: true });
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
