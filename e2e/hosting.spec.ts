// The build on any host: below a path, without any of our headers, then without a network, then in a new version.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { launchOptions } from '../scripts/ensureBrowser.mjs';
import { dist } from '../scripts/tools.mjs';

const PREFIX = '/courses/multitab/';
/** On this machine's own names the page caches nothing from a server, so the host needs another name. */
const HOST = 'workbench.test';
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

test('works below a path without headers, offline after the first visit, and tells of a new version', async ({
  playwright,
}) => {
  const state = { isDown: false, suffix: '' };
  const missing: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://host');
    if (state.isDown) {
      request.socket.destroy();
      return;
    }
    const name = pathname.startsWith(PREFIX) ? pathname.slice(PREFIX.length) || 'index.html' : '';
    try {
      const body = readFileSync(path.join(dist, name));
      response.writeHead(200, { 'Content-Type': TYPES[path.extname(name)] ?? 'application/octet-stream' });
      response.end(name === 'sw.js' ? `${body}${state.suffix}` : body);
    } catch {
      missing.push(pathname);
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const { args = [], ...options } = launchOptions();
  const browser = await playwright.chromium.launch({
    ...options,
    args: [
      ...args,
      `--host-resolver-rules=MAP ${HOST}:80 127.0.0.1:${port}`,
      `--unsafely-treat-insecure-origin-as-secure=http://${HOST}`,
    ],
  });
  try {
    const page = await browser.newPage();
    const run = page.getByRole('button', { name: 'Run', exact: true });
    await page.goto(`http://${HOST}${PREFIX}#v=1&tasks.count=3`);
    await expect(run).toBeEnabled();
    await expect(page.getByText('Gain over single-task baseline')).toBeVisible();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    await page.evaluate(() => navigator.serviceWorker.ready);
    expect(missing).toEqual([]);

    state.isDown = true;
    await page.reload();
    // The engine has started from the cached files.
    await expect(run).toBeEnabled();
    await page.getByRole('tab', { name: 'Learn' }).click();
    await expect(page.getByRole('heading', { name: 'Lessons' })).toBeVisible();

    state.isDown = false;
    state.suffix = '\n// the next version';
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    const take = page.getByRole('button', { name: 'Reload and use it' });
    await expect(take).toBeVisible();
    const reloaded = page.waitForEvent('load');
    await take.click();
    await reloaded;
    await expect(run).toBeEnabled();
    await expect(take).toBeHidden();
  } finally {
    await browser.close();
    server.close();
  }
});
