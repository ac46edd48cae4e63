// Stored runs: found in the Runs tab after a reload, opened with their charts, and their networks probed again.
import { expect, type Page, test } from '@playwright/test';

const SMALL =
  '/?v=1&data.rows=600&data.features=6&tasks.count=3&tasks.degrees=1,2&training.epochs=3&training.batchSize=64&model.feedForward=32&model.tower=16&baseline.hidden=16&baseline.embedding=4';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true });
const runStatus = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text });

test('a run is there after a reload, opens as it ended, and its networks answer', async ({ page }) => {
  await page.goto(SMALL);
  await button(page, 'Run').click();
  // The example has finished, too.
  await expect(page.getByLabel('Run on screen').locator('option:checked')).toHaveText(/^Run 1/);
  await expect(runStatus(page, 'Finished')).toBeVisible();
  await tab(page, 'Runs').click();
  const row = page.getByRole('row', { name: /Run 1/ });
  await expect(row).toContainText('Finished');
  await row.getByRole('button', { name: 'Star Run 1' }).click();
  await row.getByRole('button', { name: 'Details of Run 1' }).click();
  await page.getByLabel('Name', { exact: true }).fill('small one');
  await page.getByLabel('Name', { exact: true }).press('Enter');
  await expect(page.getByRole('row', { name: /small one/ })).toBeVisible();

  await page.reload();
  // The run that was on screen is there again, not the example.
  await expect(page.getByLabel('Run on screen').locator('option:checked')).toHaveText(/^Run 1/);
  await tab(page, 'Runs').click();
  const kept = page.getByRole('row', { name: /small one/ });
  await expect(kept).toContainText('Finished');
  await expect(kept.getByRole('button', { name: 'Star small one' })).toHaveAttribute('aria-pressed', 'true');
  await kept.getByRole('button', { name: 'small one', exact: true }).click();
  await expect(page.getByText(/mean of 3 tasks/).first()).toBeVisible();
  await expect(runStatus(page, 'Finished')).toBeVisible();
  await tab(page, 'Masks').click();
  await page.getByText('Tests', { exact: true }).click();
  await expect(page.getByText(/Measured on the first \d+ validation rows/).first()).toBeVisible();

  await tab(page, 'Runs').click();
  await page.getByRole('checkbox', { name: 'Choose small one' }).check();
  await button(page, 'Compare 1').click();
  await expect(page.getByRole('table', { name: '' }).first()).toContainText('small one');
  await expect(page.getByText('Validation metric of the models')).toBeVisible();
  await button(page, 'Baseline: ST-MLP').click();
  await expect(page.getByRole('rowheader', { name: 'small one, ST-MLP (baseline)' }).first()).toBeVisible();
  await page.getByText('All runs', { exact: true }).click();
  await button(page, 'Delete 1').press('Enter');
  await expect(page.getByText('No runs yet')).toBeVisible();
  await expect(button(page, 'Undo')).toBeFocused();
  await button(page, 'Undo').press('Enter');
  await expect(page.getByRole('row', { name: /small one/ })).toBeVisible();
});
