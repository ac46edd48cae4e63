// `npm run soak -- [--minutes 30]`: small runs one after another in one visit of the production build in a headless Chromium,
// and what the page holds after each, after garbage collection: heap, nodes, listeners, process memory, storage. Fails if the
// heap grows with the runs once caches are filled.
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { preview } from 'vite';
import { launchOptions } from '../scripts/ensureBrowser.mjs';
import { root } from '../scripts/tools.mjs';
import { buildPage } from './pageBuild.ts';

const SMALL =
  '/?v=1&data.rows=600&data.features=6&tasks.count=3&training.epochs=2&training.batchSize=64&model.feedForward=32&model.tower=16&baseline.hidden=16&baseline.embedding=4&view.backend=wasm';
/** Runs until the cache of recent runs is full, and everything that is created once exists. */
const SETTLED = 20;
/** Allowed heap growth per run: the list entry of a kept run takes some. */
const MOST_KILOBYTES = 50;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`soak: expected --minutes above 0, got ${values.minutes}.`);

buildPage();

interface Held {
  run: number;
  heapMb: number;
  nodes: number;
  listeners: number;
  /** Memory of renderer and worker processes; null without /proc. */
  processMb: number | null;
  storedMb: number;
}

const rssMb = (pid: number): number => {
  const file = `/proc/${pid}/status`;
  const kilobytes = existsSync(file) ? /VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
  return Number(kilobytes ?? 0) / 1024;
};

/** Slope of a least-squares line. */
function perRun(rows: readonly Held[], value: (held: Held) => number): number {
  const mean = (of: (held: Held) => number) => rows.reduce((sum, held) => sum + of(held), 0) / rows.length;
  const [x, y] = [mean(({ run }) => run), mean(value)];
  const spread = rows.reduce((sum, { run }) => sum + (run - x) ** 2, 0);
  return rows.reduce((sum, held) => sum + (held.run - x) * (value(held) - y), 0) / spread;
}

const server = await preview({ root, preview: { port: 0 }, logLevel: 'warn' });
const browser = await chromium.launch(launchOptions());
try {
  const page = await browser.newPage();
  // What tsx calls in functions that are handed to the page.
  await page.addInitScript('globalThis.__name = (f) => f');
  await page.goto(new URL(SMALL, server.resolvedUrls?.local[0]).href);
  const button = page.getByRole('button', { name: 'Run', exact: true });
  const devtools = await page.context().newCDPSession(page);
  const ofBrowser = await browser.newBrowserCDPSession();
  const measure = async (run: number): Promise<Held> => {
    await devtools.send('HeapProfiler.collectGarbage');
    const { usedSize } = await devtools.send('Runtime.getHeapUsage');
    const { nodes, jsEventListeners } = await devtools.send('Memory.getDOMCounters');
    const { processInfo } = await ofBrowser.send('SystemInfo.getProcessInfo');
    const processMb = processInfo
      .filter(({ type }) => type === 'renderer')
      .reduce((sum, { id }) => sum + rssMb(id), 0);
    const stored = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
    return {
      run,
      heapMb: usedSize / 2 ** 20,
      nodes,
      listeners: jsEventListeners,
      processMb: processMb || null,
      storedMb: stored / 2 ** 20,
    };
  };
  const rows: Held[] = [];
  const until = Date.now() + minutes * 60_000;
  console.log('   run   heap MB     nodes listeners  process MB  stored MB');
  while (Date.now() < until || rows.length < SETTLED + 4) {
    await button.click({ timeout: 60_000 });
    const number = rows.length + 1;
    await page
      .getByLabel('Run on screen')
      .locator('option:checked', { hasText: `Run ${number} ` })
      .waitFor({ state: 'attached' });
    await page.getByRole('status').filter({ hasText: 'Finished' }).waitFor({ timeout: 120_000 });
    const held = await measure(number);
    rows.push(held);
    const { run, heapMb, nodes, listeners, processMb, storedMb } = held;
    const cells = [
      String(run),
      heapMb.toFixed(2),
      String(nodes),
      String(listeners),
      processMb?.toFixed(0) ?? '-',
      storedMb.toFixed(1),
    ];
    console.log(cells.map((cell, i) => cell.padStart([6, 10, 10, 10, 12, 11][i] as number)).join(''));
  }
  const settled = rows.slice(SETTLED);
  const kilobytes = perRun(settled, ({ heapMb }) => heapMb * 1024);
  const nodes = perRun(settled, (held) => held.nodes);
  const megabytes = perRun(settled, ({ processMb }) => processMb ?? 0);
  console.log(
    `per run, from run ${SETTLED + 1} on: ${kilobytes.toFixed(1)} KB of heap, ${nodes.toFixed(1)} nodes, ${megabytes.toFixed(2)} MB of the processes`,
  );
  if (kilobytes > MOST_KILOBYTES) {
    console.log(`soak: expected at most ${MOST_KILOBYTES} KB of heap per run.`);
    process.exitCode = 1;
  }
} finally {
  await browser.close();
  await server.close();
}
