// Puts src/client/earlyWorker.ts, which starts the engine's worker, in front of the page's own scripts. In development it is a
// part of them.
import path from 'node:path';
import { root } from './tools.mjs';

const SCRIPT = path.join(root, 'src', 'client', 'earlyWorker.ts');

/** @returns {import('vite').Plugin} */
export function earlyWorker() {
  return {
    name: 'early-worker',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'chunk', id: SCRIPT });
    },
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        // Not the entry, which only imports the part that it shares with the page.
        const own = Object.values(bundle).find(
          (part) => part.type === 'chunk' && part.moduleIds.some((id) => path.normalize(id) === SCRIPT),
        );
        if (!own) throw new Error(`early-worker: expected a script made of ${SCRIPT}, got none.`);
        const attrs = { type: 'module', async: true, crossorigin: true, src: `./${own.fileName}` };
        return [{ tag: 'script', attrs, injectTo: 'head-prepend' }];
      },
    },
  };
}
