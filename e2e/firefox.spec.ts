// The main journey in Firefox, where Playwright's is installed (`npx playwright install firefox`). Nothing else needs it.
import { existsSync } from 'node:fs';
import { expect, firefox, test } from '@playwright/test';

const isInstalled = existsSync(firefox.executablePath());

test('Firefox runs an experiment and shows its gain and its attention', async ({ baseURL }) => {
  test.skip(
    !isInstalled,
    'Playwright has no Firefox here. `npx playwright install firefox` installs one; this journey then runs.',
  );
  // The options of the project are those of Chromium.
  const browser = await firefox.launch();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(
      `${baseURL}/#v=1&data.rows=200&data.features=4&tasks.count=2&training.epochs=1&model.width=8&model.heads=2&model.feedForward=8&model.tower=4&baseline.hidden=8&baseline.embedding=2`,
    );
    const run = page.getByRole('button', { name: 'Run', exact: true });
    await expect(run).toBeEnabled({ timeout: 60_000 });
    await run.click();
    await expect(page.getByLabel('Run on screen').locator('option:checked')).toHaveText(/^Run 1/);
    await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole('img', { name: /^Gain per task .*Task 2/ })).toBeVisible();
    await page.getByRole('tab', { name: 'Attention' }).click();
    await expect(page.getByRole('application', { name: /inter-feature attention/ }).first()).toBeVisible();
    expect(problems).toEqual([]);
  } finally {
    await browser.close();
  }
});
