// Opens the bench's page in a headless Chromium, where WebGPU is the software adapter.
import { chromium } from '@playwright/test';
import { createServer } from 'vite';
import { launchOptions } from '../scripts/ensureBrowser.mjs';
import { root } from '../scripts/tools.mjs';
import type { Place } from './driver.ts';
import type { MeasureOptions, measure } from './measure.ts';
import type { TorchPeer, TorchProcess } from './torchProcess.ts';
import type { StepBackend } from './trainStep.ts';

/** What bench/page.ts exposes on its window. */
export interface BenchPage {
  start(backend: StepBackend): Promise<{ adapter: string; software: boolean }>;
  measure(
    model: string,
    batch: number,
    how: MeasureOptions,
    peers: readonly TorchPeer[],
  ): ReturnType<typeof measure>;
}

declare global {
  interface Window {
    bench?: BenchPage;
  }
}

/** Every backend gets its own page. */
export async function withBrowser(
  work: (placeOf: (backend: StepBackend) => Promise<Place>) => Promise<void>,
): Promise<void> {
  const server = await createServer({
    configFile: false,
    root,
    appType: 'mpa',
    logLevel: 'warn',
    // No reload if files change during the measurement.
    server: { hmr: false, watch: null },
    // A dependency that is discovered while the page loads would reload it.
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
    let torch: TorchProcess | null = null;
    await page.exposeFunction('torchRun', (id: string, steps: number) => torch?.run(id, steps));
    await page.exposeFunction('torchDrop', (id: string) => torch?.drop(id));
    await work(async (backend) => {
      await page.goto(`${server.resolvedUrls?.local[0]}bench/page.html`);
      await page.waitForFunction(() => window.bench);
      const started = await page.evaluate((id) => (window.bench as BenchPage).start(id), backend);
      return {
        ...started,
        backend,
        ofProcessor: false,
        agent: `Chromium ${browser.version()}`,
        measure: (model, batch, how, beside, peers) => {
          torch = beside;
          return page.evaluate(([m, b, h, p]) => (window.bench as BenchPage).measure(m, b, h, p), [
            model,
            batch,
            how,
            peers,
          ] as const);
        },
      };
    });
  } finally {
    await browser.close();
    await server.close();
  }
}
