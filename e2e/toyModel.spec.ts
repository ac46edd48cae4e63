// Adding a model is one file and one registry line: a toy is added so to a copy of the sources, and must then be on the
// page, in links, in the cost table and on the command line.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { createServer } from '../scripts/serve.mjs';
import { toolScript } from '../scripts/tools.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const SMALL =
  'data.rows=400&data.features=4&tasks.count=2&training.epochs=2&training.batchSize=64&baseline.hidden=8&baseline.embedding=2';

let folder: string;
let server: Server;
let url: string;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  folder = mkdtempSync(path.join(tmpdir(), 'toy-model-'));
  for (const name of ['src', 'public', 'index.html', 'vite.config.ts', 'tsconfig.json', 'package.json'])
    cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
  const models = path.join(folder, 'src/engine/models');
  cpSync(path.join(root, 'e2e/toy/toy.ts.txt'), path.join(models, 'toy.ts'));
  const registry = path.join(models, 'registry.ts');
  const text = readFileSync(registry, 'utf8');
  const changed = text
    .replace('import type { ModelDef }', "import { toy } from './toy.ts';\nimport type { ModelDef }")
    .replace('} satisfies', '  toy,\n} satisfies');
  expect(changed).not.toBe(text);
  writeFileSync(registry, changed);
  execFileSync(process.execPath, [toolScript('vite', 'vite'), 'build', '--logLevel', 'error'], {
    cwd: folder,
  });
  server = createServer(path.join(folder, 'dist'));
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  url = `http://localhost:${(server.address() as AddressInfo).port}/`;
});

test.afterAll(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

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
  const lines = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }).trim().split('\n');
  const result = JSON.parse(lines.at(-1) ?? '{}');
  expect(result).toMatchObject({
    status: 'finished',
    experiment: { model: { id: 'toy', params: { layers: [4] } } },
  });
  expect(result.seeds[0].model.test).toHaveLength(2);
});
