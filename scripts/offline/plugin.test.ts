import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { keptFiles } from './plugin.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'multitab-offline-'));
mkdirSync(path.join(folder, 'assets'));
const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
write('index.html', '<p>');
write('sw.js', 'of the build before');
write('assets/panel-1.js', '1');
write('assets/hdf5-2.js', 'x'.repeat(700_000));
write('assets/trainWorker-3.js', 'x'.repeat(700_000));
afterAll(() => rmSync(folder, { recursive: true }));

test('the page, its parts and the engine are kept, heavy readers are not', () => {
  expect(keptFiles(folder).files).toEqual(['assets/panel-1.js', 'assets/trainWorker-3.js', './']);
});

test('another version is one in which any file differs, heavy ones too', () => {
  const before = keptFiles(folder).version;
  write('sw.js', 'another');
  expect(keptFiles(folder).version).toBe(before);
  write('assets/hdf5-2.js', 'y'.repeat(700_000));
  expect(keptFiles(folder).version).not.toBe(before);
});
