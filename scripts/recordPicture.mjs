// Takes the picture of the README: builds the page, trains the preset that it opens with, and photographs the Train tab. Use
// `npm run record:picture` after a change of what is seen there.
import path from 'node:path';
import { chromium } from '@playwright/test';
import { build } from 'vite';
import { ensureBrowser } from './ensureBrowser.mjs';
import { createServer, listen } from './serve.mjs';
import { root } from './tools.mjs';

const target = path.join(root, 'docs', 'train.png');
await build({ root, logLevel: 'warn' });
const server = createServer();
const port = await listen(server, 4190, 'localhost', () => {});
const isRoot = process.getuid?.() === 0;
const browser = await chromium.launch({
  executablePath: ensureBrowser(),
  args: isRoot ? ['--no-sandbox'] : [],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  await page.goto(`http://localhost:${port}/`);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  // The example that is on screen before is finished, too.
  await page
    .getByLabel('Run on screen')
    .locator('option:checked')
    .filter({ hasText: /^Run 1/ })
    .waitFor({ state: 'attached' });
  await page.getByRole('status').filter({ hasText: 'Finished' }).waitFor({ timeout: 600_000 });
  // The focus is no part of the picture.
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  await page.mouse.move(0, 0);
  await page.screenshot({ path: target });
} finally {
  await browser.close();
  server.close();
}
console.log(path.relative(root, target));
