// Checks of the page as a whole: size, security, narrow screens, the software GPU.
import { expect, test } from '@playwright/test';
import { firstLoad, pageScripts } from '../scripts/bundleSize.mjs';

test('the first load is at most 300 KB compressed', () => {
  const files = firstLoad();
  expect(files.length).toBeGreaterThanOrEqual(2);
  const bytes = files.reduce((sum, f) => sum + f.gzipBytes, 0);
  expect(bytes, JSON.stringify(files.map((f) => [f.file, f.gzipBytes]))).toBeLessThanOrEqual(300_000);
});

test('no script of the page holds tfjs', () => {
  // Members of its engine and of what it registers. They keep their names when scripts are minified.
  const marks = ['numDataIds', 'kernelName', 'gradFunc', 'dataMover'];
  const scripts = pageScripts();
  expect(scripts.length).toBeGreaterThan(10);
  const found = scripts.flatMap(({ file, text }) =>
    marks.filter((mark) => text.includes(mark)).map((mark) => `${file}: ${mark}`),
  );
  expect(found).toEqual([]);
});

test('nothing is loaded from elsewhere and the content policy is never violated', async ({ page }) => {
  const problems: string[] = [];
  const foreign: string[] = [];
  page.on('console', (m) => {
    if (m.type() === 'error') problems.push(m.text());
  });
  page.on('pageerror', (e) => problems.push(e.message));
  page.on('request', (r) => {
    if (!r.url().startsWith('http://localhost') && !r.url().startsWith('blob:')) foreign.push(r.url());
  });
  await page.goto('/');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
  for (const tab of ['Attention', 'Tasks', 'Train']) await page.getByRole('tab', { name: tab }).click();
  await page.getByRole('button', { name: /Backend/ }).click();
  await expect(page.getByText('Accept a software GPU')).toBeVisible();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(problems).toEqual([]);
  expect(foreign).toEqual([]);
});

test('a software GPU is never chosen by itself, and says so', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('button', { name: /Backend: wasm/ })).toBeVisible();
});

test('WebGPU trains when the software adapter is asked for', async ({ page }) => {
  await page.goto(
    '/?v=1&data.rows=100&data.features=3&tasks.count=2&training.epochs=1&training.batchSize=32&model.width=4&model.heads=2&model.feedForward=8&model.tower=4&baseline.hidden=8&baseline.embedding=2&view.backend=webgpu&view.software=true',
  );
  await expect(page.getByRole('button', { name: /Backend: WebGPU/ })).toBeVisible();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  // The example has finished too.
  await expect(page.getByLabel('Run on screen').locator('option:checked')).toHaveText(/^Run 1/);
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible();
});

const TINY =
  'data.rows=200&data.features=4&tasks.count=2&training.epochs=1&model.width=8&model.heads=2&model.feedForward=8&model.tower=4&baseline.hidden=8&baseline.embedding=2';

test('at 320 px an experiment is changed, run and read, in one column', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(`/?v=1&${TINY}`);
  // The list of runs has a column of that name.
  const run = page.getByRole('banner').getByRole('button', { name: 'Run', exact: true });
  await expect(run).toBeEnabled();
  await page.getByRole('button', { name: 'Experiment' }).click();
  const sheet = page.getByRole('dialog', { name: 'Experiment' });
  await sheet.getByLabel('Count, exact value').fill('3');
  await page.keyboard.press('Enter');
  await expect(sheet.getByText('3 tasks')).toBeVisible();
  // The sheet hides the field at fault once it is closed: the page says why Run is off, and leads back.
  const cosine = sheet.getByLabel('Cosine, exact value');
  await cosine.fill('-0.9');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  const notice = page.getByRole('status').filter({ hasText: 'This experiment cannot run' });
  await expect(notice).toContainText(/Cosine: expected .* = -0\.5000 to 1/);
  await expect(run).toBeDisabled();
  await notice.getByRole('button', { name: 'Show' }).click();
  await expect(cosine).toBeInViewport();
  await cosine.fill('0.4');
  await page.keyboard.press('Enter');
  await expect(notice).toHaveCount(0);
  // The sheet does not cover Run.
  await run.click();
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  // The example has finished too.
  await expect(page.getByLabel('Run on screen').locator('option:checked')).toHaveText(/^Run 1/);
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Gain per task .*Task 3/ })).toBeVisible();
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click();
    await expect(tab).toBeInViewport({ ratio: 0.9 });
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await expect.poll(overflow, { message: await tab.innerText() }).toBeLessThanOrEqual(0);
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await expect(run).toBeInViewport({ ratio: 1 });
  }
});

test('every editor is worked by keyboard alone', async ({ page }) => {
  await page.goto(`/?v=1&${TINY}&view.tab=masks`);
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeEnabled();
  const { keyboard } = page;
  const keys = async (...pressed: string[]) => {
    for (const key of pressed) await keyboard.press(key);
  };
  // A matrix, entered value by value.
  await page.getByRole('radio', { name: 'One value' }).focus();
  await keys('ArrowRight');
  await page.getByRole('button', { name: /^(Edit in place|Make 2 × 2)$/ }).focus();
  await keys('Enter');
  const entry = page.getByRole('textbox', { name: /task 1 and task 2$/ });
  await expect(entry).toBeVisible();
  await entry.focus();
  await keys('ControlOrMeta+a', '0', '.', '5', 'Enter');
  await expect(page.getByRole('textbox', { name: /task 2 and task 1$/ })).toHaveValue('0.5');
  await keys('Escape');
  await expect(entry).toBeHidden();
  // A rectangle of the mask is changed, and the change is undone.
  const map = page.getByRole('application', { name: /^Mask of 6 by 6 tokens/ });
  await map.focus();
  await keys('Home', 'ArrowDown', 'ArrowDown', 'Shift+ArrowRight', 'Shift+ArrowDown', 'm');
  await expect(page).toHaveURL(/customMask=/);
  await page.getByRole('button', { name: 'Mask as a table' }).focus();
  await keys('Enter');
  const cells = page.getByRole('table').getByRole('cell', { name: 'blocked' });
  const blocked = await cells.count();
  expect(blocked).toBeGreaterThanOrEqual(4);
  await keys('Enter');
  await map.focus();
  await keys('z');
  // The menu chooses what is saved, and returns the focus afterwards.
  const save = page.getByRole('button', { name: 'Save Mask' });
  await save.focus();
  await keys('Enter');
  await expect(page.getByRole('menuitem', { name: 'SVG' })).toBeFocused();
  await keys('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'PNG' })).toBeFocused();
  await keys('Escape');
  await expect(save).toBeFocused();
  // The tabs.
  await page.getByRole('tab', { name: 'Masks' }).focus();
  await keys('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Experts' })).toBeFocused();
});

test('at 900 px the experiment is a sheet, at 1024 px a column', async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 800 });
  await page.goto('/');
  await page.getByRole('button', { name: 'Experiment' }).click();
  await expect(page.getByRole('dialog').getByLabel('Preset')).toBeVisible();
  await page.setViewportSize({ width: 1024, height: 800 });
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByLabel('Preset')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Experiment' })).toBeHidden();
});

test('a result of other settings than those on the left says so, and how to mend it', async ({ page }) => {
  await page.goto('/');
  const other = page.getByRole('region', { name: 'Results of other settings' });
  await expect(page.getByText('Gain over single-task baseline')).toBeVisible();
  await expect(other).toBeHidden();
  await page.getByLabel('Cosine, exact value').fill('0');
  await page.getByLabel('Cosine, exact value').press('Enter');
  await expect(other).toContainText('This example was recorded with other settings');
  await expect(other).toContainText('Cosine 0');
  await other.getByRole('button', { name: 'Back to its settings' }).click();
  await expect(other).toBeHidden();
  // A word of a label has its definition.
  await page.getByRole('button', { name: 'Best step' }).hover();
  await expect(
    page.getByRole('tooltip').filter({ hasText: /^Best step: The end of the epoch/ }),
  ).toBeVisible();
});

test('the theme is kept over a reload', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Use the dark theme' }).click();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark');
});
