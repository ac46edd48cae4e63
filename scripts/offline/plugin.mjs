// Writes the service worker of a build (sw.js), with the list of files that it caches and the version computed from them.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Larger files are readers of rare formats, which are cached after their first use. The exception is the engine, without which
 * nothing works.
 */
const MOST_BYTES = 600_000;
const ALWAYS = /^assets\/trainWorker-/;
/** Training uses a single thread (src/platform/backends.ts). */
const NEVER = /threaded/;

/**
 * @param {string} folder - the build
 * @returns {{ files: string[], version: string }} files relative to the page; the page itself is "./"
 */
export function keptFiles(folder) {
  const hash = createHash('sha256');
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((name) => name !== 'sw.js')
    .sort();
  const files = names.filter((name) => {
    const body = readFileSync(path.join(folder, name));
    hash.update(name).update(body);
    return (body.length <= MOST_BYTES && !NEVER.test(name)) || ALWAYS.test(name);
  });
  return {
    files: files.map((name) => (name === 'index.html' ? './' : name)),
    version: hash.digest('hex').slice(0, 16),
  };
}

/** @returns {import('vite').Plugin} */
export function offline() {
  let folder = '';
  return {
    name: 'offline',
    apply: 'build',
    configResolved(config) {
      folder = path.resolve(config.root, config.build.outDir);
    },
    // By this time the files of public/ have been copied.
    closeBundle() {
      const { files, version } = keptFiles(folder);
      const text = readFileSync(new URL('sw.js', import.meta.url), 'utf8')
        .replace("'__VERSION__'", JSON.stringify(version))
        .replace("['__FILES__']", JSON.stringify(files));
      writeFileSync(path.join(folder, 'sw.js'), text);
    },
  };
}
