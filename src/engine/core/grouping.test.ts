import { describe, expect, it } from 'vitest';
import { groupTasks } from './grouping.ts';
import { rng } from './rng.ts';

/** Every partition of tasks into groups. */
function partitions(tasks: readonly number[]): number[][][] {
  const [first, ...rest] = tasks;
  if (first === undefined) return [[]];
  return partitions(rest).flatMap((partition) => [
    [[first], ...partition],
    ...partition.map((_g, i) => partition.map((g, j) => (i === j ? [first, ...g] : g))),
  ]);
}

const scoreOf = (affinity: ArrayLike<number>, n: number, groups: readonly number[][]) =>
  groups.reduce(
    (sum, group) =>
      sum +
      group.reduce(
        (own, target) =>
          own +
          (group.length < 2
            ? 0
            : group.reduce(
                (s, source) => s + (source === target ? 0 : (affinity[source * n + target] as number)),
                0,
              ) /
              (group.length - 1)),
        0,
      ),
    0,
  ) / n;

const random = (n: number, seed: number) => {
  const draw = rng(seed, 'test/grouping', n);
  return Float64Array.from({ length: n * n }, () => draw.normal());
};

describe('groups of tasks', () => {
  it.each([1, 2, 3, 4, 6])('are the best of all partitions into %i', (count) => {
    for (let seed = 0; seed < 5; seed++) {
      const affinity = random(6, seed);
      const found = groupTasks(affinity, 6, count);
      expect(found.isExact).toBe(true);
      expect(found.groups.flat().sort()).toEqual([0, 1, 2, 3, 4, 5]);
      const scores = partitions([0, 1, 2, 3, 4, 5])
        .filter((p) => p.length === count)
        .map((p) => scoreOf(affinity, 6, p));
      expect(found.score).toBeCloseTo(Math.max(...scores), 12);
    }
  });

  it('keeps two families apart, exactly and by joining', () => {
    for (const n of [8, 16]) {
      const affinity = Float64Array.from({ length: n * n }, (_, k) =>
        Math.floor(k / n) % 2 === (k % n) % 2 ? 1 : -1,
      );
      const { groups, score, isExact } = groupTasks(affinity, n, 2);
      expect(isExact).toBe(n <= 12);
      expect(groups).toEqual([0, 1].map((odd) => Array.from({ length: n / 2 }, (_, i) => 2 * i + odd)));
      expect(score).toBeCloseTo(1, 12);
    }
  });

  it('counts what is no number as nothing', () => {
    expect(groupTasks([0, Number.NaN, Number.NaN, 0], 2, 1).score).toBe(0);
  });

  it('takes the 12 tasks it promises', () => {
    expect(groupTasks(random(12, 1), 12, 4).groups).toHaveLength(4);
  });
});
