// When an install is needed, and when the command that follows may start immediately.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installNeeded, nodeProblem } from './ensureInstalled.mjs';

let root = '';
const dependencies = { left: '^1.0.0' };
const packages = {
  '': { dependencies },
  'node_modules/left': { version: '1.2.0' },
  'node_modules/elsewhere': { version: '2.0.0', optional: true, os: ['none'] },
};

function write(file: string, content: unknown) {
  const full = path.join(root, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, JSON.stringify(content));
}

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'multitab-install-'));
  write('package.json', { dependencies });
  write('package-lock.json', { packages });
  write('node_modules/.package-lock.json', {
    packages: { 'node_modules/left': packages['node_modules/left'] },
  });
  write('node_modules/left/package.json', {});
});
afterEach(() => rmSync(root, { recursive: true }));

test('a complete folder needs nothing, optional packages of other platforms left out', () => {
  expect(installNeeded(root)).toBeNull();
});

test('a fresh clone is installed from the lock file', () => {
  rmSync(path.join(root, 'node_modules'), { recursive: true });
  expect(installNeeded(root)?.command).toBe('ci');
});

test('a package that is missing on disk, or of another version, is installed', () => {
  write('package-lock.json', {
    packages: { ...packages, 'node_modules/left': { version: '1.3.0' } },
  });
  expect(installNeeded(root)).toEqual({
    command: 'ci',
    why: 'node_modules/left is out of date',
  });
  write('package-lock.json', { packages });
  rmSync(path.join(root, 'node_modules/left'), { recursive: true });
  expect(installNeeded(root)).toEqual({
    command: 'ci',
    why: 'node_modules/left is missing',
  });
});

test('packages of another platform are replaced', () => {
  const entry = { version: '1.2.0', os: ['none'] };
  write('node_modules/.package-lock.json', {
    packages: { 'node_modules/left': entry },
  });
  expect(installNeeded(root)?.why).toContain('another machine');
});

test('a dependency added by hand goes through npm install', () => {
  write('package.json', {
    dependencies: { ...dependencies, right: '^1.0.0' },
  });
  expect(installNeeded(root)?.command).toBe('install');
});

test('Node.js before 20.19 is refused with the version wanted', () => {
  expect(nodeProblem('20.18.3')).toContain('20.19.0 or newer, and this is 20.18.3');
  expect(nodeProblem('18.20.0')).not.toBeNull();
  expect(nodeProblem('20.19.0')).toBeNull();
  expect(nodeProblem('22.0.0')).toBeNull();
});
