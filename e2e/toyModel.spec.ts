// Adding a model is one file and one registry line: a toy is added so to a copy of the sources, and must then be on the
// page, in links, in the cost table and on the command line.
import { execFileSync } from 'node:child_process';
import { expect, test } from '@playwright/test';
import { ToyCopy } from './toyCopy.ts';

const SMALL =
  'data.rows=400&data.features=4&tasks.count=2&training.epochs=2&training.batchSize=64&baseline.hidden=8&baseline.embedding=2';

let copy: ToyCopy;
let url: string;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  copy = new ToyCopy();
  copy.add('toy.ts.txt', 'src/engine/models/toy.ts');
  copy.edit(
    'src/engine/models/registry.ts',
    ['import type { ModelDef }', "import { toy } from './toy.ts';\nimport type { ModelDef }"],
    ['} satisfies', '  toy,\n} satisfies'],
  );
  expect(copy.touched()).toHaveLength(2);
  url = await copy.serve();
});

test.afterAll(() => copy?.remove());

test('a new model is on the page, in the link and in the cost table', async ({ page }) => {
  await page.goto(`${url}?v=1&model=toy&model.layers=5,2&${SMALL}`);
  await expect(page.getByLabel('Architecture', { exact: true })).toHaveValue('toy');
  await expect(page.getByRole('textbox', { name: 'Toy layers' })).toHaveValue('5, 2');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByLabel('Run on screen').locator('option:checked')).toHaveText('Run 1 · Toy model');
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible({ timeout: 60_000 });
  await page.getByRole('tab', { name: 'Models' }).click();
  await expect(page.getByRole('row', { name: /Toy model/ })).toContainText('model');
  await expect(page.getByText('It is a toy.')).toBeVisible();
});

test('a new model is on the command line', () => {
  const settings = ['model=toy', 'model.layers=4', ...SMALL.split('&')].flatMap((s) => ['--set', s]);
  const args = ['--import', 'tsx', 'src/cli/main.ts', 'run', '--quiet', ...settings];
  const lines = execFileSync(process.execPath, args, { cwd: copy.folder, encoding: 'utf8' })
    .trim()
    .split('\n');
  const result = JSON.parse(lines.at(-1) ?? '{}');
  expect(result).toMatchObject({
    status: 'finished',
    experiment: { model: { id: 'toy', params: { layers: [4] } } },
  });
  expect(result.seeds[0].model.test).toHaveLength(2);
});
