// Where things are: the folder of the project, and the command-line programs of installed packages. These are started through
// Node itself, so that no shell is involved on any platform.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The production build. */
export const dist = path.join(root, 'dist');

/**
 * The script behind a package's command, to be run as `node <script> ...`.
 * @param {string} name - package, e.g. `@biomejs/biome`
 * @param {string} command - its command, e.g. `biome`
 */
export function toolScript(name, command) {
  const folder = path.join(root, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  return path.join(folder, typeof bin === 'string' ? bin : bin[command]);
}
