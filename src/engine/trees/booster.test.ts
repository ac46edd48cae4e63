import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultsOf } from '../config/params.ts';
import { rng } from '../core/rng.ts';
import type { Dataset } from '../data/table.ts';
import { TaskBoosters } from './booster.ts';
import type { BoostedTasks } from './grower.ts';
import { logistic, softmax, squaredError } from './objectives.ts';
import { type BoosterSettings, boosterParams, boosterSettings } from './params.ts';
import { BoosterPerTask } from './perTask.ts';
import { RobustBoosters } from './rmtgb.ts';
import { growRounds, mixedDataset, noPause, outlierDataset, robustDefaults, testDataset } from './testing.ts';

const defaults = boosterSettings(defaultsOf(boosterParams));
const models: [
  string,
  (seed: number, change?: Partial<BoosterSettings>) => { dataset: Dataset; make: () => BoostedTasks },
][] = [
  [
    'per task',
    (seed, change) => {
      const dataset = mixedDataset(seed);
      return { dataset, make: () => new TaskBoosters(dataset, { ...defaults, ...change }, seed) };
    },
  ],
  [
    'R-MTGB',
    (seed, change) => {
      const dataset = outlierDataset(seed);
      return { dataset, make: () => new RobustBoosters(dataset, { ...robustDefaults, ...change }, seed) };
    },
  ],
];

describe.each(models)('%s', (_, setup) => {
  test('the training loss falls from round to round', async () => {
    const { dataset, make } = setup(1);
    const model = make();
    const losses = await growRounds(model, dataset.tasks.length, 12);
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    expect(sum(losses[11]!)).toBeLessThan(0.7 * sum(losses[0]!));
    for (const t of dataset.tasks.keys()) expect(losses[11]![t]).toBeLessThan(losses[0]![t]!);
    expect(model.size).toBeGreaterThan(100);
    expect(model.rounds).toBe(12);
  });

  test('predictions over all rounds equal the scores, and over fewer rounds those of then', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.integer({ min: 0, max: 12 }), async (seed, early) => {
        const { dataset, make } = setup(seed, { rowSample: 0.7, columnSample: 0.6 });
        const model = make();
        const all = Uint32Array.from({ length: dataset.rows }, (_, i) => i);
        await growRounds(model, dataset.tasks.length, early);
        const then = dataset.tasks.map((_, t) => model.scores(t).slice());
        await growRounds(model, dataset.tasks.length, 12 - early);
        for (const t of dataset.tasks.keys()) {
          expect(model.predict(t, all, 12)).toEqual(model.scores(t));
          expect(model.predict(t, all, early)).toEqual(then[t]);
        }
      }),
      { numRuns: 8 },
    );
  });

  test.each([0, 3, 6, 10])('a run resumed after %i rounds goes on to the bit', async (rounds) => {
    const { dataset, make } = setup(5, { rowSample: 0.8, columnSample: 0.6 });
    const unbroken = make();
    await growRounds(unbroken, dataset.tasks.length, rounds);
    const saved = unbroken.save();
    const expected = await growRounds(unbroken, dataset.tasks.length, 12 - rounds);
    const resumed = make();
    await growRounds(resumed, dataset.tasks.length, 2); // what it held before is replaced
    resumed.load(saved);
    expect(await growRounds(resumed, dataset.tasks.length, 12 - rounds)).toEqual(expected);
    for (const t of dataset.tasks.keys()) expect(resumed.scores(t)).toEqual(unbroken.scores(t));
    expect(resumed.save()).toEqual(unbroken.save());
  });

  test('samples of rows and columns follow the seed', async () => {
    const { dataset, make } = setup(6, { rowSample: 0.5 });
    const [a, b] = [make(), make()];
    const full = setup(6).make();
    for (const model of [a, b, full]) await growRounds(model, dataset.tasks.length, 3);
    expect(a.save()).toEqual(b.save());
    expect(a.scores(0)).not.toEqual(full.scores(0));
  });

  test('every tree has a sample of its own of rows and of columns', async () => {
    /** Feature and bin of the root of every tree; with so small a rate the gradients hardly change. */
    const rootsOf = async (change: Partial<BoosterSettings>) => {
      const { dataset, make } = setup(5, { learningRate: 0.001, maxLeaves: 2, ...change });
      const model = make();
      await growRounds(model, dataset.tasks.length, 4);
      return Object.entries(model.save())
        .filter(([name, values]) => name.endsWith('/nodes') && values.length >= 4 * 21)
        .map(([, values]) => [0, 1, 2, 3].map((tree) => `${values[tree * 21]} ${values[tree * 21 + 1]}`));
    };
    for (const change of [{ rowSample: 0.3 }, { columnSample: 0.25 }]) {
      const roots = await rootsOf(change);
      expect(roots.length).toBeGreaterThan(0);
      for (const own of roots) expect(new Set(own).size).toBeGreaterThan(1);
    }
  });

  test('a damaged state is refused', async () => {
    const { make } = setup(7);
    const model = make();
    const saved = model.save();
    delete saved['task/t0/nodes'];
    expect(() => model.load(saved)).toThrow('task/t0/nodes: expected a tensor');
  });

  // Columns of a node: feature, bin, missing left, left, right, value, gain; of a tree: nodes, sets, output, round.
  test.each<[string, string, number, number, RegExp]>([
    [
      'a node that is its own child',
      'nodes',
      3,
      0,
      /nodes of tree 0, 0: expected a child from 1 to \d+, got 0/,
    ],
    ['a child that no tree has', 'nodes', 4, 1e6, /expected a child .*, got 1000000/],
    ['a child between two', 'nodes', 4, 1.5, /expected a child/],
    ['a feature that no table has', 'nodes', 0, 9, /expected a feature from -1 to \d, got 9/],
    ['more nodes than there are', 'trees', 0, 1e30, /trees 0: expected a number of nodes from 1 to/],
    ['nodes that are no number', 'trees', 0, Number.NaN, /expected a number of nodes .*, got NaN/],
    ['sets that are not there', 'trees', 1, 1e9, /expected a number of sets/],
    ['an output that no task has', 'trees', 2, 1, /expected an output from 0 to 0, got 1/],
    ['a round before the first', 'trees', 3, -1, /expected a round/],
  ])('trees with %s are refused', async (_what, tensor, at, value, message) => {
    const { dataset, make } = setup(7);
    const model = make();
    await growRounds(model, dataset.tasks.length, 2);
    const saved = model.save();
    make().load(saved);
    // The first trees whose root is split.
    const split = Object.keys(saved).find((name) => name.endsWith('/nodes') && saved[name]![0]! >= 0)!;
    saved[split.replace('nodes', tensor)]![at] = value;
    expect(() => make().load(saved)).toThrow(message);
  });

  test('rounds that are no whole number are refused', () => {
    const { make } = setup(7);
    const saved = { ...make().save(), 'boosting/rounds': Float32Array.of(Number.POSITIVE_INFINITY) };
    expect(() => make().load(saved)).toThrow('boosting/rounds: expected a number of rounds, got Infinity');
  });
});

describe('boosters per task', () => {
  test('tasks that are not active stand still', async () => {
    const model = new TaskBoosters(mixedDataset(8), defaults, 1);
    await model.round([true, true, true], noPause);
    const before = model.scores(1).slice();
    const { gradientNorms } = await model.round([true, false, true], noPause);
    expect(model.scores(1)).toEqual(before);
    expect(gradientNorms[1]).toBe(0);
    expect(gradientNorms[0]).toBeGreaterThan(0);
  });

  test('constant and absent targets give finite scores', async () => {
    const { normal } = rng(1, 'test');
    const numeric = [Array.from({ length: 120 }, () => normal()), new Array<null>(120).fill(null)];
    const noTwo = Array.from({ length: 120 }, (_, i) => (i < 100 ? i % 2 : 2));
    const dataset = testDataset({
      train: 100,
      numeric,
      tasks: [
        { type: 'regression', target: new Array(120).fill(0.3) },
        { type: 'binary', target: new Array(120).fill(1) },
        { type: 'multiclass', outputs: 3, target: noTwo },
        { type: 'regression', target: new Array(120).fill(Number.NaN) },
      ],
    });
    const model = new TaskBoosters(dataset, { ...defaults, l2: 0, minRowsPerLeaf: 1 }, 1);
    const losses = await growRounds(model, 4, 10);
    for (const t of dataset.tasks.keys()) {
      expect(losses[9]![t]).toBeGreaterThanOrEqual(0);
      expect(model.scores(t).every(Number.isFinite)).toBe(true);
    }
    expect(model.scores(0)[5]).toBeCloseTo(0.3, 6);
  });

  test('the gain names the features that matter', async () => {
    const model = new TaskBoosters(mixedDataset(3), defaults, 1);
    await growRounds(model, 3, 20);
    const gain = model.featureGain(0);
    expect(gain[1]).toBeGreaterThan(5 * Math.max(gain[2]!, gain[3]!));
  });

  test('between is awaited between the nodes of a tree', async () => {
    let calls = 0;
    const model = new TaskBoosters(mixedDataset(3), defaults, 1);
    const count = async () => {
      calls++;
    };
    await model.round([true, false, false], count);
    expect(calls).toBeGreaterThan((model.size - 1) / 2);
  });
});

describe('a boosted model per task', () => {
  test('is that of each task alone, and stands still where its task is not active', async () => {
    const dataset = outlierDataset(3);
    const settings = { ...defaults, maxLeaves: 4 };
    const apart = new BoosterPerTask(dataset, (own) => new TaskBoosters(own, settings, 3));
    const together = new TaskBoosters(dataset, settings, 3);
    const rows = Uint32Array.of(0, 7, 450);
    for (const active of [true, false]) {
      const own = dataset.tasks.map((_, task) => active || task !== 3);
      await apart.round(own, noPause);
      await together.round(own, noPause);
    }
    for (const task of dataset.tasks.keys()) {
      expect(apart.scores(task)).toEqual(together.scores(task));
      expect(apart.predict(task, rows, 2)).toEqual(together.predict(task, rows, 2));
    }
    expect(apart.predict(3, rows, 2)).toEqual(apart.predict(3, rows, 1));
    expect(apart.predict(0, rows, 2)).not.toEqual(apart.predict(0, rows, 1));
  });
});

test.each([
  ['squared error', squaredError, [0.4, -1, 2]],
  ['logistic', logistic, [0, 1, 1]],
  ['softmax', softmax(3), [2, 0, 1]],
] as const)('%s: derivatives agree with finite differences', (_, objective, labels) => {
  const rows = Uint32Array.of(0, 1, 2);
  const target = Float32Array.from(labels);
  const scores = Float32Array.from({ length: 3 * objective.outputs }, (_, i) => Math.sin(5 * i));
  const columns = () => Array.from({ length: objective.outputs }, () => new Float32Array(3));
  const [gradients, hessians] = [columns(), columns()];
  objective.derivatives(scores, target, rows, gradients, hessians);
  const step = 2 ** -7;
  const lossAt = (i: number, by: number) => {
    const moved = scores.slice();
    moved[i] = moved[i]! + by;
    // The derivatives belong to half the squared error.
    return 3 * objective.loss(moved, target, rows) * (objective.unitHessian ? 0.5 : 1);
  };
  for (let i = 0; i < scores.length; i++) {
    const k = i % objective.outputs;
    const row = Math.floor(i / objective.outputs);
    const [up, at, down] = [lossAt(i, step), lossAt(i, 0), lossAt(i, -step)];
    expect(gradients[k]![row]).toBeCloseTo((up - down) / (2 * step), 3);
    const second = objective.unitHessian ? 1 : hessians[k]![row];
    expect(second).toBeCloseTo((up - 2 * at + down) / step ** 2, 2);
  }
});
