// R-MTGB: its score, the growth of its blocks, the weights of its tasks, and what it refuses.
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../data/table.ts';
import { RobustBoosters } from './rmtgb.ts';
import { checkRobustBoosters, mix } from './rmtgbParts.ts';
import { growRounds, mixedDataset, outlierDataset, robustDefaults, testDataset } from './testing.ts';

describe('R-MTGB', () => {
  test('mixes the two ensembles of the second block by the weight of the task', () => {
    const [shared, common, outlier, own] = [1, 2, 4, 8].map((value) => Float32Array.of(value)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    expect([...mix(new Float32Array(1), shared, common, outlier, own, 0.25)]).toEqual([1 + 1.5 + 1 + 8]);
  });

  test('starts the weights by the seed', async () => {
    const thetaOf = async (seed: number) => {
      const dataset = outlierDataset(1);
      const model = new RobustBoosters(dataset, { ...robustDefaults, sharedRounds: 1 }, seed);
      await growRounds(model, 4, 2);
      return [...(model.save()['boosting/theta'] as Float32Array)];
    };
    expect(await thetaOf(1)).not.toEqual(await thetaOf(2));
  });

  test('grows trees of the second block on weighted gradients, then moves the weights along the mixture', async () => {
    // Targets of three rows with x = 0, and of three others with x = 1, which have the opposite ones.
    const targets = [-1, -2, 1.5];
    const dataset = testDataset({
      train: 6,
      numeric: [[0, 0, 0, 1, 1, 1]],
      tasks: targets.map((y) => ({ type: 'regression' as const, target: [y, y, y, -y, -y, -y] })),
    });
    const [rate, l2] = [0.3, 1];
    const sizes = { rounds: 2, sharedRounds: 0, outlierRounds: 2, maxLeaves: 2, minRowsPerLeaf: 1 };
    const settings = { ...robustDefaults, ...sizes, learningRate: rate, l2 };
    const model = new RobustBoosters(dataset, settings, 1);
    await growRounds(model, 3, 1);
    const weights = targets.map((_, task) => model.weightAfter(task, 1));
    expect(Math.max(...weights.map((w) => Math.abs(w - 0.5)))).toBeGreaterThan(0.02);

    // The Newton step of the leaf x = 0, where task t has gradient -y_t in each row and counts u_t times.
    const leafOf = (u: readonly number[]) =>
      (rate * 3 * targets.reduce((sum, y, t) => sum + u[t]! * y, 0)) /
      (3 * u.reduce((a, b) => a + b, 0) + l2);
    const [outlier, common] = [leafOf(weights), leafOf(weights.map((w) => 1 - w))];
    const scores = weights.map((w) => w * outlier + (1 - w) * common);
    for (const [task, score] of scores.entries()) expect(model.scores(task)[0]).toBeCloseTo(score, 6);

    await growRounds(model, 3, 1);
    for (const [task, w] of weights.entries()) {
      const along = w * (1 - w) * (outlier - common);
      const gradient = scores[task]! - targets[task]!;
      const step = (rate * 6 * gradient * along) / (6 * along * along + l2);
      expect(Math.abs(step)).toBeLessThan(0.2);
      const moved = Math.log(w / (1 - w)) - step;
      expect(model.weightAfter(task, 2)).toBeCloseTo(1 / (1 + Math.exp(-moved)), 6);
    }
  });

  test('the task unlike the others gets the weight of the outlier ensemble', async () => {
    const settings = { ...robustDefaults, rounds: 60, sharedRounds: 20, outlierRounds: 30 };
    for (const seed of [1, 2, 3]) {
      const model = new RobustBoosters(outlierDataset(seed), settings, seed);
      await growRounds(model, 4, 60);
      const weights = [0, 1, 2, 3].map((t) => model.weightAfter(t, 60));
      expect(weights[3]).toBeGreaterThan(0.8);
      expect(Math.max(...weights.slice(0, 3))).toBeLessThan(0.4);
      expect(model.weightAfter(3, 20)).toBe(0.5);
    }
  });

  test('works for logits', async () => {
    const dataset = outlierDataset(4);
    const labelled: Dataset = {
      ...dataset,
      tasks: dataset.tasks.map((task) => ({ ...task, type: 'multiclass', outputs: 3 })),
      targets: dataset.targets.map((target) => target.map((v) => (v > 0.7 ? 2 : v > -0.7 ? 1 : 0))),
    };
    const losses = await growRounds(new RobustBoosters(labelled, robustDefaults, 1), 4, 12);
    for (const t of [0, 1, 2, 3]) expect(losses[11]![t]).toBeLessThan(losses[0]![t]!);
  });

  test('tasks that cannot share a score, and rounds that do not add up, are refused', () => {
    const { tasks } = mixedDataset(1);
    const wide = { ...tasks[2]!, name: 'wide', outputs: 5 };
    expect(checkRobustBoosters(tasks, robustDefaults).map(({ path }) => path)).toEqual([
      'data.tasks.t1',
      'data.tasks.t2',
    ]);
    expect(checkRobustBoosters([tasks[2]!, wide], robustDefaults)[0]).toMatchObject({ got: '5 classes' });
    expect(checkRobustBoosters([tasks[0]!], robustDefaults)).toHaveLength(1);
    expect(checkRobustBoosters(outlierDataset(1).tasks, { ...robustDefaults, rounds: 5 })[0]).toMatchObject({
      path: 'model.params.sharedRounds',
      got: '8',
    });
    expect(checkRobustBoosters(outlierDataset(1).tasks, robustDefaults)).toEqual([]);
  });

  test('weights of a file that are not one per task and round, or no numbers, are refused', async () => {
    const make = () => new RobustBoosters(outlierDataset(1), robustDefaults, 1);
    const model = make();
    await growRounds(model, 4, 6);
    const saved = model.save();
    const thetas = saved['boosting/theta'] as Float32Array;
    make().load(saved);
    const refused = (other: Float32Array, message: string) =>
      expect(() => make().load({ ...saved, 'boosting/theta': other })).toThrow(message);
    refused(thetas.subarray(4), 'boosting/theta: expected 8 finite numbers, got 4 numbers');
    refused(
      thetas.map((v, i) => (i === 7 ? Number.NaN : v)),
      'boosting/theta: expected 8 finite numbers, got NaN',
    );
  });
});
