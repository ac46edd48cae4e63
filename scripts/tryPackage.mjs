// `npm run try:package`: packs the command line, installs it into an empty folder, and trains with it there: one experiment,
// one on a table from the package, and one sweep. It takes a minute or two, so it is not part of `npm test`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from './tools.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'multitab-package-'));
/** @param {string} command @param {string[]} args @param {string} cwd */
const call = (command, args, cwd) => {
  console.log(`$ ${command} ${args.join(' ')}`);
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
};
/** @param {boolean} ok @param {string} what */
const expect = (ok, what) => {
  if (!ok) throw new Error(`try:package: expected ${what}.`);
  console.log(`  ${what}: yes`);
};

try {
  const packed = JSON.parse(call('npm', ['pack', '--json', '--pack-destination', folder], root));
  const [{ filename, size, files }] = packed;
  console.log(`${filename}: ${(size / 1e6).toFixed(2)} MB, ${files.length} files`);
  writeFileSync(path.join(folder, 'package.json'), '{"private": true}');
  call('npm', ['install', '--no-audit', '--no-fund', `./${filename}`], folder);

  const small = ['--set', 'training.epochs=1', '--set', 'data.rows=300', '--backend', 'wasm', '--quiet'];
  call('npx', ['multitab', 'run', ...small, '--out', 'result.json'], folder);
  const result = JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8'));
  expect(result.status === 'finished' && result.backend.active === 'wasm', 'an experiment trains on wasm');
  expect(Number.isFinite(result.gain?.mean), 'it has a gain');

  const table = ['--preset', 'penguins', '--set', 'training.epochs=1', '--quiet', '--out', 'table.json'];
  call('npx', ['multitab', 'run', ...table], folder);
  expect(
    JSON.parse(readFileSync(path.join(folder, 'table.json'), 'utf8')).dataset.rows > 300,
    'a table of the package is read',
  );

  call('npx', ['multitab', 'export', '--preset', 'penguins', '--out', 'table.h5'], folder);
  expect(
    call('npx', ['multitab', 'inspect', 'table.h5'], folder).includes('hdf5, '),
    'an HDF5 file is read in a thread',
  );

  const sweep = [
    'sweep',
    'gain-correlation',
    '--seeds',
    '0',
    '--set',
    'training.epochs=1',
    '--set',
    'training.twin=off',
  ];
  const text = call('npx', ['multitab', ...sweep, '--out', 'runs', '--quiet'], folder);
  expect(text.includes('0.99') && text.includes('1/1'), 'a sweep trains in processes of its own');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
