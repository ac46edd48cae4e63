// GPU kernels are compiled before the first step, which the page shows. A kernel that does not compile is named together with
// the compiler's message.
import { expect, type Page, test } from '@playwright/test';
import { glimpse } from './glimpse.ts';

const TINY =
  '/?v=1&data.rows=100&data.features=3&tasks.count=2&training.epochs=1&training.batchSize=32&model=mt-mlp&model.shared=8&model.tower=4&baseline=none&view.backend=webgpu&view.software=true';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function open(page: Page) {
  await page.goto(TINY);
  await expect(button(page, 'Run')).toBeEnabled();
}

test('the progress line counts the kernels that are compiled, and the run goes on', async ({ page }) => {
  await open(page);
  const counted = glimpse(page, /Preparing GPU kernels \d+ of \d+/);
  await button(page, 'Run').click();
  await counted;
  await expect(page.getByRole('status').filter({ hasText: 'Finished' })).toBeVisible();
});

test('a kernel that does not compile stops the run with its name and what the compiler says', async ({
  page,
}) => {
  await open(page);
  // Acts as if a driver refused the kernel.
  await page.workers()[0]?.evaluate(() => {
    const devices = GPUDevice.prototype;
    const { createShaderModule } = devices;
    devices.createShaderModule = function (descriptor) {
      const code =
        descriptor.label === 'Linear' ? `${descriptor.code}\nfn extra() { nonsense(); }` : descriptor.code;
      return createShaderModule.call(this, { ...descriptor, code });
    };
  });
  await button(page, 'Run').click();
  const card = page.getByRole('alert').filter({ hasText: 'The GPU kernel Linear did not compile' });
  await expect(card).toBeVisible();
  await expect(card).toContainText(/Line \d+, column \d+: .*nonsense/);
  await expect(page.getByText('The engine stopped')).toBeHidden();
  await expect(button(page, 'Run')).toBeEnabled();
});
