// Every error says where it is, what it is and what to do, and leaves the page usable.
import { expect, type Page, test } from '@playwright/test';
import { OTHER_HOST, PORT } from '../playwright.config.ts';

const SMALL =
  '/?v=1&data.rows=600&data.features=6&tasks.count=3&tasks.degrees=1,2&training.batchSize=64&model.feedForward=32&model.tower=16&baseline.hidden=16&baseline.embedding=4';
const shownRun = (page: Page) => page.getByLabel('Run on screen').locator('option:checked');
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** A pause writes its checkpoint before it takes another step. */
async function pausedWithCheckpoint(page: Page) {
  for (const step of [1, 2]) {
    await button(page, 'Step').click();
    await expect(page.getByText(`Step ${step}`, { exact: true })).toBeVisible();
  }
}

test('a broken link names every setting it could not read and opens with the rest', async ({ page }) => {
  await page.goto('/?v=1&model.heads=two&tasks.rho=0.25&nonsense=1');
  await expect(page.getByText('2 settings of this link were not understood')).toBeVisible();
  await expect(
    page.getByText(/model.params.heads: expected an integer from 1 to 16, got "two"/),
  ).toBeVisible();
  await expect(page.getByLabel('Cosine, exact value')).toHaveValue('0.25');
  await button(page, 'Dismiss').click();
  await expect(button(page, 'Run')).toBeEnabled();
});

test('an impossible setting is refused at its field with the bound', async ({ page }) => {
  await page.goto(SMALL);
  await expect(button(page, 'Run')).toBeEnabled();
  await page.getByLabel('Cosine, exact value').fill('-0.9');
  await page.getByLabel('Cosine, exact value').press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: '= -0.5000 to 1' })).toBeVisible();
  await expect(button(page, 'Run')).toBeDisabled();
  await page.getByRole('button', { name: 'Reset Cosine' }).click();
  await expect(button(page, 'Run')).toBeEnabled();
});

test('a run that diverges says where, keeps the curves and offers the remedy, over plain http too', async ({
  page,
}) => {
  const diverging =
    '&tasks.degrees=1,6&data.standardiseTargets=false&training.optimizer=sgd&training.learningRate=1&baseline=none';
  const plainHttp = `http://${OTHER_HOST}:${PORT}`;
  await page.goto(
    plainHttp +
      SMALL.replace('&baseline.hidden=16&baseline.embedding=4', '').replace('&tasks.degrees=1,2', '') +
      diverging,
  );
  await expect(page.getByText('This page came over plain http')).toBeVisible();
  expect(await page.evaluate(() => [isSecureContext, 'randomUUID' in crypto])).toEqual([false, false]);
  await expect(button(page, 'Run')).toBeEnabled();
  await button(page, 'Run').click();
  await expect(page.getByRole('heading', { name: /Run stopped at step \d+/ })).toBeVisible();
  await expect(page.getByText('First bad tensor')).toBeVisible();
  // Said before the first step, and where its losses are drawn.
  await expect(page.getByRole('region', { name: 'Loss per task', exact: true }).first()).toContainText(
    /starts with \d+ % of the sum of the losses/,
  );
  await expect(page.getByText('Standardise the targets')).toBeVisible();
  const saved = page.waitForEvent('download');
  await button(page, 'Copy report').click();
  expect((await saved).suggestedFilename()).toBe('report.json');
  await page.getByRole('button', { name: /Run again with 2 changes/ }).click();
  await expect(shownRun(page)).toHaveText('Run 2 · MultiTab-Net');
  await expect(page.getByRole('status').filter({ hasText: /Running|Finished/ })).toBeVisible();
});

test('a hand-edited experiment file is refused with its faults, and the experiment stays', async ({
  page,
}) => {
  await page.goto(SMALL);
  await expect(button(page, 'Run')).toBeEnabled();
  const upload = async (text: string) =>
    page.getByLabel('Open a file').setInputFiles({
      name: 'mine.json',
      mimeType: 'application/json',
      buffer: Buffer.from(text),
    });
  await upload('{"version": 1, "training": {"epochs": -3}}');
  await expect(page.getByText('mine.json was not opened')).toBeVisible();
  await expect(page.getByText(/training.epochs: expected an integer from 1 to 1000, got -3/)).toBeVisible();
  await upload('{"version": 1,');
  await expect(page.getByText(/mine.json, line 1: expected a table as JSON/)).toBeVisible();
  await expect(page.getByLabel('Count, exact value')).toHaveValue('3');
});

test('a dead worker is reported, with a word or without, its curves stay, and its run goes on', async ({
  page,
}) => {
  await page.clock.install();
  await page.goto(`${SMALL}&training.epochs=1000`);
  await expect(button(page, 'Run')).toBeEnabled();
  await pausedWithCheckpoint(page);
  await page.workers()[0]?.evaluate(() => self.close());
  await page.clock.runFor(30_000);
  await expect(page.getByText('The engine is silent')).toBeVisible();
  await page.getByRole('button', { name: /^Restart and go on from step \d+$/ }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Running' })).toBeVisible();
  await page.workers()[0]?.evaluate(() => {
    setTimeout(() => {
      throw new Error('broken on purpose');
    });
  });
  await expect(page.getByText('The engine stopped', { exact: true })).toBeVisible();
  await expect(shownRun(page)).toHaveText('Run 1 · MultiTab-Net');
  await button(page, 'Restart engine').click();
  await expect(button(page, 'Run')).toBeEnabled();
});

test('a reload in mid-run offers to go on, in the tab that ran it alone', async ({ page, context }) => {
  await page.goto(`${SMALL}&training.epochs=1000`);
  await expect(button(page, 'Run')).toBeEnabled();
  await pausedWithCheckpoint(page);
  const other = await context.newPage();
  await other.goto(SMALL);
  await expect(button(other, 'Run')).toBeEnabled();
  await expect(other.getByText('A run was interrupted')).toBeHidden();
  await other.close();
  await page.reload();
  await page.getByRole('button', { name: /Go on from step \d+/ }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Running' })).toBeVisible();
  await button(page, 'Stop').click();
  await expect(page.getByRole('status').filter({ hasText: 'Stopped' })).toBeVisible();
});

test('a file that is no table is refused with the reason', async ({ page }) => {
  await page.goto('/?v=1&data=table');
  await expect(page.getByText(/penguins.csv: 344 rows/)).toBeVisible();
  const upload = page.getByLabel('Choose a table', { exact: true });
  // It is read by a worker inside the engine's worker.
  await upload.setInputFiles('src/engine/data/formats/testing/files/ref_nocat.hdf5');
  await expect(page.getByText(/ref_nocat.hdf5: 100 rows/)).toBeVisible();
  await upload.setInputFiles({
    name: 'noise.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from([0, 255, 254, 1, 2, 3, 0, 0]),
  });
  await expect(page.getByText(/noise.csv/).first()).toBeVisible();
  await expect(button(page, 'Run')).toBeDisabled();
});
