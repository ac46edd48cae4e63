// `npm run bench:first-paint`: the first visit on a slow machine, with the production build in a headless Chromium: a processor
// six times slower, 10 Mbit/s and 40 ms latency, as on cheap laptops. First and largest paint, time until Run can be pressed,
// how long tasks block the page until then, layout shift, and loaded bytes. `--rounds N` (5); `--beside FOLDER` measures another
// build too, in turns.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium } from '@playwright/test';
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
const CPU_SLOWDOWN = 6;
const NETWORK = { offline: false, latency: 40, downloadThroughput: 1.25e6, uploadThroughput: 1.25e6 };
/** Tasks longer than this block the page (RAIL). */
const LONG_MS = 50;

interface Visit {
  'first paint, ms': number;
  'largest paint, ms': number;
  'Run can be pressed, ms': number;
  'blocked until then, ms': number;
  'layout shift': number;
  'loaded until then, KB': number;
}

async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', NETWORK);
  // A helper that tsx calls in functions that are passed to the page.
  await page.addInitScript('globalThis.__name = (f) => f');
  await page.addInitScript(() => {
    const seen = { largest: 0, shift: 0, tasks: [] as number[] };
    Object.assign(globalThis, { seen });
    const watch = (type: string, take: (entry: PerformanceEntry) => void) =>
      new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
    watch('largest-contentful-paint', (entry) => {
      seen.largest = entry.startTime;
    });
    watch('layout-shift', (entry) => {
      seen.shift += (entry as PerformanceEntry & { value: number }).value;
    });
    watch('longtask', (entry) => seen.tasks.push(entry.duration));
  });
  await page.goto(url);
  const run = page.locator('header button:not([disabled])').filter({ hasText: /^Run/ });
  await run.waitFor({ timeout: 120_000 });
  const measured = await page.evaluate((longMs) => {
    const { seen } = globalThis as typeof globalThis & {
      seen: { largest: number; shift: number; tasks: number[] };
    };
    const first = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN;
    const files = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    return {
      'first paint, ms': first,
      'largest paint, ms': seen.largest,
      'Run can be pressed, ms': performance.now(),
      'blocked until then, ms': seen.tasks.reduce((sum, ms) => sum + Math.max(0, ms - longMs), 0),
      'layout shift': seen.shift,
      'loaded until then, KB': files.reduce((sum, file) => sum + file.transferSize, 0) / 1000,
    };
  }, LONG_MS);
  await context.close();
  return measured;
}

/** Compressed, as `npm start` serves it. */
async function serve(folder?: string) {
  const server = createServer(folder);
  const port = await listen(server, 4380, 'localhost', () => {});
  return { server, url: `http://localhost:${port}/`, visits: [] as Visit[] };
}

buildPage();
const builds = [await serve()];
if (options.beside) builds.push(await serve(path.resolve(options.beside)));
const browser = await chromium.launch(launchOptions());
for (let round = 0; round < ROUNDS; round++)
  for (const { url, visits } of builds) visits.push(await visit(browser, url));
await browser.close();
for (const { server } of builds) {
  server.close();
  server.closeAllConnections();
}
console.log(
  `Median of ${ROUNDS} first visits; processor ${CPU_SLOWDOWN} times slower, 10 Mbit/s, 40 ms.${options.beside ? ` Second: ${options.beside}.` : ''}`,
);
for (const name of Object.keys(builds[0]?.visits[0] as Visit) as (keyof Visit)[]) {
  const values = builds.map(({ visits }) => median(visits.map((v) => v[name])));
  console.log(`${values.map((v) => v.toFixed(v < 1 ? 3 : 0).padStart(8)).join('')}  ${name}`);
  const [value = 0] = values;
  const [what = name, unit = ''] = name.split(', ');
  if (value > 0) recordFigures([alone(what, unit, value)]);
}
