// `npm run bench:runs`: responsiveness of the list with 2,000 kept runs, with the production build in a headless Chromium:
// reading the list from storage, the time from a click on the tab to its rows, and the times between frames while it scrolls;
// and how long reading an archive near the limit takes. Beside each its cost for the page's main thread on the thread's own clock,
// which stands still while other processes have the processor. `--rounds N` (5)
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { preview } from 'vite';
import { taskCosts } from '../e2e/pageTasks.ts';
import { launchOptions } from '../scripts/ensureBrowser.mjs';
import { root } from '../scripts/tools.mjs';
import { median } from './clock.ts';
import { alone, recordFigures } from './figures.ts';
import { wholeNumber } from './options.ts';
import { buildPage } from './pageBuild.ts';

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const ROUNDS = wholeNumber('rounds', options.rounds);
const RUNS = 2000;
/** Frames at the start of scrolling. */
const SKIPPED = 10;
const ARCHIVE_BYTES = 99 * 1024 * 1024;
const SMALL =
  '/?v=1&data.rows=600&data.features=6&tasks.count=3&training.epochs=20&training.batchSize=64&model.feedForward=32&model.tower=16&baseline.hidden=16&baseline.embedding=4';

/** Deletes the runs of the archive. */
const clearArchived = async () => {
  const open = indexedDB.open('multitab-workbench');
  await new Promise((resolve) => {
    open.onsuccess = resolve;
  });
  const change = open.result.transaction(['runEntries', 'runs', 'runParts'], 'readwrite');
  const own = IDBKeyRange.bound('archived-', 'archived-\uffff');
  change.objectStore('runEntries').delete(own);
  change.objectStore('runs').delete(own);
  change.objectStore('runParts').delete(IDBKeyRange.bound(['archived-'], ['archived-\uffff']));
  await new Promise((resolve) => {
    change.oncomplete = resolve;
  });
  open.result.close();
};

/** Copies the one kept run, with its record and its parts. */
const copyRun = (page: Page): Promise<number> =>
  page.evaluate(async (count) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const db = await done(indexedDB.open('multitab-workbench'));
    const stores = ['runEntries', 'runs', 'runParts'];
    const read = db.transaction(stores);
    const [[entry], [record], parts] = await Promise.all([
      done(read.objectStore('runEntries').getAll()),
      done(read.objectStore('runs').getAll()),
      done(read.objectStore('runParts').getAll()),
    ]);
    for (let i = 1; i < count; i++) {
      const write = db.transaction(stores, 'readwrite');
      const own = {
        runId: `copy-${i}`,
        number: i + 1,
        createdAt: new Date(Date.parse(entry.createdAt) + 60_000 * i).toISOString(),
      };
      write.objectStore('runEntries').put({ ...entry, ...own });
      write.objectStore('runs').put({ ...record, ...own });
      for (const part of parts) write.objectStore('runParts').put({ ...part, runId: own.runId });
      await new Promise((resolve) => {
        write.oncomplete = resolve;
      });
    }
    db.close();
    return JSON.stringify(entry).length;
  }, RUNS);

/** Milliseconds for reading all entries, as the page does at its start. */
const readIndex = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((done) => {
        const open = indexedDB.open('multitab-workbench');
        open.onsuccess = () => {
          const started = performance.now();
          const request = open.result
            .transaction('runEntries')
            .objectStore('runEntries')
            .index('createdAt')
            .getAll();
          request.onsuccess = () => {
            done(performance.now() - started);
            open.result.close();
          };
        };
      }),
  );

/** Milliseconds from a click on the tab to the first frame with its rows. */
const opening = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((done) => {
        const tab = [...document.querySelectorAll<HTMLElement>('[role=tab]')].find(
          (t) => t.textContent === 'Runs',
        );
        const started = performance.now();
        tab?.click();
        const look = () => {
          if (document.querySelectorAll('table[aria-rowcount] tbody tr').length < 10)
            requestAnimationFrame(look);
          else requestAnimationFrame((now) => done(now - started));
        };
        requestAnimationFrame(look);
      }),
  );

/** Milliseconds between frames while the whole list scrolls. */
const scrollFrames = (page: Page): Promise<number[]> =>
  page.evaluate(
    (skipped) =>
      new Promise<number[]>((done) => {
        const list = document.querySelector('section[aria-label="List of runs"]') as HTMLElement;
        const times: number[] = [];
        let before = performance.now();
        const next = (now: number) => {
          times.push(now - before);
          before = now;
          if (times.length > 150) {
            done(times.slice(skipped));
            return;
          }
          list.scrollTop += 240;
          requestAnimationFrame(next);
        };
        requestAnimationFrame(next);
      }),
    SKIPPED,
  );

/** An archive just below the limit: copies of the one kept run. */
async function largeArchive(page: Page): Promise<{ file: string; runs: number; bytes: number }> {
  await page.getByRole('tab', { name: 'Runs' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /^Export with weights/ }).click(),
  ]);
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
  const run = lines.pop() ?? '';
  const [, runId = ''] = /"runId":"([^"]+)"/.exec(run) ?? [];
  const runs = Math.floor(ARCHIVE_BYTES / Buffer.byteLength(run));
  for (let i = 0; i < runs; i++) lines.push(run.replaceAll(runId, `archived-${i}`));
  const file = path.join(tmpdir(), `archive-${process.pid}.jsonl`);
  const text = `${lines.join('\n')}\n`;
  await writeFile(file, text);
  return { file, runs, bytes: Buffer.byteLength(text) };
}

/** Seconds until it has been read, and what the tasks of the main thread cost meanwhile. */
async function importing(page: Page, file: string): Promise<{ seconds: number; tasks: number[] }> {
  const started = performance.now();
  let seconds = 0;
  const tasks = await taskCosts(browser, page, async () => {
    await page.locator('input[type=file][accept=".jsonl"]').setInputFiles(file);
    await page.getByText(/runs imported/).waitFor({ timeout: 600_000 });
    seconds = (performance.now() - started) / 1000;
  });
  return { seconds, tasks };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

buildPage();
const server = await preview({ root, configFile: path.join(root, 'vite.config.ts'), logLevel: 'warn' });
const base = server.resolvedUrls?.local[0];
const browser = await chromium.launch(launchOptions());
try {
  const page = await browser.newPage({ baseURL: base, viewport: { width: 1280, height: 900 } });
  // What tsx calls in functions that are handed to the page.
  await page.addInitScript('globalThis.__name = (f) => f');
  await page.goto(SMALL);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'Running' }).waitFor();
  await page.getByRole('status').filter({ hasText: 'Finished' }).waitFor({ timeout: 300_000 });
  await page.waitForTimeout(500);
  const archive = await largeArchive(page);
  const read = await importing(page, archive.file);
  await rm(archive.file);
  console.log(
    `An archive of ${archive.runs} runs, ${(archive.bytes / 1024 / 1024).toFixed(0)} MB: read in ${read.seconds.toFixed(1)} s, of which the main thread computes ${(sum(read.tasks) / 1000).toFixed(1)} s, ${Math.max(...read.tasks).toFixed(0)} ms at most at a time`,
  );
  await page.evaluate(clearArchived);
  const entryBytes = await copyRun(page);
  console.log(`Chromium ${browser.version()}, ${RUNS} runs, ${entryBytes} characters of JSON per entry`);
  const first: number[] = [];
  const later: number[] = [];
  const reads: number[] = [];
  const frames: number[] = [];
  const [openingCosts, frameCosts, longestTasks]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    await page.goto('/');
    await page.getByRole('tab', { name: 'Runs' }).waitFor();
    await page.waitForTimeout(2000);
    reads.push(await readIndex(page));
    openingCosts.push(
      sum(
        await taskCosts(browser, page, async () => {
          first.push(await opening(page));
        }),
      ),
    );
    let count = 0;
    const scrolling = await taskCosts(browser, page, async () => {
      const times = await scrollFrames(page);
      count = times.length + SKIPPED;
      frames.push(...times);
    });
    frameCosts.push(sum(scrolling) / count);
    longestTasks.push(Math.max(...scrolling));
    await page.getByRole('tab', { name: 'Train' }).click();
    await page.waitForTimeout(300);
    later.push(await opening(page));
  }
  const text = (values: number[]) =>
    `${median(values).toFixed(0)} ms (median), ${Math.max(...values).toFixed(0)} ms (longest)`;
  console.log(`Reading the list from storage: ${text(reads)}`);
  console.log(
    `From a click on Runs to its rows, first time after loading: ${text(first)}, of the main thread ${text(openingCosts)}; again: ${text(later)}`,
  );
  const sorted = frames.sort((a, b) => a - b);
  recordFigures([
    alone('importing an archive', 's', read.seconds),
    alone('reading the list from storage', 'ms', median(reads)),
    alone('opening the tab, the first time', 'ms', median(first)),
    alone('opening it again', 'ms', median(later)),
    alone('scrolling, time between frames', 'ms', sorted[sorted.length >> 1] as number),
  ]);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] as number).toFixed(1);
  console.log(
    `Scrolling: ${at(0.5)} ms between frames (median), ${at(0.95)} ms (95 %), ${at(1)} ms (longest); of the main thread ${median(frameCosts).toFixed(1)} ms per frame (median of ${ROUNDS}), longest task ${text(longestTasks)}`,
  );
} finally {
  await browser.close();
  await server.close();
}
