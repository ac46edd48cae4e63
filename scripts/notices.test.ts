import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { noticeOf, noticesText, packageFolder } from './notices.mjs';

const base = mkdtempSync(path.join(tmpdir(), 'multitab-notices-'));
afterAll(() => rmSync(base, { recursive: true }));

function put(folder: string, manifest: Record<string, unknown>, files: Record<string, string> = {}) {
  mkdirSync(path.join(base, folder), { recursive: true });
  writeFileSync(path.join(base, folder, 'package.json'), JSON.stringify({ version: '1.0.0', ...manifest }));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(base, folder, name), text);
  return folder;
}

it.each([
  ['/p/src/main.tsx', null],
  ['/p/node_modules/react/index.js', 'node_modules/react'],
  ['/p/node_modules/@mantine/core/esm/a.mjs?v=1', 'node_modules/@mantine/core'],
  ['\0/p/node_modules/long/umd/index.js?commonjs-module', 'node_modules/long'],
  ['C:\\p\\node_modules\\idb\\build\\index.js', 'node_modules/idb'],
  ['/p/node_modules/a/node_modules/@b/c/x.js', 'node_modules/a/node_modules/@b/c'],
  ['/p/node_modules/.vite/deps/react.js', null],
])('%s is of %s', (id, folder) => {
  expect(packageFolder(id)).toBe(folder);
});

it('lists every package once with its text, in order', () => {
  const b = put('node_modules/b', { name: 'b', license: 'ISC' }, { 'LICENSE.md': 'Text of b' });
  const a = put('node_modules/a', { name: 'a', license: 'Apache-2.0' }, { NOTICE: 'Notice of a' });
  const text = noticesText([b, a, b], base);
  expect(text.split('b 1.0.0 (ISC)')).toHaveLength(2);
  expect(text.indexOf('Notice of a')).toBeLessThan(text.indexOf('Text of b'));
  expect(text).toContain('Apache License');
});

it('gives the text of a licence that a package names and leaves out', () => {
  const folder = put('node_modules/m', { name: 'm', license: 'MIT', author: 'Ada L <a@b.c>' });
  expect(noticeOf(folder, base).text).toMatch(/^Copyright \(c\) Ada L\n\nPermission is hereby granted/);
});

it('refuses a licence that nobody has read, and one without a text', () => {
  const agpl = put('node_modules/g', { name: 'g', license: 'AGPL-3.0' }, { LICENSE: 'x' });
  expect(() => noticeOf(agpl, base)).toThrow(/node_modules\/g: expected one of the licences .*got AGPL-3.0/);
  const bare = put('node_modules/n', { name: 'n', license: 'BSD-3-Clause' });
  expect(() => noticeOf(bare, base)).toThrow(/expected a file with the text/);
});
