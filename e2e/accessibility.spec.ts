// axe on every tab, with the example and with a run, light and dark, wide and narrow: nothing violated, and nothing that axe cannot
// decide by itself.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

const SMALL =
  '/?v=1&data.rows=200&data.features=4&tasks.count=2&training.epochs=1&model.width=8&model.heads=2&model.feedForward=8&model.tower=4&baseline.hidden=8&baseline.embedding=2&compare=mmoe';

/** What axe finds on the tab that is open, as lines to read. */
async function findings(page: Page, where: string): Promise<string[]> {
  const { violations, incomplete } = await new AxeBuilder({ page }).analyze();
  const lines = (kind: string, found: typeof violations) =>
    found.flatMap(({ id, nodes }) =>
      nodes.map((n) => `${where} ${kind} ${id}: ${n.target.join(' ')} ${n.any[0]?.message ?? n.html}`),
    );
  return [...lines('violates', violations), ...lines('undecided', incomplete)];
}

async function allTabs(page: Page, where: string): Promise<string[]> {
  const found: string[] = [];
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click();
    await expect(page.locator('#panel [aria-busy="true"]')).toHaveCount(0);
    const name = await tab.innerText();
    if (name === 'Masks') {
      for (const view of ['What if', 'Tests', 'Rows', 'Paint']) {
        await page.getByRole('tabpanel').getByText(view, { exact: true }).first().click();
        found.push(...(await findings(page, `${where}, Masks, ${view}:`)));
      }
    } else found.push(...(await findings(page, `${where}, ${name}:`)));
  }
  return found;
}

test('no tab violates a rule of axe, with the example or with a run', async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto(SMALL);
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
  await expect(page.getByText('Gain over single-task baseline')).toBeVisible();
  const found = await allTabs(page, 'example');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByLabel('Run on screen').locator('option:checked')).toHaveText(/^Run 1/);
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Use the dark theme' }).click();
  found.push(...(await allTabs(page, 'run, dark')));
  expect(found.join('\n')).toBe('');
});
