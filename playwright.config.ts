// Journeys in a real Chromium against the production build, served as `npm start` serves it.
import { defineConfig } from '@playwright/test';
import { launchOptions } from './scripts/ensureBrowser.mjs';

/** A name of this machine that browsers do not count as their own: pages there have no secure context. */
export const OTHER_HOST = 'workbench.test';

/** `npm run test:e2e` names a free one. */
export const PORT = Number(process.env.E2E_PORT ?? 4173);

export default defineConfig({
  testDir: 'e2e',
  // The limits end what hangs. They are far above what a busy machine needs.
  timeout: 600_000,
  expect: { timeout: 120_000 },
  // Files side by side: most of a journey is waiting.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  use: {
    baseURL: `http://localhost:${PORT}`,
    viewport: { width: 1280, height: 800 },
    launchOptions: launchOptions([`--host-resolver-rules=MAP ${OTHER_HOST} localhost`]),
    // Recording a trace costs time on the page's main thread, which a journey measures.
    trace: 'off',
    screenshot: 'only-on-failure',
  },
  webServer: {
    command: `node scripts/serveBuild.mjs ${PORT} ${OTHER_HOST}`,
    port: PORT,
    reuseExistingServer: false,
  },
});
