// Journeys in a real Chromium against the production build, served as `npm start` serves it.
import { defineConfig } from '@playwright/test';
import { launchOptions } from './scripts/ensureBrowser.mjs';

/** `npm run test:e2e` names a free one. */
const PORT = Number(process.env.E2E_PORT ?? 4173);

export default defineConfig({
  testDir: 'e2e',
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // Files side by side: most of a journey is waiting.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  use: {
    baseURL: `http://localhost:${PORT}`,
    viewport: { width: 1280, height: 800 },
    launchOptions: launchOptions(),
    // Recording a trace costs time on the page's main thread, which a journey measures.
    trace: 'off',
    screenshot: 'only-on-failure',
  },
  webServer: {
    command: `node scripts/serveBuild.mjs ${PORT}`,
    port: PORT,
    reuseExistingServer: false,
  },
});
