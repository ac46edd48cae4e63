// The main journey in browsers that Playwright does not bring, where they are installed, and in Chromium: all must show the
// same numbers. No other test needs these browsers.
import { expect, type Page, test } from '@playwright/test';
import { type Driver, xpathOf } from './webdriver/driver.ts';
import { firefoxPath, startFirefox } from './webdriver/firefox.ts';
import { startWebkit, webkitMissing } from './webdriver/webkit.ts';

const firefox = firefoxPath();
const BROWSERS: readonly { name: string; missing: string | null; start(): Promise<Driver> }[] = [
  {
    name: 'Firefox',
    missing: firefox ? null : 'There is no Firefox here: `apt-get install firefox-esr`.',
    start: () => startFirefox(firefox as string),
  },
  { name: 'WebKitGTK', missing: webkitMissing(), start: startWebkit },
];

// The test reads the page by evaluating expressions, which the page's own content policy would refuse.
test.use({ bypassCSP: true });

const LINK =
  '#v=1&data.rows=200&data.features=4&tasks.count=2&training.epochs=1&model.width=8&model.heads=2&model.feedForward=8&model.tower=4&baseline.hidden=8&baseline.embedding=2';

/** Chromium behind the same interface as the other browsers. */
const ofPlaywright = (page: Page): Pick<Driver, 'goTo' | 'until' | 'click'> => ({
  goTo: async (url) => void (await page.goto(url)),
  until: async (_what, expression) => {
    const handle = await page.waitForFunction(expression);
    return handle.jsonValue();
  },
  click: (xpath) => page.locator(`xpath=${xpath}`).first().click(),
});

const all = (selector: string) => `[...document.querySelectorAll('${selector}')]`;

/**
 * Opens the page, runs, and looks at gain and attention. @returns the backend that was used, and the shown numbers of baseline
 * and model per task
 */
async function mainJourney({ goTo, until, click }: Pick<Driver, 'goTo' | 'until' | 'click'>, url: string) {
  await goTo(url);
  await until(
    'a Run that can be pressed',
    `${all('header button')}.some((b) => b.textContent.trim() === 'Run' && !b.disabled)`,
  );
  await click(xpathOf('button', 'Run'));
  await until(
    'run 1 to finish',
    `/^Run 1/.test(document.querySelector('[aria-label="Run on screen"]')?.selectedOptions[0].text ?? '') && ${all('[role=status]')}.some((s) => s.textContent.trim() === 'Finished')`,
  );
  await until(
    'the gain of both tasks',
    `${all('[role=img]')}.some((e) => /^Gain per task .*Task 2/.test(e.getAttribute('aria-label') ?? ''))`,
  );
  const numbers = (await until(
    'a table with baseline and model',
    `(() => {
      const table = ${all('table')}.find((t) => /Baseline\\s+Model/.test(t.tHead?.innerText ?? ''));
      const rows = table && [...table.tBodies[0].rows].filter((r) => /Task \\d/.test(r.cells[0].innerText));
      return rows?.length ? rows.map((r) => [r.cells[3].innerText, r.cells[4].innerText]) : null;
    })()`,
  )) as string[][];
  await click(xpathOf('button', 'Attention'));
  await until(
    'a map of attention',
    `${all('[role=application]')}.some((e) => /inter-feature attention/.test(e.getAttribute('aria-label') ?? ''))`,
  );
  const alerts = await until('no alerts', `${all('[role=alert]')}.map((e) => e.innerText)`);
  expect(alerts).toEqual([]);
  await click("//button[starts-with(@aria-label, 'Backend')]");
  const backend = (await until(
    'the name of the backend',
    `${all('dd')}.map((e) => e.innerText).find((t) => /^(wasm|webgpu|cpu) \\(/.test(t)) ?? null`,
  )) as string;
  return { backend, numbers };
}

const numberOf = (text: string) => Number(text.replace('−', '-'));

for (const { name, missing, start } of BROWSERS)
  test(`${name} runs an experiment, shows gain and attention, and its numbers are those of Chromium`, async ({
    page,
    baseURL,
  }) => {
    test.skip(missing !== null, `${missing} This journey then runs.`);
    const url = `${baseURL}/${LINK}`;
    // One that is installed may still refuse to be driven, such as a snap without access to the profile: not a fault of the page.
    const browser = await start().catch((error: Error) => error);
    test.skip(browser instanceof Error, `${name} is installed and could not be driven: ${String(browser)}`);
    if (browser instanceof Error) return;
    try {
      const there = await mainJourney(browser, url);
      const here = await mainJourney(ofPlaywright(page), url);
      expect(there.numbers).toHaveLength(2);
      // Rounding differs with and without relaxed SIMD; the page says which of them is used.
      if (there.backend === here.backend) expect(there.numbers).toEqual(here.numbers);
      else
        for (const [i, row] of there.numbers.entries())
          for (const [k, value] of row.entries())
            expect(numberOf(value)).toBeCloseTo(numberOf(here.numbers[i]?.[k] ?? ''), 2);
    } finally {
      await browser.close();
    }
  });
