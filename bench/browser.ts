// Opens the bench's page in a headless Chromium, where WebGPU is the software adapter.
import { chromium } from '@playwright/test';
import { createServer } from 'vite';
import { launchOptions } from '../scripts/ensureBrowser.mjs';
import { root } from '../scripts/tools.mjs';
import type { Measured } from './measure.ts';

export interface StartedPage {
  adapter: string;
  software: boolean;
  /** Name and version of the browser. */
  agent: string;
}

/** What bench/page.ts puts on its window. */
export interface BenchPage {
  start(backend: 'webgpu' | 'wasm'): Promise<StartedPage>;
  /** @param name - of a case, large or small */
  measure(name: string, rounds: number): Promise<Measured[]>;
}

declare global {
  interface Window {
    bench?: BenchPage;
  }
}

/** Every backend gets a page of its own. */
export async function withBrowser(work: (page: BenchPage) => Promise<void>): Promise<void> {
  const server = await createServer({
    configFile: false,
    root,
    appType: 'mpa',
    logLevel: 'warn',
    // What is measured stays as it was when the page opened.
    server: { hmr: false, watch: null },
    // Found while the page loads, a dependency would reload it.
    optimizeDeps: {
      include: [
        '@jax-js/jax',
        '@tensorflow/tfjs-core',
        '@tensorflow/tfjs-core/dist/register_all_gradients.js',
        '@tensorflow/tfjs-backend-cpu',
        '@tensorflow/tfjs-backend-wasm',
        '@tensorflow/tfjs-backend-webgpu',
      ],
    },
  });
  await server.listen();
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(error));
    await work({
      start: async (backend) => {
        await page.goto(`${server.resolvedUrls?.local[0]}bench/page.html`);
        await page.waitForFunction(() => window.bench);
        const started = await page.evaluate((id) => (window.bench as BenchPage).start(id), backend);
        return { ...started, agent: `Chromium ${browser.version()}` };
      },
      measure: (name, rounds) =>
        page.evaluate(([n, r]) => (window.bench as BenchPage).measure(n, r), [name, rounds] as const),
    });
  } finally {
    await browser.close();
    await server.close();
  }
}
