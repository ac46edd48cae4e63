import { describe, expect, it } from 'vitest';
import { catalog } from '../../engine/catalog.ts';
import { expandCells, runsOf, type SweepRun } from '../../engine/sweeps/expand.ts';
import { requireSweep } from '../../engine/sweeps/parse.ts';
import { recordOf, type SweepRecord } from '../../engine/sweeps/record.ts';
import { endedWith, failedWith } from '../../engine/sweeps/testing.ts';
import type { Ended, Trainer } from './pool.ts';
import { trainRuns } from './work.ts';

const sweep = requireSweep({ axes: [{ key: 'tasks.rho', values: [0, 0.3, 0.6, 0.9] }], seeds: [0] }, catalog);
const { cells } = expandCells(sweep, catalog);
const runs = runsOf(cells, sweep);
const cellOf = (run: SweepRun) => cells.find(({ id }) => id === run.cell) as (typeof cells)[number];

/** Trains missing runs with `train`; returns what was stored and reported. */
async function work(
  train: (run: SweepRun) => Ended,
  { done = [], jobs = 1, stopAfter = 99 }: { done?: string[]; jobs?: number; stopAfter?: number } = {},
) {
  const records = new Map(done.map((run) => [run, {} as SweepRecord]));
  const asked: string[] = [];
  const said: string[] = [];
  const trainer: Trainer = {
    async train(run) {
      asked.push(run.id);
      return train(run);
    },
    close: () => {},
  };
  const file = { records, add: async (record: SweepRecord) => void records.set(record.run, record) };
  const progress = {
    ended: (run: SweepRun) => void said.push(`ended ${run.id}`),
    lost: (run: SweepRun, why: string) => void said.push(`lost ${run.id}: ${why}`),
  };
  const trainers = Array.from({ length: jobs }, () => trainer);
  const lost = await trainRuns(runs, file, trainers, progress, () => asked.length >= stopAfter);
  return { lost, asked, said, kept: [...records.keys()] };
}

const finish = (run: SweepRun): Ended => recordOf(run, endedWith(cellOf(run), run.seed, [0.5]).result, '');
const ids = runs.map((run) => run.id);

describe('trainRuns', () => {
  it('trains each run once, those that are there not again', async () => {
    const { asked, kept, lost } = await work(finish, { done: [ids[1] as string], jobs: 3 });
    expect(asked.sort()).toEqual([ids[0], ids[2], ids[3]].sort());
    expect(kept.sort()).toEqual([...ids].sort());
    expect(lost).toBe(0);
  });

  it('keeps a run that would fail again, and not one that may go well', async () => {
    const fail = (run: SweepRun, kind: 'numeric' | 'memory') => {
      const { result } = failedWith(cellOf(run), run.seed, kind);
      if (result.error) result.error.kind = kind;
      return recordOf(run, result, '');
    };
    const { kept, lost, said } = await work((run) => fail(run, run.id === ids[0] ? 'numeric' : 'memory'));
    expect(kept).toEqual([ids[0]]);
    expect(lost).toBe(3);
    expect(said).toContain(`lost ${ids[1]}: memory`);
  });

  it('says which run ended its process, and goes on with the others', async () => {
    const { kept, said, lost } = await work((run) =>
      run.id === ids[2] ? { lost: 'was ended by SIGKILL' } : finish(run),
    );
    expect(kept).toEqual([ids[0], ids[1], ids[3]]);
    expect(said).toContain(`lost ${ids[2]}: its process was ended by SIGKILL, twice`);
    expect(lost).toBe(1);
  });

  it('keeps nothing of a run that was stopped', async () => {
    const { kept } = await work(finish, { stopAfter: 2 });
    expect(kept).toEqual([ids[0]]);
  });
});
