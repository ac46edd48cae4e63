// Builds the command line for Node as `npm pack` publishes it: one script, and one for its threads, which need neither
// TypeScript nor this folder. Packages that it imports are not bundled; they are dependencies of the published package.
// `node scripts/buildCli.mjs [FOLDER]`; a test has a folder of its own.
import path from 'node:path';
import { build } from 'vite';
import { root } from './tools.mjs';

await build({
  root,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
  build: {
    ssr: true,
    outDir: process.argv[2] ?? path.join(root, 'dist-cli'),
    emptyOutDir: true,
    target: 'node20',
    rolldownOptions: {
      // Also builds the code that runs in a thread of its own, under the file name that src/platform/hdf5/node.ts expects.
      input: {
        'multitab.js': path.join(root, 'src', 'cli', 'main.ts'),
        'nodeThread.mjs': path.join(root, 'src', 'platform', 'hdf5', 'nodeThread.mjs'),
      },
      output: { entryFileNames: '[name]', banner: '#!/usr/bin/env node' },
    },
  },
});
