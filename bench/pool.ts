// `npm run bench:pool`: runs per minute of one sweep with one and more runs at a time, on the command line and on the page,
// alternating, so that other load affects all of them; and how long the page's main thread was blocked. Only ratios are
// meaningful.
//   [runs at a time, at most: 2] [rounds: 3] [runs of the sweep: 12]
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium } from '@playwright/test';
import { preview } from 'vite';
import { launchOptions } from '../scripts/ensureBrowser.mjs';
import { root } from '../scripts/tools.mjs';
import { median } from './clock.ts';
import { type Figure, recordFigures } from './figures.ts';
import { wholeNumber } from './options.ts';
import { buildPage } from './pageBuild.ts';

const [most = '2', rounds = '3', runs = '12'] = process.argv.slice(2);
const JOBS = Array.from({ length: Math.max(1, Number(most)) }, (_, i) => i + 1);
const ROUNDS = wholeNumber('rounds', rounds);
const RUNS = wholeNumber('runs', runs);
/** One cell with a seed per run, of a second or two each. */
const SETTINGS = {
  'data.rows': 2000,
  'tasks.count': 3,
  'training.epochs': 12,
  'training.batchSize': 64,
  'model.feedForward': 32,
};
const SEEDS = `0..${RUNS - 1}`;

const perMinute = (seconds: number) => (60 * RUNS) / seconds;

/** @returns seconds */
async function commandLine(jobs: number, sweep: string, dir: string): Promise<number> {
  const out = path.join(dir, `jobs-${jobs}-${performance.now()}`);
  const started = performance.now();
  const args = ['--import', 'tsx', 'src/cli/main.ts', 'sweep', sweep, '--out', out];
  const { status, stderr } = spawnSync(
    process.execPath,
    [...args, '--jobs', String(jobs), '--backend', 'wasm', '--quiet'],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0)
    throw new Error(`bench:pool: expected a sweep that ends, got status ${status}.\n${stderr}`);
  return (performance.now() - started) / 1000;
}

/**
 * @returns seconds, and the longest wait for a frame; null if the page, which leaves a core free, does not offer so many runs
 *   at a time
 */
async function page(
  browser: Browser,
  base: string,
  jobs: number,
): Promise<{ seconds: number; held: number } | null> {
  // A new profile, without runs of the previous round.
  const context = await browser.newContext({ baseURL: base, viewport: { width: 1280, height: 900 } });
  const tab = await context.newPage();
  await tab.addInitScript('globalThis.__name = (f) => f');
  const query = Object.entries(SETTINGS).map(([key, value]) => `${key}=${value}`);
  await tab.goto(`/?v=1&${query.join('&')}&view.tab=runs&view.runs=sweeps`);
  const start = tab.getByRole('button', { name: 'Start the sweep', exact: true });
  await tab.getByLabel('Seeds', { exact: true }).last().fill(SEEDS);
  await tab.getByText(`${RUNS} runs`).first().waitFor();
  await tab.evaluate(() => {
    const store = globalThis as typeof globalThis & { heldMs: number };
    store.heldMs = 0;
    let before = performance.now();
    const next = (now: number) => {
      store.heldMs = Math.max(store.heldMs, now - before);
      before = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  const started = performance.now();
  await start.click();
  const choice = tab.getByLabel('Runs at a time');
  const offered = (await choice.isVisible()) ? await choice.locator('option').allTextContents() : ['1'];
  if (!offered.includes(String(jobs))) {
    await context.close();
    return null;
  }
  if (offered.length > 1) await choice.selectOption(String(jobs));
  await tab.getByText(`${RUNS} of ${RUNS} runs, done`).waitFor({ timeout: 600_000 });
  const seconds = (performance.now() - started) / 1000;
  const held = await tab.evaluate(() => (globalThis as typeof globalThis & { heldMs: number }).heldMs);
  await context.close();
  return { seconds, held };
}

buildPage();
const server = await preview({ root, configFile: path.join(root, 'vite.config.ts'), logLevel: 'warn' });
const base = server.resolvedUrls?.local[0] ?? '';
const browser = await chromium.launch(launchOptions());
const dir = await mkdtemp(path.join(tmpdir(), 'pool-'));
try {
  const sweep = path.join(dir, 'sweep.json');
  await writeFile(sweep, JSON.stringify({ version: 1, label: 'pool', set: SETTINGS, seeds: SEEDS }));
  const cli = new Map(JOBS.map((jobs) => [jobs, [] as number[]]));
  const web = new Map(JOBS.map((jobs) => [jobs, [] as { seconds: number; held: number }[]]));
  for (let round = 0; round < ROUNDS; round++)
    for (const jobs of JOBS) {
      cli.get(jobs)?.push(await commandLine(jobs, sweep, dir));
      const measured = await page(browser, base, jobs);
      if (measured) web.get(jobs)?.push(measured);
    }
  console.log(`${availableParallelism()} cores, ${RUNS} runs, ${ROUNDS} rounds in turn, medians`);
  const first = { cli: 0, web: 0 };
  for (const jobs of JOBS) {
    const [own, onPage] = [cli.get(jobs) ?? [], web.get(jobs) ?? []];
    const rate = { cli: perMinute(median(own)), web: perMinute(median(onPage.map((r) => r.seconds))) };
    if (jobs === 1) Object.assign(first, rate);
    else {
      const faster = (what: string, ours: number, theirs: number): Figure => ({
        what: `${jobs} at a time, ${what}`,
        unit: 'runs a minute',
        ours,
        peer: 'one at a time',
        theirs,
        better: 'higher',
      });
      recordFigures([
        faster('command line', rate.cli, first.cli),
        ...(onPage.length > 0 ? [faster('page', rate.web, first.web)] : []),
      ]);
    }
    const ofPage =
      onPage.length > 0
        ? `page ${rate.web.toFixed(1)} (${(rate.web / first.web).toFixed(2)}), longest wait for a frame ${Math.max(...onPage.map((r) => r.held)).toFixed(0)} ms`
        : 'the page does not offer so many here';
    console.log(
      `${jobs} at a time: command line ${rate.cli.toFixed(1)} runs a minute (${(rate.cli / first.cli).toFixed(2)}), ${ofPage}`,
    );
  }
} finally {
  await browser.close();
  await server.close();
  await rm(dir, { recursive: true, force: true });
}
