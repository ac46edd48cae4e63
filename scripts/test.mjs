// `npm test`: finds or installs a browser, then runs every part, goes on after a failure, and ends with the sum.
// `node scripts/test.mjs unit golden` runs some of the parts.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureBrowser } from './ensureBrowser.mjs';
import { root, toolScript } from './tools.mjs';

/** @typedef {{ passed: number, failed: number }} Count */

const reports = mkdtempSync(path.join(tmpdir(), 'multitab-tests-'));

/**
 * @param {string[]} args - script and arguments for Node
 * @param {NodeJS.ProcessEnv} [env]
 */
const run = (args, env = {}) =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
    .status === 0;

/** @param {boolean} ok @returns {Count} */
const one = (ok) => (ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/**
 * A part that printed no report, or ran nothing, has failed: silence is not success.
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

/** @param {'unit' | 'golden' | 'browser'} project @returns {Count} */
function vitest(project) {
  const file = path.join(reports, `${project}.json`);
  const ok = run([
    toolScript('vitest', 'vitest'),
    'run',
    `--project=${project}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
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

/** @returns {Count} */
function playwright() {
  const file = path.join(reports, 'e2e.json');
  const ok = run([toolScript('@playwright/test', 'playwright'), 'test', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
  });
  return counted(ok, () => {
    const { stats } = JSON.parse(readFileSync(file, 'utf8'));
    return { passed: stats.expected, failed: stats.unexpected + stats.flaky };
  });
}

/** @type {Record<string, () => Count>} */
const parts = {
  lint: () => one(run([toolScript('@biomejs/biome', 'biome'), 'check', '--error-on-warnings'])),
  types: () => {
    const tsc = toolScript('typescript', 'tsc');
    const page = one(run([tsc, '-p', '.']));
    const engine = one(run([tsc, '-p', 'src/engine']));
    return { passed: page.passed + engine.passed, failed: page.failed + engine.failed };
  },
  unit: () => vitest('unit'),
  golden: () => vitest('golden'),
  browser: () => vitest('browser'),
  e2e: () =>
    run([toolScript('vite', 'vite'), 'build', '--logLevel', 'warn'])
      ? playwright()
      : { passed: 0, failed: 1 },
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);
const unknown = wanted.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`test: expected some of ${Object.keys(parts).join(', ')}, got ${unknown.join(', ')}.`);
  process.exit(2);
}
if (wanted.includes('browser') || wanted.includes('e2e')) {
  try {
    process.env.CHROMIUM_PATH = ensureBrowser();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.log('0 passed, 1 failed');
    process.exit(1);
  }
}

const total = { passed: 0, failed: 0 };
for (const name of wanted) {
  console.log(`\n== ${name} ==`);
  const started = Date.now();
  const { passed, failed } = (parts[name] ?? (() => one(false)))();
  console.log(
    `== ${name}: ${passed} passed, ${failed} failed, ${Math.round((Date.now() - started) / 1000)} s ==`,
  );
  total.passed += passed;
  total.failed += failed;
}
rmSync(reports, { recursive: true, force: true });
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
