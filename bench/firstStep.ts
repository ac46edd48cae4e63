// `npm run bench:first-step`: from the start of a run to the report of its first step on WebGPU, in a browser with an empty
// kernel cache, with kernels compiled ahead in parallel and with each compiled at its first launch. Alternating, a new browser
// every time, medians. Headless Chromium, so the adapter is the software one. `--rounds N` sets the number of rounds,
// `--only TEXT` takes the cases whose name has it.
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { createServer } from 'vite';
import { launchOptions } from '../scripts/ensureBrowser.mjs';
import { root } from '../scripts/tools.mjs';
import { median } from './clock.ts';
import { beside, recordFigures } from './figures.ts';
import { firstModels } from './firstRun.ts';
import type { FirstStep } from './firstStepPage.ts';
import { wholeNumber } from './options.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, only: { type: 'string', default: '' } },
});
const rounds = wholeNumber('rounds', values.rounds);

const CASES = firstModels({ experts: 4, expert: [32], tower: [16], embedding: 4 });

const server = await createServer({
  configFile: false,
  root,
  appType: 'mpa',
  logLevel: 'error',
  server: { hmr: false, watch: null },
});
await server.listen();

async function inNewBrowser<T>(work: (page: Page) => Promise<T>): Promise<T> {
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage();
    await page.goto(`${server.resolvedUrls?.local[0]}bench/firstStep.html`);
    await page.waitForFunction(() => window.firstStep);
    return await work(page);
  } finally {
    await browser.close();
  }
}

const measure = (model: object, ahead: boolean): Promise<FirstStep> =>
  inNewBrowser((page) => page.evaluate(([m, a]) => window.firstStep(m, a), [model, ahead] as const));

try {
  // Vite then discovers and bundles the page's imports, which reloads it.
  await inNewBrowser((page) => page.waitForTimeout(3000));
  console.log(`Seconds to the report of the first step, median of ${rounds}; longest pause of the page.\n`);
  console.log('case                        kernels  ahead s  in turn s  ratio   pause ahead  in turn');
  for (const [name, model] of CASES.filter(([name]) => name.includes(values.only))) {
    const measured: Record<'ahead' | 'inTurn', FirstStep[]> = { ahead: [], inTurn: [] };
    for (let round = 0; round < rounds; round++)
      for (const ahead of round % 2 === 0 ? [true, false] : [false, true])
        measured[ahead ? 'ahead' : 'inTurn'].push(await measure(model, ahead));
    const of = (kind: 'ahead' | 'inTurn', key: 'ms' | 'pauseMs') =>
      median(measured[kind].map((m) => m[key])) / 1000;
    const kernels = measured.ahead[0]?.kernels ?? 0;
    recordFigures([beside(name, 's', of('ahead', 'ms'), 'kernels compiled in turn', of('inTurn', 'ms'))]);
    console.log(
      [
        name.padEnd(27),
        String(kernels).padStart(8),
        of('ahead', 'ms').toFixed(1).padStart(9),
        of('inTurn', 'ms').toFixed(1).padStart(11),
        `${(of('inTurn', 'ms') / of('ahead', 'ms')).toFixed(2)}x`.padStart(7),
        `${of('ahead', 'pauseMs').toFixed(2)} s`.padStart(14),
        `${of('inTurn', 'pauseMs').toFixed(2)} s`.padStart(9),
      ].join(''),
    );
  }
} finally {
  await server.close();
}
