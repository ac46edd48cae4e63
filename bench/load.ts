// `npm run bench:load`: time and memory for reading a large CSV into typed columns, in a headless Chromium; beside Papa Parse
// alone, which keeps nothing, and DuckDB-wasm if available. Each has its own browser, alternating.
// --rows N (1000000) · --rounds N (3) · --duckdb DIR, where `npm install --prefix DIR @duckdb/duckdb-wasm` was run
import { createWriteStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { createServer } from 'vite';
import { launchOptions } from '../scripts/ensureBrowser.mjs';
import { root } from '../scripts/tools.mjs';
import { rng } from '../src/engine/core/rng.ts';
import { alone, beside, recordFigures } from './figures.ts';
import type { Loaded, LoadRequest } from './loadPage.ts';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    duckdb: { type: 'string' },
  },
});
const ROWS = Number(options.rows);
const NUMBERS = 28;
const CLASSES = ['red', 'green', 'blue', 'a longer name of a class'];
const MIB = 2 ** 20;

/** 33 columns: 28 features of six digits, 3 of classes, a numeric target and a binary one. */
async function writeTable(file: string): Promise<void> {
  const random = rng(0, 'bench/load');
  const out = createWriteStream(file);
  const names = Array.from({ length: NUMBERS }, (_, i) => `x${i}`);
  out.write(`${[...names, 'c0', 'c1', 'c2', 'amount', 'label'].join(',')}\n`);
  for (let row = 0; row < ROWS; ) {
    let text = '';
    for (const end = Math.min(ROWS, row + 1000); row < end; row++) {
      const cells: (string | number)[] = [];
      for (let c = 0; c < NUMBERS; c++) cells.push((random.uniform() * 20 - 10).toFixed(6));
      for (let c = 0; c < 3; c++) cells.push(CLASSES[random.int(CLASSES.length)] as string);
      cells.push((random.uniform() * 100).toFixed(3), Number(random.uniform() < 0.3));
      text += `${cells.join(',')}\n`;
    }
    if (!out.write(text)) await new Promise<void>((drained) => out.once('drain', () => drained()));
  }
  await new Promise<void>((done) => out.end(done));
}

/** Resident bytes of all renderer processes below this one; null without /proc. */
function rendererBytes(): number | null {
  if (!existsSync('/proc/self/status')) return null;
  let most = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (!command.includes('--type=renderer') || !command.includes(MARK)) continue;
      const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
      most = Math.max(most, 1024 * Number(resident?.[1] ?? 0));
    } catch {
      // The process has ended meanwhile.
    }
  }
  return most;
}
/** Distinguishes this bench's browser from others on the machine. */
const MARK = `bench-load-${process.pid}`;

async function measure(file: string, url: string, request: LoadRequest) {
  const browser = await chromium.launch({
    ...launchOptions(),
    args: [...(launchOptions().args ?? []), `--user-agent=${MARK}`],
  });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error));
    await page.goto(url);
    await page.setInputFiles('input', file);
    await page.waitForFunction(() => window.load !== undefined);
    const before = rendererBytes();
    let peak = before ?? 0;
    const timer = setInterval(() => {
      peak = Math.max(peak, rendererBytes() ?? 0);
    }, 50);
    const loaded = await page.evaluate((wanted) => window.load?.(wanted), request);
    clearInterval(timer);
    return {
      ...(loaded as Loaded),
      peak: before === null ? null : peak - before,
      version: browser.version(),
    };
  } finally {
    await browser.close();
  }
}

const median = (numbers: readonly number[]) =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] as number;

const file = path.join(tmpdir(), `multitab-load-${ROWS}.csv`);
if (!existsSync(file)) await writeTable(file);
const { duckdb } = options;
const server = await createServer({
  configFile: false,
  root,
  appType: 'mpa',
  logLevel: 'error',
  server: { hmr: false, watch: null, fs: { allow: [root, ...(duckdb ? [path.resolve(duckdb)] : [])] } },
  worker: { format: 'es' },
  optimizeDeps: { include: ['papaparse', 'fflate', 'hyparquet'] },
});
await server.listen();
const url = `${server.resolvedUrls?.local[0]}bench/load.html`;
const requests: LoadRequest[] = [
  { who: 'ours' },
  { who: 'papaparse' },
  ...(duckdb
    ? [{ who: 'duckdb' as const, at: `/@fs${path.resolve(duckdb)}/node_modules/@duckdb/duckdb-wasm/dist` }]
    : []),
];
const results = new Map<string, { ms: number[]; peaks: number[]; typed: number }>();
try {
  for (let round = 0; round < Number(options.rounds); round++)
    for (const request of requests) {
      const { ms, rows, typed, peak, version } = await measure(file, url, request);
      if (round === 0 && request === requests[0])
        console.log(
          `Chromium ${version}, ${ROWS} rows of 33 columns, ${Math.round(statSync(file).size / MIB)} MiB`,
        );
      if (rows !== ROWS) throw new Error(`${request.who}: expected ${ROWS} rows, got ${rows}.`);
      const result = results.get(request.who) ?? { ms: [], peaks: [], typed };
      result.ms.push(ms);
      if (peak !== null) result.peaks.push(peak);
      results.set(request.who, result);
    }
} finally {
  await server.close();
}
const papa = median(results.get('papaparse')?.ms ?? [Number.NaN]);
const ours = results.get('ours');
for (const [who, { ms }] of results)
  if (ours && who !== 'ours')
    recordFigures([beside('seconds', 's', median(ours.ms) / 1000, who, median(ms) / 1000)]);
if (ours && ours.peaks.length > 0) recordFigures([alone('peak memory', 'MiB', median(ours.peaks) / MIB)]);
console.log('| | seconds (median) | of Papa Parse alone | peak MiB | of the typed columns |');
console.log('|---|---|---|---|---|');
for (const [who, { ms, peaks, typed }] of results) {
  const peak = peaks.length > 0 ? median(peaks) : Number.NaN;
  const ofTyped =
    typed > 0
      ? `${(peak / typed).toFixed(2)}x of ${Math.round(typed / MIB)} MiB`
      : who === 'duckdb'
        ? 'a table of its own'
        : 'keeps none';
  console.log(
    `| ${who} | ${(median(ms) / 1000).toFixed(1)} | ${(median(ms) / papa).toFixed(2)}x | ${(peak / MIB).toFixed(0)} | ${ofTyped} |`,
  );
}
