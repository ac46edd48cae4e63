// The Profile tab, while a run trains on wasm and before a run on the software GPU.
import { expect, type Page, test } from '@playwright/test';
import { saved } from './saving.ts';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const kernels = (page: Page) => page.getByRole('region', { name: 'Kernels of a step, table' });

async function open(page: Page, url: string) {
  await page.goto(url);
  await expect(button(page, 'Run')).toBeEnabled();
}

test('a step of a run in progress is profiled, kernel by kernel, and saved as a trace', async ({ page }) => {
  await open(
    page,
    '/?v=1&data.rows=600&data.features=6&tasks.count=3&tasks.degrees=1,2&training.epochs=6&training.batchSize=64&model.feedForward=16&model.tower=8&baseline.hidden=16&baseline.embedding=4&view.tab=profile',
  );
  await expect(page.getByText('No profile yet')).toBeVisible();
  // Asked in a pause, so that the run cannot end before.
  await button(page, 'Step').click();
  await expect(page.getByRole('status').filter({ hasText: 'Paused' })).toBeVisible();
  await button(page, 'Profile a training step').click();
  const networks = page.getByRole('region', { name: 'Step of each network, table' });
  await expect(networks.getByRole('row')).toHaveCount(3);
  await expect(page.getByText(/at step \d+ of seed 0, batch of 64 rows/)).toBeVisible();
  const names = () => kernels(page).getByRole('rowheader').allTextContents();
  expect(await names()).toEqual(
    expect.arrayContaining(['Attention', 'LinearGradient', 'AdamW', 'Outside kernels']),
  );
  await kernels(page).getByRole('button', { name: 'Kernel' }).click();
  const sorted = (await names()).slice(0, -1);
  expect(sorted).toEqual([...sorted].sort((a, b) => a.localeCompare(b)));
  await expect(page.getByRole('img', { name: /Timeline of a step of MultiTab-Net/ })).toBeVisible();

  await networks.getByRole('radio', { name: 'ST-MLP (baseline)' }).check();
  await expect(kernels(page).getByRole('row', { name: /^Attention/ })).toHaveCount(0);
  const trace = await saved(page, 'Profiles', 'Trace (Perfetto)');
  expect(trace.name).toBe('profile-trace.json');
  const { traceEvents } = JSON.parse(trace.bytes.toString('utf8')) as {
    traceEvents: { ph: string; name: string; dur: number }[];
  };
  const launches = traceEvents.filter((e) => e.ph === 'X');
  expect(launches.some((e) => e.name === 'Attention' && e.dur > 0)).toBe(true);
  expect((await saved(page, 'Profiles', 'CSV')).bytes.toString('utf8')).toMatch(
    /^role,architecture,.*\r?\nmodel,multitab-net,wasm,64,/,
  );
  await button(page, 'Resume').click();
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible();
});

test('on WebGPU launches are timed by the GPU, before anything runs', async ({ page }) => {
  await open(
    page,
    '/?v=1&data.rows=100&data.features=3&tasks.count=2&training.batchSize=32&model=mt-mlp&model.shared=8&model.tower=4&baseline=none&view.tab=profile&view.backend=webgpu&view.software=true',
  );
  await button(page, 'Profile a training step').click();
  const networks = page.getByRole('region', { name: 'Step of each network, table' });
  await expect(networks.getByRole('row')).toHaveCount(2);
  await expect(networks.getByRole('columnheader', { name: 'On the GPU' })).toBeVisible();
  await expect(networks).toContainText('replayed');
  await expect(kernels(page).getByRole('row', { name: /^UpdateParameters/ })).toContainText('±');
  await expect(page.getByText(/Timed by the GPU/)).toBeVisible();
});
