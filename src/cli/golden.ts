// Runs every golden case of a folder against the models, generator, metrics and gain, and prints the worst error of
// each. Ends with the line "N passed, N failed, N skipped".
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BackendId } from '../engine/protocol/backend.ts';
import { startNodeBackend } from '../platform/node.ts';
import { checkGoldenFolder, goldenFiles } from './goldenFolder.ts';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      dir: { type: 'string', default: join('src', 'engine', 'golden', 'data') },
      backend: { type: 'string', default: 'wasm' },
    },
  });
  const backend = values.backend as BackendId;
  if (!['cpu', 'wasm', 'webgpu'].includes(backend)) {
    process.stderr.write(`golden: --backend: expected cpu, wasm or webgpu, got ${values.backend}\n`);
    return 2;
  }
  const report = await startNodeBackend({ backend, allowSoftwareAdapter: true });
  const files = await goldenFiles(values.dir);
  if (!files) {
    process.stderr.write(`golden: --dir: expected a folder of golden cases, got ${values.dir}\n`);
    return 2;
  }
  if (files.length === 0) {
    process.stderr.write(`golden: --dir: expected .json files in ${values.dir}, found none\n`);
    return 2;
  }
  process.stdout.write(`backend ${report.active} (${report.adapter}), ${values.dir}\n`);
  const { passed, failed, skipped } = await checkGoldenFolder(values.dir, files, (line) =>
    process.stdout.write(`${line}\n`),
  );
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
