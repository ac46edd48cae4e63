// Builds the command line for Node, as `npm pack` publishes it: one script that needs neither TypeScript nor this folder. What it
// imports from packages stays outside, as the dependencies of the package.
import path from 'node:path';
import { build } from 'vite';
import { root } from './tools.mjs';

await build({
  root,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  build: {
    ssr: path.join(root, 'src', 'cli', 'main.ts'),
    outDir: path.join(root, 'dist-cli'),
    emptyOutDir: true,
    target: 'node20',
    rolldownOptions: {
      output: { entryFileNames: 'multitab.js', banner: '#!/usr/bin/env node' },
    },
  },
});
