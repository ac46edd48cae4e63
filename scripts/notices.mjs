// What the build contains of other people's work, with its licences. A Vite plugin traces the modules of page and worker to
// their packages and writes THIRD-PARTY-NOTICES.txt next to them. The build fails for a package whose licence is not known to
// allow this.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { root } from './tools.mjs';

export const NOTICES = 'THIRD-PARTY-NOTICES.txt';

/** SPDX names of licences that ask only for a notice. */
const ALLOWED = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'OFL-1.1']);
/** Packages whose package.json gives no SPDX name. Their licences were read and ask only for a notice. */
const READ = new Map([['h5wasm', 'NIST software, and the BSD-style licence of HDF5']]);
/** Packages compiled into one of our own files. */
const COMPILED_IN = ['node_modules/assemblyscript'];

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES
OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE
LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR
IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/**
 * The folder of the package that a module belongs to, relative to the root of the project; null for our own modules.
 * @param {string} id - absolute path of a module, perhaps with a query
 */
export function packageFolder(id) {
  const file = id.replace(/^\0+/, '').split('?', 1)[0]?.replaceAll('\\', '/') ?? '';
  const match = /^.*?\/(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/@.][^/]*)\//.exec(file);
  return match?.[1] ?? null;
}

/** @param {{ name?: string } | string | undefined} author */
const nameOf = (author) =>
  (typeof author === 'string' ? author.replace(/\s*[<(].*$/, '') : author?.name) || 'its authors';

/**
 * Packages keep the licences of code they include next to their own.
 * @param {string} folder
 * @returns {string[]} relative to the folder, in order
 */
function licenceFiles(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /(^|\/)(licen[cs]e|copying|notice)(\.(md|txt|mit))?$/i.test(file))
    .filter((file) => !file.includes('node_modules/'))
    .filter((file) => statSync(path.join(folder, file)).isFile())
    .sort();
}

/**
 * @param {string} folder - of the package, relative to `base`
 * @param {string} base
 * @returns {{ name: string, version: string, licence: string, text: string }}
 * @throws Error for a package whose licence does not allow its use here, or that has no licence text
 */
export function noticeOf(folder, base = root) {
  const at = path.join(base, folder);
  const { name, version, license, author } = JSON.parse(readFileSync(path.join(at, 'package.json'), 'utf8'));
  const licence = READ.get(name) ?? license;
  const isAllowed = String(license)
    .split(' AND ')
    .every((one) => ALLOWED.has(one));
  if (!READ.has(name) && !isAllowed)
    throw new Error(
      `${folder}: expected one of the licences ${[...ALLOWED].join(', ')}, got ${license}. Read it; scripts/notices.mjs lists those that may be used.`,
    );
  const files = licenceFiles(at);
  const texts = files.map((file) => readFileSync(path.join(at, file), 'utf8').trim());
  if (files.some((file) => !/notice[^/]*$/i.test(file)))
    return { name, version, licence, text: texts.join('\n\n') };
  // Published without a licence text: use the text of the licence it names.
  if (license === 'Apache-2.0') texts.push('Its text stands under "Apache License" at the end.');
  else if (license === 'MIT') texts.push(`Copyright (c) ${nameOf(author)}\n\n${MIT}`);
  else throw new Error(`${folder}: expected a file with the text of its licence (${license}), got none.`);
  return { name, version, licence, text: texts.join('\n\n') };
}

const RULE = '-'.repeat(100);

/** @param {Iterable<string>} folders - of packages, in any order */
export function noticesText(folders, base = root) {
  const notices = [...new Set(folders)].map((folder) => noticeOf(folder, base));
  const key = (/** @type {{ name: string, version: string }} */ n) => `${n.name} ${n.version}`;
  notices.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return [
    'MultiTab Workbench contains the work of others, under the licences below.',
    ...notices.map((notice) => `${RULE}\n${key(notice)} (${notice.licence})\n\n${notice.text}`),
    `${RULE}\nApache License\n\n${readFileSync(path.join(root, 'LICENSE'), 'utf8').trim()}`,
  ]
    .join('\n\n')
    .concat('\n');
}

/** Plugins for page and worker. They share the list of what they find. */
export function noticesPlugins() {
  const folders = new Set(COMPILED_IN);
  /** @param {Iterable<string>} ids */
  const add = (ids) => {
    for (const id of ids) {
      const folder = packageFolder(id);
      if (folder) folders.add(folder);
    }
  };
  /** @param {Record<string, { type: string, moduleIds?: string[] }>} bundle @param {Iterable<string>} all */
  const collect = (bundle, all) => {
    for (const part of Object.values(bundle)) add(part.moduleIds ?? []);
    // Styles, fonts and files that are used by their address belong to no chunk.
    add([...all].filter((id) => /\.css\b|\?url\b|\?worker\b/.test(id)));
  };
  return {
    /** @type {import('vite').Plugin} */
    worker: {
      name: 'notices-of-worker',
      generateBundle(_, bundle) {
        collect(bundle, this.getModuleIds());
      },
    },
    /** @type {import('vite').Plugin} */
    page: {
      name: 'notices',
      apply: 'build',
      generateBundle(_, bundle) {
        collect(bundle, this.getModuleIds());
        this.emitFile({ type: 'asset', fileName: NOTICES, source: noticesText(folders) });
      },
    },
  };
}
