// Runs one bench as a command of its own and collects its figures.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/tools.mjs';
import { FIGURES_FILE, type Figure } from '../figures.ts';
import { type Bench, commandOf, lineOf, type Size } from './list.ts';
import { type Recorded, type RecordedBench, slugOf } from './recorded.ts';

export const RESULTS = path.join(root, 'bench', 'results', 'all');

export const machine = (): string => {
  const all = cpus();
  return `${(all[0]?.model ?? 'unknown processor').replace(/ Processor$/, '').trim()}, ${all.length} cores`;
};

export const fileOf = (name: string): string => path.join(RESULTS, `${slugOf(name)}.json`);

/** @returns the stored figures of this machine, or null */
export function readRecorded(name: string): Recorded | null {
  const file = fileOf(name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Recorded) : null;
}

export const readAll = (): Recorded[] =>
  (existsSync(RESULTS) ? readdirSync(RESULTS) : [])
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(path.join(RESULTS, name), 'utf8')) as Recorded);

/** @param python - the command */
export function runBench(bench: Bench, size: Size, python: string): RecordedBench {
  const { id, title, python: packages } = bench;
  const command = commandOf(bench, size);
  const [script = '', ...options] = command;
  const record = (figures: Figure[], fault: string | null): RecordedBench => ({
    id,
    title: size === 'small' ? `${title} (small)` : title,
    command: lineOf(command),
    figures,
    fault,
    date: new Date().toISOString().slice(0, 10),
    load,
  });
  const load = loadavg()[0] ?? 0;
  for (const name of packages ?? []) {
    const { status, stderr, error } = spawnSync(python, ['-c', `import ${name}`], { encoding: 'utf8' });
    const why = error?.message ?? stderr.trim().split('\n').at(-1);
    if (status !== 0)
      return record([], `${python} cannot import ${name} (${why}). Name one that can by --python`);
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'multitab-bench-all-'));
  const file = path.join(folder, 'figures.json');
  try {
    const { status, signal } = spawnSync(
      process.execPath,
      [
        '--import',
        'tsx',
        path.join(root, 'bench', script),
        ...options,
        ...(packages ? ['--python', python] : []),
      ],
      { cwd: root, stdio: 'inherit', env: { ...process.env, [FIGURES_FILE]: file } },
    );
    const figures = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Figure[]) : [];
    const fault = status === 0 ? null : `ended with ${signal ?? `status ${status}`}`;
    if (fault === null && figures.length === 0 && !bench.quality) return record([], 'handed on no figures');
    return record(figures, fault);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
