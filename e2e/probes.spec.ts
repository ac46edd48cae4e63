// Long measurements show their progress and can be stopped, and the run continues.
import { expect, test } from '@playwright/test';
import { glimpse } from './glimpse.ts';

const WIDE =
  '/?v=1&data.rows=600&data.features=500&tasks.count=2&training.epochs=2&training.batchSize=64&model.width=8&model.heads=2&model.feedForward=8&model.tower=4&baseline.hidden=8&baseline.embedding=2&view.tab=mask-tests';

test('tests of the masks of 500 tokens tell their progress, and Stop ends them alone', async ({ page }) => {
  await page.goto(WIDE);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await expect(button('Step')).toBeEnabled();
  const told = glimpse(page, /Testing the masks: .*, \d+ of \d+/);
  await button('Step').click();
  await told;
  const progress = page.getByRole('status').filter({ hasText: /^Testing the masks: .*, \d+ of \d+$/ });
  await page.getByRole('tabpanel').getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(page.getByText('Testing the masks: stopped.')).toBeVisible();
  await expect(progress).toBeHidden();
  await button('Measure again').click();
  await expect(page.getByText('Testing the masks: stopped.')).toBeHidden();
  // Looking at another tab stops it too, and the run takes its next step.
  await page.getByRole('tab', { name: 'Train' }).click();
  await button('Step').click();
  await expect(page.getByText(/step 2\b/i).first()).toBeVisible();
});

test('a link of before opens the tab by its earlier name', async ({ page }) => {
  await page.goto('/?v=1&view.tab=proof');
  await expect(page.getByRole('tab', { name: 'Masks' })).toHaveAttribute('aria-selected', 'true');
});
