// A sweep from its settings to its picture, with a reload in the middle: every run is made once, and cells fill up and open
// their runs.
import { expect, type Page, test } from '@playwright/test';
import { glimpse } from './glimpse.ts';

const SMALL =
  '/?v=1&data.rows=600&data.features=6&tasks.count=3&tasks.degrees=1,2&training.epochs=6&training.batchSize=64&model.feedForward=32&model.tower=16&baseline.hidden=16&baseline.embedding=4&view.tab=runs&view.runs=sweeps';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('a sweep is written, trained over a reload, and opens the runs of a cell', async ({ page }) => {
  await page.goto(SMALL);
  await page.getByLabel('Add a setting').selectOption('tasks.rho');
  await page.getByLabel('Cosine', { exact: true }).last().fill('0, much');
  await expect(page.getByText(/got "?much/)).toBeVisible();
  await page.getByLabel('Cosine', { exact: true }).last().fill('0..0.8 by 0.8');
  await page.getByLabel('Seeds', { exact: true }).last().fill('0..1');
  await expect(page.getByText('4 runs')).toBeVisible();
  const inTheMiddle = glimpse(page, /[123] of 4 runs/);
  await button(page, 'Start the sweep').click();
  const said = page.getByRole('listitem').filter({ has: page.getByRole('progressbar') });
  await inTheMiddle;
  await page.reload();
  await expect(said).toContainText('4 of 4 runs, done');

  const map = page.getByRole('grid').or(page.getByRole('application')).first();
  await expect(page.getByRole('heading', { name: 'Gain, mean over tasks', exact: true })).toBeVisible();
  await map.click();
  // Two cells, of which at least one is on the front.
  await expect(page.getByRole('region', { name: 'One task against another', exact: true })).toContainText(
    /No other cell beats in both: \S/,
  );
  const cell = page.getByRole('region', { name: 'Runs of the chosen cell' });
  await expect(cell.getByText('finished')).toHaveCount(2);
  await cell
    .getByRole('button', { name: /^Open / })
    .first()
    .click();
  await expect(page.getByRole('tab', { name: 'Train', exact: true })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await expect(page.getByText(/mean of 3 tasks/).first()).toBeVisible();

  await page.getByRole('tab', { name: 'Runs', exact: true }).click();
  await page.getByText('All runs', { exact: true }).click();
  // No run was trained twice.
  await expect(page.getByRole('row')).toHaveCount(5);
});
