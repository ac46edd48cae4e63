// The command line as tests start it in processes of its own: built, as it is published. A process then starts in a third of
// the time that it takes from TypeScript, and these tests start many.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';

export interface BuiltCommand {
  /** To be run as `node SCRIPT ...`. */
  script: string;
  remove(): void;
}

export function buildCommand(): BuiltCommand {
  // Below this folder, because the packages that it imports are looked for from where it is.
  const cache = path.resolve('node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, 'command-line-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    execFileSync(process.execPath, ['scripts/buildCli.mjs', folder]);
  } catch (error) {
    remove();
    throw error;
  }
  return { script: path.join(folder, 'multitab.js'), remove };
}
