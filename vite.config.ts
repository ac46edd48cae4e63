// How the page is built and served in development. tfjs lives in the worker's own chunk; the production server adds the
// security headers (scripts/serve.mjs).
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { earlyWorker } from './scripts/earlyWorker.mjs';
import { noticesPlugins } from './scripts/notices.mjs';
import { offline } from './scripts/offline/plugin.mjs';

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const notices = noticesPlugins();

/** Licences stand in one file (scripts/notices.mjs): TensorFlow.js repeats its own 900 times, a quarter of the worker's text. */
const output = { comments: { legal: false } };

export default defineConfig({
  base: './',
  // The list of files for offline use is made last, of all that was written.
  plugins: [react(), earlyWorker(), notices.page, offline()],
  // Replaced by a fresh nonce with every response; see scripts/serve.mjs.
  html: { cspNonce: '__CSP_NONCE__' },
  worker: { format: 'es', plugins: () => [notices.worker], rolldownOptions: { output } },
  build: { target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 2000, rolldownOptions: { output } },
  server: { headers: isolation },
});
