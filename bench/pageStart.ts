// `npm run bench:page-start`: from a click on Run to the report of the first step, in the production build in a headless Chromium without
// a GPU, so on wasm: on a first visit, in a new browser, and when the page is loaded again. `--rounds N` (5); `--beside FOLDER`
// measures another build too, in turns.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type BrowserContext, chromium } from '@playwright/test';
import { launchOptions } from '../scripts/ensureBrowser.mjs';
import { createServer, listen } from '../scripts/serve.mjs';
import { median } from './clock.ts';
import { alone, recordFigures } from './figures.ts';
import { wholeNumber } from './options.ts';
import { buildPage } from './pageBuild.ts';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, beside: { type: 'string' } },
});
const ROUNDS = wholeNumber('rounds', options.rounds);

/** Times on the clock of the page, null until then. */
interface Seen {
  clicked: number | null;
  step: number | null;
}
type Page = typeof globalThis & { seen: Seen };

/** Runs in the page before its scripts: notes when Run is clicked and when an engine reports the first step after that. */
function watch(): void {
  const seen: Seen = { clicked: null, step: null };
  Object.assign(globalThis, { seen });
  const Engine = globalThis.Worker;
  globalThis.Worker = class extends Engine {
    constructor(url: string | URL, given?: WorkerOptions) {
      super(url, given);
      this.addEventListener('message', ({ data }) => {
        if (data?.type === 'progress' && data.doneSteps > 0 && seen.clicked !== null)
          seen.step ??= performance.now();
      });
    }
  };
  addEventListener(
    'click',
    () => {
      seen.clicked ??= performance.now();
    },
    { capture: true },
  );
}

interface Start {
  ready: number;
  step: number;
}

/** Loads the page and presses Run as soon as it can be pressed. */
async function start(context: BrowserContext, url: string): Promise<Start> {
  const page = await context.newPage();
  // A helper that tsx calls in functions that are passed to the page.
  await page.addInitScript('globalThis.__name = (f) => f');
  await page.addInitScript(watch);
  await page.goto(url);
  const run = page.locator('header button:not([disabled])').filter({ hasText: /^Run/ });
  await run.waitFor({ timeout: 120_000 });
  const ready = await page.evaluate(() => performance.now());
  await run.click();
  await page.waitForFunction(() => (globalThis as Page).seen.step !== null, null, { timeout: 120_000 });
  const { clicked, step } = await page.evaluate(() => (globalThis as Page).seen);
  await page.close();
  return { ready, step: (step ?? Number.NaN) - (clicked ?? Number.NaN) };
}

/** Compressed, as `npm start` serves it. */
async function serve(folder?: string) {
  const server = createServer(folder);
  const port = await listen(server, 4390, 'localhost', () => {});
  return { server, url: `http://localhost:${port}/`, starts: [] as { first: Start; again: Start }[] };
}

buildPage();
const builds = [await serve()];
if (options.beside) builds.push(await serve(path.resolve(options.beside)));
for (let round = 0; round < ROUNDS; round++)
  for (const { url, starts } of builds) {
    const browser = await chromium.launch(launchOptions());
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    starts.push({ first: await start(context, url), again: await start(context, url) });
    await browser.close();
  }
for (const { server } of builds) {
  server.close();
  server.closeAllConnections();
}
console.log(
  `Median of ${ROUNDS} new browsers, wasm, milliseconds.${options.beside ? ` Second: ${options.beside}.` : ''}`,
);
for (const [when, visit] of [
  ['first visit', 'first'],
  ['page loaded again', 'again'],
] as const)
  for (const [part, name] of [
    ['ready', 'until Run can be pressed'],
    ['step', 'from Run to the first step'],
  ] as const) {
    const values = builds.map(({ starts }) => median(starts.map((s) => s[visit][part])));
    console.log(`${values.map((ms) => ms.toFixed(0).padStart(8)).join('')}  ${when}, ${name}`);
    recordFigures([alone(`${when}, ${name}`, 'ms', values[0] ?? Number.NaN)]);
  }
