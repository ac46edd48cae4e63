// The command in a folder that has some of its runs, whichever files they came in.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { catalog } from '../../engine/catalog.ts';
import { expandCells, runsOf } from '../../engine/sweeps/expand.ts';
import { requireSweep } from '../../engine/sweeps/parse.ts';
import { recordOf } from '../../engine/sweeps/record.ts';
import type { Sweep } from '../../engine/sweeps/sweep.ts';
import { endedWith, failedWith } from '../../engine/sweeps/testing.ts';
import { smallExperiment } from '../../engine/training/sessionTesting.ts';
import { type SweepOptions, sweepCommand } from './command.ts';
import { readSweep } from './input.ts';
import { writeMerged } from './shardFile.ts';
import { sweepTable } from './table.ts';

const SWEEP = requireSweep(
  {
    base: smallExperiment({ tasks: { count: 2, degrees: [1] }, training: { epochs: 1 } }),
    axes: [{ key: 'tasks.rho', values: [0, 0.9] }],
    seeds: [0, 1],
  },
  catalog,
);

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'multitab-goes-on-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

/** Leaves `runs.jsonl` and `times.jsonl` with all runs of a sweep, which have not been trained. */
async function merged(sweep: Sweep): Promise<string> {
  const { cells } = expandCells(sweep, catalog);
  const runs = runsOf(cells, sweep);
  const all = runs.map((run) => {
    const cell = cells.find(({ id }) => id === run.cell) as (typeof cells)[number];
    return recordOf(run, endedWith(cell, run.seed, [0.5, 0.6]).result, 'test');
  });
  const path = await writeMerged(
    dir,
    sweep,
    runs.map(({ id }) => id),
    {
      records: new Map(all.map(({ record }) => [record.run, record])),
      times: new Map(all.map(({ times }) => [times.run, times])),
    },
  );
  return readFile(path, 'utf8');
}

async function go(sweep: Sweep, more: Partial<SweepOptions> = {}): Promise<{ code: number; said: string }> {
  const path = join(dir, 'sweep.json');
  await writeFile(path, JSON.stringify(sweep));
  let said = '';
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
  const flags = { backend: 'cpu', 'allow-software-gpu': false, 'dry-run': false, quiet: false };
  return { code: await sweepCommand({ name: path, out: dir, ...flags, ...more }), said };
}

it('trains nothing that the merged file has, where that has come without the files of the shards', async () => {
  const before = await merged(SWEEP);
  const { code, said } = await go(SWEEP);
  expect(said).toContain('4 of 4 runs are there already.');
  expect(code).toBe(0);
  expect(await readFile(join(dir, 'runs.jsonl'), 'utf8')).toBe(before);
});

it('refuses a folder whose merged file is of another sweep, and leaves that as it was', async () => {
  const before = await merged(SWEEP);
  await expect(go({ ...SWEEP, seeds: [2] })).rejects.toThrow('runs of another sweep');
  expect(await readFile(join(dir, 'runs.jsonl'), 'utf8')).toBe(before);
});

it('refuses runs of a version with other defaults, whose settings are written alike', async () => {
  const before = await merged(SWEEP);
  const [head, first, ...rest] = before.split('\n');
  const record = JSON.parse(first ?? '');
  record.result.experiment.training.learningRate = 0.5;
  await writeFile(join(dir, 'runs.jsonl'), [head, JSON.stringify(record), ...rest].join('\n'));
  await expect(go(SWEEP)).rejects.toThrow(
    `--out: expected runs with the defaults of this version, got ${dir} with the run ${record.run}, trained by a version with others.`,
  );
});

it('trains as many runs at a time as --jobs or the scheduler says', async () => {
  await merged(SWEEP);
  vi.stubEnv('SLURM_CPUS_PER_TASK', 'many');
  expect((await go(SWEEP, { jobs: '2' })).code).toBe(0);
  await expect(go(SWEEP)).rejects.toThrow(
    'SLURM_CPUS_PER_TASK: expected an integer from 1 to 1024, got many.',
  );
  for (const jobs of ['0', '1025', '1.5', 'x'])
    await expect(go(SWEEP, { jobs })).rejects.toThrow(
      `--jobs: expected an integer from 1 to 1024, got ${jobs}.`,
    );
});

it('refuses shards of successive halving, and a sweep none of whose cells can be trained', async () => {
  const halving = requireSweep(
    {
      base: SWEEP.base,
      axes: SWEEP.axes,
      design: { kind: 'halving', eta: 2, from: 1, to: 2 },
      seeds: [0],
    },
    catalog,
  );
  await expect(go(halving, { shard: '1/2' })).rejects.toThrow(
    '--shard: expected one shard for successive halving, whose next runs follow from all of the last, got 1-of-2.',
  );
  const refused = requireSweep(
    { base: SWEEP.base, set: { 'model.width': 5 }, axes: SWEEP.axes, seeds: [0] },
    catalog,
  );
  await expect(go(refused)).rejects.toThrow(/heads: expected a divisor of the width 5 \(1, 5\)/);
  await expect(readdir(dir)).resolves.toEqual(['sweep.json']);
});

it('refuses a table for a sweep whose rows come from no file', async () => {
  const name = join(dir, 'sweep.json');
  await writeFile(name, JSON.stringify(SWEEP));
  await expect(readSweep({ name, data: 'table.csv' })).rejects.toThrow(
    '--data: expected none, because the rows of this sweep come from no file, got table.csv.',
  );
});

it('takes the table that is given, and looks for the files of its splits', async () => {
  const table = { id: 'table', params: { file: 'cars.csv', testFile: 'wine.csv' } };
  const targets = [{ column: 'mpg', type: 'regression' }];
  const name = join(dir, 'sweep.json');
  await writeFile(name, JSON.stringify({ base: { data: table, tasks: { targets } }, seeds: [0] }));
  const read = await readSweep({ name, data: '/elsewhere/cars.csv' });
  expect(read.table).toEqual({
    table: '/elsewhere/cars.csv',
    test: expect.stringMatching(/public.data.wine\.csv$/),
  });
  await expect(readSweep({ name, data: '-' })).rejects.toThrow(
    'got standard input. Write the table to a file',
  );
});

it('says in its table what failed, and over how many seeds a mean is where some have none', () => {
  const { cells } = expandCells(SWEEP, catalog);
  const [a, b] = cells as [(typeof cells)[number], (typeof cells)[number]];
  const odd = endedWith(a, 1, [0.5, 0.6]);
  const [seed] = odd.result.seeds;
  if (seed?.gain) seed.gain.mean = Number.NaN;
  const results = [endedWith(a, 0, [0.55, 0.65]), odd, failedWith(b, 0, 'too large')];
  const [, header, first, second, failed] = sweepTable(SWEEP, cells, results).split('\n');
  expect(header).toMatch(/^Cosine +seeds +MT-MLP: gain % /);
  // Gains of 10 and 30 percent in one seed, and none in the other.
  expect(first).toMatch(/^0 +2\/2 +\+20\.0 \(n = 1\) +0\.500 \[0\.500, 0\.500\]/);
  expect(second).toMatch(/^0\.9 +1\/2 \(failed\) +–/);
  expect(failed).toBe('failed: too large');
});
