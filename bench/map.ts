// `npm run bench:map`: responsiveness of the Attention tab, with the production build in a headless Chromium: times between
// frames while a map of 2,048 x 2,048 cells is dragged, how long a new map blocks the page, and the time from a click on the
// tab to a painted map of 8 heads in 4 blocks. Beside each its cost for the page's main thread on the thread's own clock, which
// stands still while other processes have the processor. `--rounds N` (5)
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
/** Frames of a drag. */
const DRAGGED = 150;
const SMALL = 'v=1&training.epochs=1&model.feedForward=16&model.tower=8&view.tab=train';

async function trained(page: Page, query: string): Promise<void> {
  await page.goto(query);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'Finished' }).waitFor({ timeout: 300_000 });
}

/** Milliseconds between frames while the map is dragged back and forth. */
async function dragFrames(page: Page): Promise<number[]> {
  const map = page.getByRole('application', { name: /2,048 × 2,048/ });
  await map.waitFor({ timeout: 300_000 });
  for (let i = 0; i < 4; i++) await page.getByRole('button', { name: 'Zoom in' }).click();
  await map.scrollIntoViewIfNeeded();
  return map.evaluate(
    (element, frames) =>
      new Promise<number[]>((done) => {
        const box = element.getBoundingClientRect();
        const fire = (type: string, x: number) =>
          element.dispatchEvent(
            new PointerEvent(type, { bubbles: true, pointerId: 1, clientX: x, clientY: box.top + 200 }),
          );
        element.setPointerCapture = () => {};
        const times: number[] = [];
        let before = performance.now();
        const middle = box.left + box.width / 2;
        fire('pointerdown', middle);
        const next = (now: number) => {
          times.push(now - before);
          before = now;
          if (times.length > frames) {
            fire('pointerup', middle);
            done(times.slice(10));
            return;
          }
          fire('pointermove', middle + 250 * Math.sin(times.length / 12));
          requestAnimationFrame(next);
        };
        requestAnimationFrame(next);
      }),
    DRAGGED,
  );
}

/** Milliseconds from the click on the tab to the first frame with its map. */
const opening = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((done) => {
        const tab = [...document.querySelectorAll<HTMLElement>('[role=tab]')].find(
          (t) => t.textContent === 'Attention',
        );
        const started = performance.now();
        tab?.click();
        const look = () => {
          if (!document.querySelector('[role=application] canvas')) requestAnimationFrame(look);
          else requestAnimationFrame(() => requestAnimationFrame((now) => done(now - started)));
        };
        requestAnimationFrame(look);
      }),
  );

/** The page receives a smaller capture and then the large one again. */
async function recapture(page: Page): Promise<void> {
  for (const batch of ['64', '2048']) {
    await page.getByLabel('Batch', { exact: true }).selectOption(batch);
    const size = Number(batch).toLocaleString('en');
    await page
      .getByRole('application', { name: new RegExp(`${size} × ${size}`) })
      .waitFor({ timeout: 300_000 });
    await page.waitForTimeout(1500);
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const longest = (values: readonly number[]) => Math.max(...values);

buildPage();
const server = await preview({ root, configFile: path.join(root, 'vite.config.ts'), logLevel: 'warn' });
const base = server.resolvedUrls?.local[0];
const browser = await chromium.launch(launchOptions());
try {
  const page = await browser.newPage({ baseURL: base, viewport: { width: 1280, height: 900 } });
  // What tsx calls in functions that are handed to the page.
  await page.addInitScript('globalThis.__name = (f) => f');
  console.log(`Chromium ${browser.version()}, ${ROUNDS} rounds`);

  await trained(
    page,
    `/?${SMALL}&data.rows=2000&data.features=16&tasks.count=5&model.heads=8&model.blocks=4`,
  );
  const openings: number[] = [];
  const [openingCosts, openingTasks]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const tasks = await taskCosts(browser, page, async () => {
      openings.push(await opening(page));
    });
    openingCosts.push(sum(tasks));
    openingTasks.push(longest(tasks));
    await page.getByRole('tab', { name: 'Train' }).click();
    await page.waitForTimeout(300);
  }
  const thread = (at: (values: readonly number[]) => number | undefined) =>
    `${at(openingCosts)?.toFixed(0)} ms of the main thread, longest task ${at(openingTasks)?.toFixed(0)} ms`;
  console.log(
    `Attention tab, 8 heads x 4 blocks: ${openings[0]?.toFixed(0)} ms the first time (${thread((values) => values[0])}), median ${median(openings).toFixed(0)} ms (${thread(median)})`,
  );

  await trained(
    page,
    `/?${SMALL.replace('tab=train', 'tab=attention')}&data.rows=24000&data.features=4&tasks.count=2&training.batchSize=512&model.heads=1&model.attention=row_col&model.interSample=across-rows&view.layer=row&view.batch=2048`,
  );
  recordFigures([alone('opening the Attention tab, 8 heads x 4 blocks', 'ms', median(openings))]);
  const runs: number[][] = [];
  const dragCosts: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const tasks = await taskCosts(browser, page, async () => {
      runs.push(await dragFrames(page));
    });
    dragCosts.push(sum(tasks) / DRAGGED);
  }
  const all = runs.flat().sort((a, b) => a - b);
  const at = (share: number) => (all[Math.floor(share * (all.length - 1))] as number).toFixed(1);
  console.log(
    `Dragging 2,048 x 2,048 cells: ${at(0.5)} ms between frames (median), ${at(0.95)} ms (95 %), ${at(1)} ms (longest), ${all.length} frames; of the main thread ${median(dragCosts).toFixed(1)} ms per frame`,
  );
  recordFigures([alone('dragging, time between frames', 'ms', all[all.length >> 1] as number)]);
  const blocked: number[] = [];
  for (let round = 0; round < ROUNDS; round++)
    blocked.push(longest(await taskCosts(browser, page, () => recapture(page))));
  console.log(
    `A new map of 2,048 x 2,048 cells: longest task ${median(blocked).toFixed(0)} ms of the main thread (median), ${longest(blocked).toFixed(0)} ms (longest of ${ROUNDS})`,
  );
} finally {
  await browser.close();
  await server.close();
}
