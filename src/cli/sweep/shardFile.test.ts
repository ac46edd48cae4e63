import { mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catalog } from '../../engine/catalog.ts';
import { expandCells, runsOf, shardOf } from '../../engine/sweeps/expand.ts';
import { requireSweep } from '../../engine/sweeps/parse.ts';
import { recordOf } from '../../engine/sweeps/record.ts';
import { endedWith } from '../../engine/sweeps/testing.ts';
import { smallExperiment } from '../../engine/training/sessionTesting.ts';
import { startNodeBackend } from '../../platform/node.ts';
import type { Trainer } from './pool.ts';
import { readFolder, readSweepFolder, ShardFile, writeMerged } from './shardFile.ts';
import { trainRun } from './trainer.ts';
import { trainRuns } from './work.ts';

const sweep = requireSweep(
  {
    base: smallExperiment({
      data: { id: 'multitab-bench', params: { rows: 60, features: 3 } },
      tasks: { count: 2, degrees: [1] },
      model: { id: 'mt-mlp', params: { shared: [3], tower: [2], embedding: 0 } },
      training: { epochs: 1, batchSize: 32 },
    }),
    axes: [
      { key: 'tasks.rho', values: [0, 0.5, 0.9] },
      { key: 'training.learningRate', values: [1e-3, 1e-2, 1e-1] },
    ],
    seeds: [0, 1],
  },
  catalog,
);
const { cells } = expandCells(sweep, catalog);
const runs = runsOf(cells, sweep);
const order = runs.map((run) => run.id);
const backend = { active: 'cpu', adapter: 'test', reason: '', tried: [], software: false } as const;

const silent = { ended: () => {}, lost: () => {} };
const quiet = () => {};
/** A trainer in this process. */
const trainer = (): Trainer => ({
  train: (run) => trainRun(run, { ...backend, tried: [] }, null),
  close: () => {},
});

let dir = '';
beforeAll(() => startNodeBackend({ backend: 'cpu', allowSoftwareAdapter: false }));
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'multitab-sweep-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function trainShard(folder: string, number: number, of: number, jobs: number): Promise<void> {
  const file = await ShardFile.open(folder, { number, of }, sweep, quiet);
  await trainRuns(
    shardOf(runs, number - 1, of),
    file,
    Array.from({ length: jobs }, trainer),
    silent,
    () => false,
  );
  await file.sort(order);
  await file.close();
}

const textOf = (...names: string[]) => readFile(join(dir, ...names), 'utf8');
const runsFile = 'runs.1-of-1.jsonl';
const merged = async (folder: string) =>
  readFile(await writeMerged(folder, sweep, order, await readFolder(folder, quiet)), 'utf8');

describe('shards', () => {
  it('come to what one process does, number for number, with several runs at a time', async () => {
    await trainShard(join(dir, 'one'), 1, 1, 1);
    for (const number of [3, 1, 4, 2]) await trainShard(join(dir, 'four'), number, 4, 2);
    const whole = await merged(join(dir, 'one'));
    expect(await merged(join(dir, 'four'))).toBe(whole);
    expect(whole).toBe(await textOf('one', runsFile));
    const losses = [...(await readFolder(join(dir, 'four'), quiet)).records.values()].map(
      (r) => r.result.seeds[0]?.model.epochs[0]?.trainLosses[0],
    );
    expect(new Set(losses).size).toBe(18);
  });

  it('refuse to join different results of one run', async () => {
    const add = async (of: number, score: number) => {
      const file = await ShardFile.open(dir, { number: 1, of }, sweep, quiet);
      const { record, times } = ended(0, score);
      await file.add(record, times);
      await file.close();
    };
    await add(1, 0.5);
    await add(2, 0.6);
    await expect(readFolder(dir, quiet)).rejects.toThrow(`another result of the run ${order[0]}`);
  });

  it('count from the merged file as well, with times, where theirs are not in the folder', async () => {
    const add = async (number: number, i: number) => {
      const file = await ShardFile.open(dir, { number, of: 2 }, sweep, quiet);
      const { record, times } = ended(i, 0.5);
      await file.add(record, times);
      await file.close();
    };
    await add(1, 0);
    const before = await readSweepFolder(dir, quiet);
    await merged(dir);
    await rm(join(dir, 'runs.1-of-2.jsonl'));
    await rm(join(dir, 'times.1-of-2.jsonl'));
    expect(await readSweepFolder(dir, quiet)).toEqual(before);
    await add(2, 1);
    // What only the merged file has stays in it.
    await merged(dir);
    const { records, times } = await readFolder(dir, quiet);
    expect([...records.keys()].sort()).toEqual(order.slice(0, 2).sort());
    expect([...times.keys()].sort()).toEqual(order.slice(0, 2).sort());
  });

  it('are not merged over a file whose sweep cannot be read', async () => {
    await writeFile(join(dir, 'runs.jsonl'), '{"type":"sweep"\n');
    await expect(readFolder(dir, quiet)).rejects.toThrow('got none that can be read');
  });

  it('of a file without its sweep are left out with a word about it', async () => {
    await fill(2);
    const [, ...lines] = (await textOf(runsFile)).split('\n');
    await writeFile(join(dir, runsFile), lines.join('\n'));
    const notes: string[] = [];
    expect((await readFolder(dir, (text) => notes.push(text))).records.size).toBe(0);
    expect(notes.join()).toContain('none of its 2 runs counts');
  });

  it('refuses a folder without a file of runs', async () => {
    await expect(readSweepFolder(dir, quiet)).rejects.toThrow('got no file of runs');
  });
});

/** A record without training. */
const ended = (i: number, score: number) => {
  const run = runs[i] as (typeof runs)[number];
  const cell = cells.find(({ id }) => id === run.cell) as (typeof cells)[number];
  return recordOf(run, endedWith(cell, run.seed, [score]).result, 'test');
};

async function fill(count: number): Promise<void> {
  const file = await ShardFile.open(dir, { number: 1, of: 1 }, sweep, quiet);
  for (let i = 0; i < count; i++) {
    const { record, times } = ended(i, i / 10);
    await file.add(record, times);
  }
  await file.close();
}

describe('ShardFile', () => {
  it('keeps numbers that are not finite, and those of typed arrays', async () => {
    const file = await ShardFile.open(dir, { number: 1, of: 1 }, sweep, quiet);
    const { record, times } = await trainRun(
      runs[0] as (typeof runs)[number],
      { ...backend, tried: [] },
      null,
    );
    const [seed] = record.result.seeds;
    Object.assign(seed?.model.test[0]?.metrics ?? {}, {
      odd: { value: Number.NaN },
      far: { value: -Infinity },
    });
    await file.add(record, times);
    await file.close();
    expect((await readFolder(dir, quiet)).records.get(record.run)).toEqual(record);
    expect(record.result.dataset?.relatedness.realised).toBeInstanceOf(Float64Array);
  });

  it('goes on behind the last whole line, wherever it was cut off, with a word about it', async () => {
    await fill(3);
    const whole = await textOf(runsFile);
    // Cuts within the header, at its end, within a run, before the last character, and none.
    const header = whole.indexOf('\n');
    for (const length of [10, header, header + 1, header + 30, whole.length - 1, whole.length]) {
      await truncate(join(dir, runsFile), length);
      const notes: string[] = [];
      const file = await ShardFile.open(dir, { number: 1, of: 1 }, sweep, (text) => notes.push(text));
      for (let i = 0; i < 3; i++) {
        const { record, times } = ended(i, i / 10);
        if (!file.records.has(record.run)) await file.add(record, times);
      }
      await file.close();
      expect(await textOf(runsFile), `cut off at ${length}`).toBe(whole);
      const isCut = ![header + 1, whole.length].includes(length);
      expect(notes, `cut off at ${length}`).toHaveLength(isCut && length !== header ? 1 : 0);
      expect(await textOf('times.1-of-1.jsonl')).toMatch(/\n$/);
    }
  });

  it('keeps what stands behind a broken line', async () => {
    await fill(3);
    const lines = (await textOf(runsFile)).split('\n');
    lines[2] = `${lines[2]?.slice(0, 40)}\u0000`;
    await writeFile(join(dir, runsFile), lines.join('\n'));
    const notes: string[] = [];
    const file = await ShardFile.open(dir, { number: 1, of: 1 }, sweep, (text) => notes.push(text));
    await file.close();
    expect([...file.records.keys()]).toEqual([order[0], order[2]]);
    expect(notes.join()).toContain('line 3 is incomplete or damaged');
  });

  it('refuses the file of another sweep and leaves it as it was', async () => {
    await fill(1);
    const before = await textOf(runsFile);
    const other = { ...sweep, seeds: [7] };
    await expect(ShardFile.open(dir, { number: 1, of: 1 }, other, quiet)).rejects.toThrow(
      'runs of another sweep',
    );
    expect(await textOf(runsFile)).toBe(before);
    expect(await readdir(dir)).not.toContain('runs.1-of-1.lock');
  });
});

describe('a folder that cannot be written', () => {
  it('is refused before any run', async () => {
    await writeFile(join(dir, 'file'), '');
    await expect(
      ShardFile.open(join(dir, 'file', 'runs'), { number: 1, of: 1 }, sweep, quiet),
    ).rejects.toThrow(/^--out: expected a file that can be written, got .*file.runs \(E\w+\)\. /);
  });

  it('says so at the run that it could not store', async () => {
    const file = await ShardFile.open(dir, { number: 1, of: 1 }, sweep, quiet);
    await file.close();
    const { record, times } = ended(0, 0.5);
    await expect(file.add(record, times)).rejects.toThrow(
      /^--out: expected a file that can be written, got .*runs\.1-of-1/,
    );
    expect(file.fault?.kind).toBe('file');
    expect(file.records.size).toBe(0);
  });
});

describe('the lock', () => {
  const open = () => ShardFile.open(dir, { number: 1, of: 1 }, sweep, quiet);
  const lock = () => join(dir, 'runs.1-of-1.lock');
  const hold = (holder: object) => writeFile(lock(), JSON.stringify({ token: 'x', ...holder }));

  it('keeps out whoever comes while its process lives, and says who', async () => {
    await hold({ host: hostname(), pid: process.ppid });
    await expect(open()).rejects.toThrow(`got process ${process.ppid} on ${hostname()}`);
  });

  it('of another machine is taken over when nobody has touched it for a minute', async () => {
    await hold({ host: 'elsewhere', pid: 1 });
    await expect(open()).rejects.toThrow('process 1 on elsewhere');
    const past = new Date(Date.now() - 120_000);
    await utimes(lock(), past, past);
    await (await open()).close();
    expect(await readdir(dir)).not.toContain('runs.1-of-1.lock');
  });

  it('of a process with the number of this one is another one, as long as somebody touches it', async () => {
    await hold({ host: hostname(), pid: process.pid });
    await expect(open()).rejects.toThrow(`got process ${process.pid}`);
    const past = new Date(Date.now() - 120_000);
    await utimes(lock(), past, past);
    const file = await open();
    // This process holds the lock now.
    await expect(open()).rejects.toThrow('expected no other process');
    await file.close();
  });

  it('that cannot be read keeps out, and nobody waits for it without end', async () => {
    await mkdir(lock());
    await expect(open()).rejects.toThrow(/EISDIR|EPERM|EACCES/);
  });

  it('of a process that is gone is taken over', async () => {
    // No process has this id.
    await hold({ host: hostname(), pid: 2 ** 30 });
    await (await open()).close();
  });
});
