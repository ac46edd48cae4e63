import { describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { MAX_SEED } from '../config/seedLimits.ts';
import type { DatasetSummary } from '../protocol/data.ts';
import { aggregate, comparePaired } from './aggregate.ts';
import { guessedSeconds, secondsLeft, workOf } from './estimate.ts';
import { expandCells, experimentOf } from './expand.ts';
import { budgetsOf, countHalvingRuns, isHalvingDone, rungsOf } from './halving.ts';
import { headerOf, readLines, toLine } from './lines.ts';
import { requireSweep } from './parse.ts';
import { quantitiesIn, quantity } from './quantity.ts';
import { rankIn } from './ranking.ts';
import { recordOf } from './record.ts';
import { endedWith, failedWith } from './testing.ts';

const task = { type: 'binary' as const, outputs: 1, description: '' };
/** Two tasks, the first with a known class. */
const DATA: DatasetSummary = {
  name: 't',
  rows: 3,
  split: { train: 1, validation: 1, test: 1 },
  features: [],
  tasks: [
    { ...task, name: 'y0', positive: 'ill' },
    { ...task, name: 'y1' },
  ],
  targetScaling: [null, null],
  classCounts: [null, null],
  relatedness: {
    requestedCosine: null,
    smallestEigenvalue: null,
    closedForm: null,
    realised: Float64Array.of(1, 0, 0, 1),
  },
  notes: [],
};

const sweepOf = (changes: Record<string, unknown> = {}) => {
  const sweep = requireSweep(
    { axes: [{ key: 'tasks.rho', values: [0, 0.5, 0.9] }], seeds: [0, 1, 2], ...changes },
    catalog,
  );
  return { sweep, cells: expandCells(sweep, catalog).cells };
};

describe('aggregate', () => {
  const { sweep, cells } = sweepOf();
  const [a, b, c] = cells as [(typeof cells)[0], (typeof cells)[0], (typeof cells)[0]];
  const results = [
    endedWith(b, 1, [0.7, 0.9]),
    endedWith(a, 0, [0.5, 0.6]),
    endedWith(a, 2, [0.6, 0.9]),
    endedWith(a, 1, [0.5, 0.8]),
    failedWith(b, 0, 'step 7: loss of y0'),
  ];

  it('has mean, spread and interval over the seeds of each cell, in the order of the cells', () => {
    const [first, second, third] = aggregate(sweep, cells, results, quantity('gain'));
    // Mean gains of the seeds 10, 30 and 50 percent; the t quantile of two degrees of freedom is 4.3027.
    expect(first).toMatchObject({ cell: a.id, n: 3, ended: 3, failure: null });
    [10, 30, 50].forEach((value, i) => {
      expect(first?.perSeed[i]).toBeCloseTo(value, 9);
    });
    expect(first?.mean).toBeCloseTo(30, 9);
    expect(first?.sd).toBeCloseTo(20, 9);
    expect(first?.high).toBeCloseTo(30 + (4.302652729 * 20) / Math.sqrt(3), 6);
    expect(second).toMatchObject({ n: 1, ended: 2, failure: 'step 7: loss of y0', sd: Number.NaN });
    expect(third).toMatchObject({ cell: c.id, n: 0, ended: 0, mean: Number.NaN });
  });

  it('reads a single task, another network, and costs', () => {
    const meanOf = (...args: Parameters<typeof quantity>) =>
      aggregate(sweep, [a], results, quantity(...args))[0]?.mean;
    expect(meanOf('gain', { task: 'y0' })).toBeCloseTo(20 / 3, 9);
    expect(meanOf('metric', { task: 'y1' })).toBeCloseTo(2.3 / 3, 9);
    expect(meanOf('metric', { role: 'baseline' })).toBe(0.5);
    expect(meanOf('parameters')).toBe(10);
    expect(meanOf('sharing')).toBeNaN();
  });

  it('compares cells on the seeds that both have, and says when they are too few', () => {
    const pair = comparePaired(
      results,
      { cell: a.id, quantity: quantity('gain') },
      { cell: b.id, quantity: quantity('gain') },
    );
    expect(pair).toMatchObject({ n: 1, isTooFew: true });
    expect(pair.difference).toBeCloseTo(30 - 60, 9);
  });

  it('lists what there is to read, gains first, without what no run has', () => {
    const labels = quantitiesIn(results.map((r) => r.result)).map((entry) => entry.label);
    expect(labels.slice(0, 3)).toEqual([
      'MT-MLP: gain, mean over tasks',
      'MT-MLP: gain, y0',
      'MT-MLP: gain, y1',
    ]);
    expect(labels).toContain('ST-MLP (baseline): explained-variance, y1');
    expect(labels.filter((label) => label.includes('sharing'))).toEqual([]);
  });

  it('says of a binary task which class is positive', () => {
    const ill = results.map(({ result }) => ({
      ...result,
      dataset: DATA,
    }));
    const labels = quantitiesIn(ill).map((entry) => entry.label);
    expect(labels).toContain('MT-MLP: gain, y0 (positive: ill)');
    expect(labels).toContain('MT-MLP: gain, y1');
    expect(labels).toContain('MT-MLP: gain, mean over tasks');
  });
});

describe('tables per seed', () => {
  it('have the data seed plus the seed, from 0 again behind the largest', () => {
    const set = { 'data.seed': MAX_SEED - 1 };
    const { sweep, cells } = sweepOf({ set, tables: 'per-seed' });
    const [cell] = cells as [(typeof cells)[0]];
    expect([0, 1, 2, 3].map((seed) => experimentOf(cell, seed, sweep).data.params.seed)).toEqual([
      MAX_SEED - 1,
      MAX_SEED,
      0,
      1,
    ]);
    expect(experimentOf(cell, 3, { ...sweep, tables: undefined }).data.params.seed).toBe(MAX_SEED - 1);
  });
});

describe('recordOf', () => {
  it('holds nothing of the clock, and the times beside it', () => {
    const { cells } = sweepOf();
    const { result } = endedWith(cells[0] as (typeof cells)[0], 1, [0.6]);
    const run = { id: 'x-1', cell: 'x', seed: 1 };
    const { record, times } = recordOf(run, result, 'node');
    const later = recordOf(run, { ...result, startedAt: '2026', elapsedMs: 7 }, 'other');
    expect(later.record).toEqual(record);
    expect(record.result.seeds[0]?.model).toMatchObject({ trainMs: 0, bestEpochs: [1] });
    expect(times).toMatchObject({ elapsedMs: 1000, machine: 'node' });
    expect(times.networks).toContainEqual({ role: 'model', trainMs: 120, evaluationMs: 4 });
    expect(result.elapsedMs).toBe(1000);
  });
});

describe('a line of a file', () => {
  const { sweep, cells } = sweepOf();
  const { record } = recordOf(
    { id: 'x-1', cell: 'x', seed: 1 },
    endedWith(cells[0] as (typeof cells)[0], 1, [0.6]).result,
    'node',
  );
  const read = (result: object) =>
    readLines(
      toLine(headerOf(sweep, catalog)) + toLine({ ...record, result: { ...record.result, ...result } }),
    );
  const [seed] = record.result.seeds;

  it('is a run with what the figures of a sweep read', () => {
    expect(read({})).toMatchObject({ records: [record], broken: [] });
    expect(read({ dataset: DATA, notes: [{ code: 'a', text: 'b' }] }).broken).toEqual([]);
  });

  it.each<[string, object]>([
    ['tasks that are no list', { dataset: { tasks: 5 } }],
    ['a task without a name', { dataset: { tasks: [{}] } }],
    ['a note without a text', { notes: [{ code: 'a' }] }],
    ['a gain without its tasks', { seeds: [{ ...seed, gain: {} }] }],
    ['parts of a gain without their tasks', { seeds: [{ ...seed, decomposition: { mean: {} } }] }],
    ['another network that is none', { seeds: [{ ...seed, others: [{ result: {}, gain: null }] }] }],
    ['a network of no role', { seeds: [{ ...seed, model: { ...seed?.model, role: 'admin' } }] }],
    ['a result that goes on', { status: 'stopped' }],
  ])('with %s is none', (_what, result) => {
    expect(read(result)).toMatchObject({ records: [], broken: [2] });
  });
});

describe('halving', () => {
  const { sweep, cells } = sweepOf({
    axes: [{ key: 'tasks.rho', from: 0, to: 0.8, count: 9 }],
    design: { kind: 'halving', eta: 3, from: 2, to: 18 },
    seeds: [0],
  });
  const rank = (results: Parameters<typeof rankIn>[0]) => rankIn(results, sweep.seeds);
  const rungs = (results: Parameters<typeof rankIn>[0]) => rungsOf(sweep, cells, rank(results), catalog);

  it('has 9, 3 and 1 cells with 2, 6 and 18 epochs', () => {
    expect(budgetsOf(sweep)).toEqual([2, 6, 18]);
    expect(countHalvingRuns(sweep, cells.length)).toBe(13);
  });

  it('goes on with the best by validation, and only when a rung has ended', () => {
    const [first] = rungs([]);
    expect(first?.cells.map((cell) => cell.experiment.training.epochs)).toEqual(Array(9).fill(2));
    // The fourth and the sixth are best, and one failed.
    const scores = [0.1, 0.2, 0.3, 0.9, 0.2, 0.9, 0.1, 0.4, 0.8];
    const ended = (first?.cells ?? []).map((cell, i) =>
      i === 5 ? failedWith(cell, 0, 'lost') : endedWith(cell, 0, [scores[i] as number]),
    );
    expect(rungs(ended.slice(1))).toHaveLength(1);
    const second = rungs(ended)[1];
    expect(second?.cells.map((cell) => cell.labels[0])).toEqual(['0.3', '0.7', '0.8']);
    expect(second?.cells[0]?.experiment.training.epochs).toBe(6);
    const all = [...ended, ...(second?.cells ?? []).map((cell, i) => endedWith(cell, 0, [i / 10]))];
    expect(rungs(all)[2]?.cells.map((cell) => cell.labels[0])).toEqual(['0.8']);
    expect(isHalvingDone(sweep, rungs(all), rank(all))).toBe(false);
    const last = rungs(all)[2]?.cells[0] as (typeof cells)[0];
    const done = [...all, endedWith(last, 0, [0.5])];
    expect(isHalvingDone(sweep, rungs(done), rank(done))).toBe(true);
  });
});

describe('estimates', () => {
  it('count the networks of a run, single-task ones and twins once per task', () => {
    const { cells } = sweepOf({ base: 'sharing-helps' });
    const single = new Set(catalog.models.filter((m) => m.singleTask).map((m) => m.id));
    // 40 epochs of 320 rows: the model, 8 twins and 8 networks of the baseline.
    expect(workOf((cells[0] as (typeof cells)[0]).experiment, single, 320)).toBe(320 * 40 * 17);
  });

  it('follow the work that is left, and are at least the longest run', () => {
    const measured = [
      { work: 100, seconds: 2 },
      { work: 300, seconds: 6 },
    ];
    expect(secondsLeft([100, 100, 200], measured, 1)).toBe(8);
    expect(secondsLeft([100, 100, 200], measured, 2)).toBe(4);
    expect(secondsLeft([100, 700], measured, 4)).toBe(14);
    expect(secondsLeft([100], [], 1)).toBeNull();
    expect(secondsLeft([], [], 1)).toBe(0);
  });

  it('are guessed by training rows and networks before any is measured, but for a table', () => {
    const [cell] = sweepOf({ base: 'sharing-helps' }).cells;
    const { experiment } = cell as NonNullable<typeof cell>;
    const single = new Set(['st-mlp']);
    // 320 of 4,000 rows train; 40 epochs, the model, eight twins and eight networks of the baseline.
    const run = 320 * 40 * 17 * 30e-6;
    expect(guessedSeconds([experiment, experiment], single, 1)).toBeCloseTo(2 * run, 9);
    expect(guessedSeconds([experiment, experiment], single, 2)).toBeCloseTo(run, 9);
    expect(guessedSeconds([{ ...experiment, data: { id: 'table', params: {} } }], single, 1)).toBeNull();
  });
});
