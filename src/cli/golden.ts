// `npm run golden`: runs every golden case of a folder against the models, generator, metrics and gain, and prints the worst
// error of each. Ends with the line "N passed, N failed, N skipped".
import { WorkbenchError } from '../engine/core/errors.ts';
import { startNodeBackend } from '../platform/node.ts';
import { endWith } from './endings.ts';
import { checkGoldenFolder, goldenFiles } from './goldenFolder.ts';
import { GOLDEN_HELP, OWN_CASES, readGoldenOptions } from './goldenOptions.ts';

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(GOLDEN_HELP);
    return 0;
  }
  const { dir, backend } = readGoldenOptions(args);
  const files = await goldenFiles(dir);
  if (!files || files.length === 0)
    throw WorkbenchError.of('file', {
      path: 'golden, --dir',
      expected: 'a folder of golden cases',
      got: files ? `${dir}, which has no file that ends in .json` : `${dir}, which cannot be read`,
      remedy: `Check the path; ${OWN_CASES}/README.md describes the format.`,
    });
  const report = await startNodeBackend({ backend, allowSoftwareAdapter: true });
  process.stdout.write(`backend ${report.active} (${report.adapter}), ${dir}\n`);
  const { passed, failed, skipped } = await checkGoldenFolder(dir, files, (line) =>
    process.stdout.write(`${line}\n`),
  );
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed === 0 ? 0 : 1;
}

endWith(main(process.argv.slice(2)));
