// Several models in one experiment, what they cost, and what their experts do.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { readSafetensors } from '../src/engine/weights/safetensors.ts';
import { torchFileOf } from '../src/engine/weights/testing.ts';
import { glimpse } from './glimpse.ts';
import { openSaveMenu, saved } from './saving.ts';

const SMALL =
  '/?v=1&data.rows=600&data.features=6&tasks.count=3&tasks.degrees=1,2&training.epochs=3&training.batchSize=64&model.feedForward=16&model.tower=8&baseline.hidden=16&baseline.embedding=4';
const TINY_PLE =
  'compare1.layers=2&compare1.expert=8&compare1.tower=8&compare1.embedding=4&compare1.sharedExperts=1&compare1.taskExperts=1';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function open(page: Page, url: string) {
  await page.goto(url);
  await expect(button(page, 'Run')).toBeEnabled();
}

async function runToTheEnd(page: Page) {
  await button(page, 'Run').click();
  // The example has finished too.
  await expect(page.getByLabel('Run on screen').locator('option:checked')).toHaveText(/^Run \d/);
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible();
}

test('a twin takes the gain apart into architecture and sharing', async ({ page }) => {
  await open(page, `${SMALL}&training.twin=both&repeats=2`);
  await runToTheEnd(page);
  const part = (name: string) => page.getByRole('radio', { name: new RegExp(`^${name}`) });
  for (const name of ['Total', 'Architecture', 'Sharing']) await expect(part(name)).toBeVisible();
  await expect(page.getByText(/^Total: MultiTab-Net against separate ST-MLPs/)).toBeVisible();
  await part('Sharing').focus();
  await page.keyboard.press('Space');
  await expect(page.getByText(/^Sharing, the transfer between tasks: MultiTab-Net against/)).toBeVisible();
  await expect(page.getByText(/95.% interval .* over 2 seeds/)).toBeVisible();
  const results = page.getByRole('region', { name: 'Results per task, table' });
  await expect(results.getByRole('columnheader', { name: 'Twin', exact: true })).toBeVisible();
});

test('models added on the left are trained in turn and compared', async ({ page }) => {
  await open(page, `${SMALL}&compare=ple&${TINY_PLE}`);
  await page.getByLabel('Compare with').selectOption({ label: 'MT-MLP' });
  await expect(page).toHaveURL(/compare=ple,mt-mlp/);
  await runToTheEnd(page);
  const table = page.getByRole('region', { name: 'Networks compared, table' }).getByRole('table');
  await expect(table.getByRole('columnheader')).toHaveText([
    'Task',
    'Metric',
    'ST-MLP (baseline)',
    'MultiTab-Net',
    'PLE',
    'MT-MLP',
  ]);
  // With one seed, nothing may be called best.
  await expect(table.locator('strong')).toHaveCount(0);
  await expect(page.getByText('One seed, no interval: nothing is marked best.')).toBeVisible();
  await expect(table.getByRole('row', { name: /Mean gain/ })).toContainText('%');
  await page.getByRole('button', { name: 'Remove MT-MLP from the comparison' }).click();
  await expect(page).toHaveURL(/compare=ple&/);
  await expect(page.getByText('1 change since this run')).toBeVisible();
});

test('the Experts tab shows gates, and says so when a network has none', async ({ page }) => {
  await open(page, `${SMALL}&compare=ple&${TINY_PLE}&view.tab=experts&view.model=model-2`);
  await runToTheEnd(page);
  await expect(page.getByText('Gate weights').first()).toBeVisible();
  await expect(page.getByRole('application').first()).toBeVisible();
  await expect(page.getByText('Underfitting').first()).toBeVisible();
  await page.getByRole('button', { name: 'Gate weights as a table' }).click();
  await expect(page.getByRole('table').first()).toContainText('shared expert 0');
  await page.getByLabel('Network', { exact: true }).selectOption({ label: 'MultiTab-Net' });
  await expect(page.getByText('This network has no experts')).toBeVisible();
});

test('attention of a network per task is shown task by task', async ({ page }) => {
  await open(page, `${SMALL}&model=ft-transformer&model.width=8&model.heads=2&view.tab=attention`);
  await runToTheEnd(page);
  await page.getByLabel('Task', { exact: true }).selectOption('Task 3');
  await expect(page.getByRole('application').first()).toBeVisible();
  await expect(page).toHaveURL(/view\.network=Task\+3/);
});

test('costs are counted at once, measured on request, and ticked into the experiment', async ({ page }) => {
  await open(page, `${SMALL}&view.tab=models`);
  const row = (name: string) => page.getByRole('row', { name: new RegExp(name) });
  await expect(row('MMoE')).toContainText(/\d{3},\d{3}/);
  await expect(row('TabTransformer')).toContainText('at least one categorical feature');
  await page.getByRole('checkbox', { name: 'Compare MT-MLP' }).check();
  await expect(page).toHaveURL(/compare=mt-mlp/);
  await expect(row('MT-MLP')).toContainText('model 2');
  const measuring = glimpse(page, /Measuring .+, \d+ of \d+/);
  await button(page, 'Measure time and memory').click();
  await measuring;
  await expect(button(page, 'Measure time and memory')).toBeVisible();
  await expect(row('MT-MLP')).toContainText(/ms/);
});

test('a model that cannot read the table is refused where it stands', async ({ page }) => {
  await page.goto(`${SMALL}&compare=mmoe,tab-transformer`);
  await expect(page.getByRole('alert').filter({ hasText: 'at least one categorical feature' })).toBeVisible();
  await expect(button(page, 'Run')).toBeDisabled();
  await button(page, 'Show').click();
  await page.getByRole('button', { name: 'Remove TabTransformer from the comparison' }).click();
  await expect(button(page, 'Run')).toBeEnabled();
});

test('the tests of the Masks tab tell how tasks leak into each other, and that nothing else does', async ({
  page,
}) => {
  await open(page, `${SMALL}&model.mask=TxT&model.blocks=2&view.tab=mask-tests`);
  await runToTheEnd(page);
  await expect(page.getByText('Masked weights are exactly zero holds')).toBeVisible();
  await expect(page.getByText(/^all hold, yet \d of \d pairs of tasks reach each other/)).toBeVisible();
  await expect(page.getByText('In block 0 x1 reads Task 2; in block 1 Task 1 reads x1.')).toBeVisible();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'This experiment and its assertions as a case' }).click();
  const args = ['--import', 'tsx', 'src/cli/main.ts', 'check', await (await saving).path(), '--quiet'];
  const replayed = execFileSync(process.execPath, args, { encoding: 'utf8' });
  expect(replayed.match(/^holds/gm)).toHaveLength(8);
  expect(replayed).toContain(
    'reach  Task 2 to Task 1: In block 0 x1 reads Task 2; in block 1 Task 1 reads x1.',
  );
  await page.getByRole('button', { name: 'Reach as a table' }).click();
  await expect(page.getByRole('table').first()).toContainText('2, ');
});

test('every chart is saved from one menu: picture, numbers, or either to the clipboard', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, `${SMALL}&model.mask=TxT&view.tab=attention`);
  await runToTheEnd(page);
  const map = await saved(page, 'Attention map', 'NPY');
  expect(map.name).toBe('attention-block0-feature-head0-weights.npy');
  expect(map.bytes.toString('latin1', 1, 128)).toMatch(/^NUMPY.*'shape': \(9, 9\), }/s);
  expect(map.bytes).toHaveLength(128 + 4 * 81);
  // The weights of a query sum to 1.
  const first = Array.from({ length: 9 }, (_, key) => map.bytes.readFloatLE(128 + 4 * key));
  expect(first.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  expect((await saved(page, 'Rollout', 'NPY')).name).toBe('rollout.npy');

  // The chart as it is shown, with its curves, caption and run; it is saved on white even in the dark theme.
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('tab', { name: 'Train' }).click();
  // The curves come from a chunk that is loaded separately.
  await expect(page.locator('.recharts-line-curve').nth(3)).toBeVisible();
  const picture = await saved(page, 'Metric per task', 'SVG');
  expect(picture.name).toBe('metric-per-task.svg');
  const svg = picture.bytes.toString('utf8');
  for (const words of ['Metric per task', 'Task 2', 'Explained variance', 'MultiTab-Net'])
    expect(svg).toContain(words);
  expect(svg.match(/<path[^>]*recharts|<path [^>]*stroke-dasharray="2px, 2.5px"/g)?.length).toBeGreaterThan(
    1,
  );
  expect(svg).toContain('fill="rgb(20, 24, 31)"');
  // Controls are not part of the saved picture.
  expect(svg).not.toContain('>Table<');
  const png = await saved(page, 'Gain over single-task baseline', 'PNG');
  expect(png.bytes.readUInt32BE(16)).toBeGreaterThan(1200);
  const losses = (await saved(page, 'Loss per task', 'CSV')).bytes.toString('utf8');
  expect(losses).toMatch(/^task,curve,step,loss\r\nTask 1,training,1,\d\.\d+/);
  await openSaveMenu(page, 'Results per task');
  await page.getByRole('menuitem', { name: 'Copy numbers' }).click();
  await expect(page.getByText('Numbers copied')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^task\tmetric\tprimary\t/);

  // On paper the tab stands whole and in light colours, without what works on a screen only.
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(page.getByRole('tablist')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Save Results per task' })).toBeHidden();
  await expect(page.getByRole('region', { name: 'Results per task', exact: true })).toBeVisible();
  const scheme = () => page.locator('html').getAttribute('data-mantine-color-scheme');
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  expect(await scheme()).toBe('light');
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  expect(await scheme()).toBe('dark');
});

test('a map of a thousand rows is zoomed and moved, and its cells are read by keyboard', async ({ page }) => {
  await open(
    page,
    '/?v=1&data.rows=12000&data.features=3&tasks.count=2&tasks.degrees=1&training.epochs=1&model.feedForward=8&model.tower=8&model.heads=1&model.attention=row_col&model.interSample=across-rows&baseline.hidden=8&baseline.embedding=2&view.tab=attention&view.layer=row&view.batch=1024',
  );
  await runToTheEnd(page);
  const map = page.getByRole('application', { name: /1,024 × 1,024 rows/ });
  await map.focus();
  for (const key of ['ArrowRight', 'PageDown', '+', '+']) await page.keyboard.press(key);
  await expect(page.getByText(/^query row 10 → key row 1: Score before mask/).first()).toBeVisible();
  const box = await map.boundingBox();
  if (!box) throw new Error('the map has no box');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  const told = page.locator('p', { hasText: /^query row/ }).first();
  const before = await told.textContent();
  await page.mouse.down();
  await page.mouse.move(x - 120, y - 90, { steps: 4 });
  await page.mouse.up();
  await page.mouse.move(x, y);
  await expect(told).not.toHaveText(before ?? '');
  const file = async (kind: string) => {
    const { name, bytes } = await saved(page, 'Attention map', kind);
    expect(name).toBe(`attention-block0-row-head0-weights.${kind.toLowerCase()}`);
    return bytes;
  };
  // Print quality: checks the width in the header of the PNG. The caption has the section and the experiment.
  expect((await file('PNG')).readUInt32BE(16)).toBeGreaterThan(4000);
  const svg = (await file('SVG')).toString('utf8');
  expect(svg).toContain('<image ');
  expect(svg).toMatch(/of 1024 by 1024/);
  expect(svg).toContain('MultiTab-Net');
});

test('with attention between rows a prediction depends on its batch, and the Masks tab measures how far', async ({
  page,
}) => {
  await open(
    page,
    `${SMALL}&model.attention=row_col&model.interSample=across-rows&view.tab=masks&view.masks=rows`,
  );
  await runToTheEnd(page);
  const row = page.getByRole('row', { name: /^Task 1/ }).filter({ has: page.getByRole('cell') });
  for (const column of [0, 1]) await expect(row.getByRole('cell').nth(column)).not.toHaveText('0');
  await expect(page.getByRole('application', { name: /predictions of the other rows/ })).toBeVisible();
});

test('a mask is painted by keyboard, tried on the trained model, and refused when a query may read nothing', async ({
  page,
}) => {
  await open(page, `${SMALL}&model.mask=TxT&view.tab=mask`);
  await runToTheEnd(page);
  const map = page.getByRole('application', { name: /Mask of 9 by 9/ });
  await map.focus();
  for (const key of ['Home', 'ArrowRight', 'u']) await page.keyboard.press(key);
  await expect(page).toHaveURL(/model\.mask=custom/);
  await expect(page).toHaveURL(/customMask=\.\.x\.\.\.\.\.\.\/x\.x/);
  await page.getByText('What if', { exact: true }).click();
  await page.getByRole('button', { name: 'Apply to the trained model' }).click();
  const table = page.getByRole('table').filter({ hasText: 'Before' });
  await expect(table.getByRole('row', { name: /Task 1/ })).toContainText('explained variance');
  await expect(
    table
      .getByRole('row', { name: /Task 1/ })
      .getByRole('cell')
      .nth(4),
  ).not.toHaveText('0');
  await expect(
    table
      .getByRole('row', { name: /Task 2/ })
      .getByRole('cell')
      .nth(4),
  ).toHaveText('0');
  // On a phone the table scrolls, not the page.
  await page.setViewportSize({ width: 320, height: 640 });
  await expect(table).toBeVisible();
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth))
    .toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByText('Paint', { exact: true }).click();
  await map.focus();
  for (const key of ['r', 'm']) await page.keyboard.press(key);
  await expect(page.getByRole('alert').filter({ hasText: 'Task 1 may read nothing' })).toBeVisible();
  await expect(button(page, 'Run')).toBeDisabled();
  await map.focus();
  await page.keyboard.press('z');
  await expect(button(page, 'Run')).toBeEnabled();
});

test('a head has a mask of its own, and runs under two masks stand side by side', async ({ page }) => {
  await open(page, `${SMALL}&model.mask=none&model.blocks=2&view.tab=mask`);
  await runToTheEnd(page);
  await page.getByLabel('In block').selectOption({ index: 2 });
  await page.getByLabel('in head').selectOption({ index: 2 });
  const map = page.getByRole('application', { name: /Mask of 9 by 9 tokens, block 1, head 1/ });
  await map.focus();
  for (const key of ['Home', 'ArrowRight', 'Shift+ArrowRight', 'm']) await page.keyboard.press(key);
  await expect(page).toHaveURL(/customMask=.*1\.1(:|%3A)\.xx/);
  await expect(page.getByRole('button', { name: 'Remove the mask of block 1, head 1' })).toBeVisible();
  await page.getByRole('button', { name: 'Train with this mask' }).click();
  const table = page.getByRole('table').last();
  await expect(table.getByRole('row', { name: /^Painted Run 2/ })).toBeVisible();
  await expect(table.getByRole('row', { name: /^None Run 1/ })).toBeVisible();
  await page.getByRole('button', { name: 'Remove the mask of block 1, head 1' }).click();
  await expect(page).not.toHaveURL(/1\.1(:|%3A)/);
});

test('weights are saved, measured again with the same numbers, and refused name by name', async ({
  page,
}) => {
  await open(page, `${SMALL}&view.tab=models`);
  await runToTheEnd(page);
  const saving = page.waitForEvent('download');
  await button(page, 'Save MultiTab-Net').click();
  const path = await (await saving).path();
  await page.getByRole('tab', { name: 'Train' }).click();
  const table = page.getByRole('region', { name: 'Results per task, table' });
  const trained = (await table.getByRole('row', { name: /Mean of/ }).textContent()) ?? '';
  await page.getByRole('tab', { name: 'Models' }).click();
  await page.getByLabel('Weights from a file').setInputFiles(path);
  await expect(
    page.getByText(/tensors, [\d,]+ numbers, from .* Saved of MultiTab-Net, seed 0/),
  ).toBeVisible();
  await button(page, 'Measure with those on the left').click();
  await expect(page.getByLabel('Run on screen').locator('option:checked')).toHaveText('Run 2 · MultiTab-Net');
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible();
  await page.getByRole('tab', { name: 'Train' }).click();
  await expect(table.getByRole('row', { name: /Mean of/ })).toHaveText(trained);

  // The same tensors, named as Lightning names them.
  const tensors = readSafetensors(readFileSync(path), 'w').map((t) => ({ ...t, name: `model.${t.name}` }));
  const checkpoint = { name: 'w.ckpt', mimeType: '', buffer: Buffer.from(torchFileOf(tensors)) };
  await page.getByRole('tab', { name: 'Models' }).click();
  await page.getByLabel('Weights from a file').setInputFiles(checkpoint);
  await button(page, 'Measure with those on the left').click();
  await expect(
    page.getByText(/tensors of w\.ckpt\. Names of the file are taken without model\./),
  ).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible();
  await page.getByRole('tab', { name: 'Train' }).click();
  await expect(table.getByRole('row', { name: /Mean of/ })).toHaveText(trained);

  // The attention of a checkpoint, without training a step.
  await page.getByRole('tab', { name: 'Models' }).click();
  await page.getByLabel('Weights from a file').setInputFiles(path);
  await button(page, 'Look inside, train nothing').click();
  await expect(page.getByText(/inter-feature attention, 9 × 9 tokens, step 0, epoch 0/)).toBeVisible();
  await expect(page.getByText('Weights of .* measured')).toHaveCount(0);

  await open(page, `${SMALL}&model.width=8&view.tab=models`);
  await page.getByLabel('Weights from a file').setInputFiles(path);
  await button(page, 'Measure with those on the left').click();
  await expect(page.getByRole('heading', { name: /does not fit MultiTab-Net$/ })).toBeVisible();
  await expect(page.getByText(/expected \[8, 1\], got \[16, 1\]/).first()).toBeVisible();
  await button(page, 'Use the settings in the file, and measure').click();
  await expect(page.getByLabel('Width, exact value').first()).toHaveValue('16');
  await expect(page.getByRole('heading', { name: /does not fit MultiTab-Net$/ })).toHaveCount(0);
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible();
});

test('a value of another row is changed, and batch statistics alone let it reach others in MMoE', async ({
  page,
}) => {
  await open(
    page,
    `${SMALL}&model=mmoe&model.experts=2&model.expert=8&model.tower=8&model.embedding=4&view.tab=masks&view.masks=rows`,
  );
  await runToTheEnd(page);
  await expect(page.getByText('No masks to test here')).toBeVisible();
  const told = page.getByRole('status').filter({ hasText: /other row/ });
  await expect(told).toHaveText('No other row moved: every change is exactly 0.');
  await page.getByText('Batch statistics', { exact: true }).click();
  await expect(told).toHaveText(/^63 other rows of 63 moved, most Task \d of row \d+, by [+−]/);
  await page.getByLabel('Row', { exact: true }).fill('5');
  await expect(page.getByRole('application', { name: /value of row 5 is changed/ })).toBeVisible();
});
