// Runs every golden case of a folder against the models, generator, metrics and gain, and prints the worst error of
// each. Ends with the line "N passed, N failed, N skipped".
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { worstOf } from '../engine/golden/check.ts';
import { checkGolden } from '../engine/golden/checkGolden.ts';
import type { BackendId } from '../engine/protocol/backend.ts';
import { startNodeBackend } from '../platform/node.ts';

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
  let files: string[];
  try {
    files = (await readdir(values.dir)).filter((f) => f.endsWith('.json') && f !== 'index.json').sort();
  } catch {
    process.stderr.write(`golden: --dir: expected a folder of golden cases, got ${values.dir}\n`);
    return 2;
  }
  if (files.length === 0) {
    process.stderr.write(`golden: --dir: expected .json files in ${values.dir}, found none\n`);
    return 2;
  }
  process.stdout.write(`backend ${report.active} (${report.adapter}), ${values.dir}\n`);
  let [passed, failed, skipped] = [0, 0, 0];
  for (const file of files) {
    const name = file.replace(/\.json$/, '');
    try {
      const outcome = await checkGolden(JSON.parse(await readFile(join(values.dir, file), 'utf8')));
      if ('skipped' in outcome) {
        skipped++;
        process.stdout.write(`skip  ${name}: ${outcome.skipped}\n`);
        continue;
      }
      const failures = outcome.checks.filter((c) => !c.passed);
      const worst = worstOf(outcome.checks);
      const ok = failures.length === 0 && worst !== null;
      if (ok) passed++;
      else failed++;
      process.stdout.write(
        `${ok ? 'pass' : 'FAIL'}  ${name}: ${outcome.checks.length} checks, worst ${worst?.quantity ?? 'none'} ${worst?.error.toExponential(1)} (limit ${worst?.tolerance.toExponential(1)})\n`,
      );
      for (const c of failures.slice(0, 8)) {
        process.stdout.write(
          `      ${c.quantity}: ${c.error.toExponential(2)} > ${c.tolerance.toExponential(2)} ${c.detail ?? ''}\n`,
        );
      }
    } catch (error) {
      failed++;
      process.stdout.write(`FAIL  ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
