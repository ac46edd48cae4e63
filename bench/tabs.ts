// `npm run bench:tabs`: opening every tab for the first time after a run, with the production build in a headless Chromium: the
// longest task of the page's main thread and all of its tasks, on the thread's own clock, which stands still while other
// processes have the processor; the wall time until nothing in the panel changes any more; and layout shift. `--rounds N` (5)
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
/** Milliseconds without a change after which a panel is complete: longer than measurements after a run take. */
const QUIET_MS = 700;
const CASES = [
  { name: 'default', query: 'v=1&data.rows=4000&training.epochs=4' },
  {
    name: '20 tasks, 100 features',
    query: 'v=1&data.rows=1500&data.features=100&tasks.count=20&training.epochs=2&training.batchSize=256',
  },
] as const;

interface Opening {
  drawnMs: number;
  shift: number;
}

/** Opens a tab, and returns when its panel has not changed for a while. */
const open = (page: Page, tab: string): Promise<Opening> =>
  page.evaluate(
    ({ label, quietMs }) =>
      new Promise<Opening>((done) => {
        const panel = document.getElementById('panel');
        const button = [...document.querySelectorAll<HTMLElement>('[role=tab]')].find(
          (t) => t.textContent === label,
        );
        if (!panel || !button) throw new Error(`expected a tab ${label} and its panel`);
        let shift = 0;
        const shifts = new PerformanceObserver((list) => {
          for (const entry of list.getEntries())
            shift += (entry as PerformanceEntry & { value: number }).value;
        });
        shifts.observe({ type: 'layout-shift' });
        const started = performance.now();
        let changed = started;
        const changes = new MutationObserver(() => {
          changed = performance.now();
        });
        changes.observe(panel, { childList: true, subtree: true, attributes: true, characterData: true });
        button.click();
        const look = () => {
          if (performance.now() - changed < quietMs) return setTimeout(look, 50);
          changes.disconnect();
          shifts.disconnect();
          return done({ drawnMs: changed - started, shift });
        };
        setTimeout(look, 50);
      }),
    { label: tab, quietMs: QUIET_MS },
  );

interface Measured extends Opening {
  longestMs: number;
  threadMs: number;
}

async function measure(page: Page, tab: string): Promise<Measured> {
  let opening: Opening = { drawnMs: Number.NaN, shift: Number.NaN };
  const tasks = await taskCosts(browser, page, async () => {
    opening = await open(page, tab);
  });
  return { ...opening, longestMs: Math.max(...tasks), threadMs: tasks.reduce((sum, ms) => sum + ms, 0) };
}

buildPage();
const server = await preview({ root, configFile: path.join(root, 'vite.config.ts'), logLevel: 'warn' });
const base = server.resolvedUrls?.local[0] ?? '';
const browser = await chromium.launch(launchOptions());
console.log(
  `Chromium ${browser.version()}, median of ${ROUNDS} first openings; the panel open before each is Train`,
);
try {
  for (const { name, query } of CASES) {
    const all = new Map<string, Measured[]>();
    for (let round = 0; round < ROUNDS; round++) {
      const context = await browser.newContext({ baseURL: base, viewport: { width: 1280, height: 900 } });
      const page = await context.newPage();
      // A helper that tsx calls in functions that are passed to the page.
      await page.addInitScript('globalThis.__name = (f) => f');
      await page.goto(`/?${query}&view.tab=train`);
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByRole('status').filter({ hasText: 'Finished' }).waitFor({ timeout: 300_000 });
      const tabs = await page.getByRole('tab').allInnerTexts();
      for (const tab of tabs.filter((label) => label !== 'Train')) {
        all.set(tab, [...(all.get(tab) ?? []), await measure(page, tab)]);
        await open(page, 'Train');
      }
      await context.close();
    }
    console.log(`${name}\n${'tab'.padEnd(12)}longest task  main thread  until drawn  layout shift`);
    for (const [tab, measured] of all) {
      const of = (key: keyof Measured) => median(measured.map((m) => m[key]));
      const cell = (value: number, width: number) => `${value.toFixed(0)} ms`.padStart(width);
      console.log(
        `${tab.padEnd(12)}${cell(of('longestMs'), 12)}${cell(of('threadMs'), 13)}${cell(of('drawnMs'), 13)}${of('shift').toFixed(3).padStart(14)}`,
      );
      recordFigures([alone(`${name}: ${tab}, longest task`, 'ms', of('longestMs'))]);
    }
  }
} finally {
  await browser.close();
  await server.close();
}
