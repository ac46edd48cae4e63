import { describe, expect, it } from 'vitest';
import { rng } from '../../../engine/core/rng.ts';
import type { AttentionMap, RowFact } from '../../../engine/protocol/attention.ts';
import { clusterOrder, orderOf, permuteMap } from './order.ts';

const rowMap = (weights: number[]): AttentionMap => {
  const size = Math.sqrt(weights.length);
  const labels = Array.from({ length: size }, (_, i) => ({ name: `row ${i}`, group: 'row' as const }));
  return {
    network: null,
    block: 0,
    kind: 'row',
    head: 0,
    queries: labels,
    keys: labels,
    weights: Float32Array.from(weights),
    scores: Float32Array.from(weights, (w) => 10 * w),
    valueWeights: Float32Array.from(weights, (w) => 2 * w),
    blocked: null,
  };
};
const fact = (values: number[]): RowFact => ({
  column: 'x',
  kind: 'feature',
  values: Float32Array.from(values),
  groups: [],
});

describe('orderOf', () => {
  const map = rowMap([0.5, 0.3, 0.2, 0.1, 0.2, 0.7, 0, 0, 1]);
  it('sorts by a column, missing values last', () => {
    expect(orderOf(map, [fact([3, Number.NaN, 1])], 'feature:x')).toEqual([2, 0, 1]);
  });
  it('leaves what it cannot order', () => {
    expect(orderOf(map, [], 'index')).toBeNull();
    expect(orderOf(map, [], 'feature:gone')).toBeNull();
    expect(orderOf({ ...map, kind: 'feature' }, [], 'cluster')).toBeNull();
  });
  it('moves queries and keys alike', () => {
    const moved = permuteMap(map, [2, 0, 1]);
    expect(moved.queries.map((q) => q.name)).toEqual(['row 2', 'row 0', 'row 1']);
    expect(moved.weights[1 * 3 + 2]).toBeCloseTo(0.3, 6);
    expect(moved.scores[0]).toBeCloseTo(10, 5);
    expect(permuteMap(map, null)).toBe(map);
  });
});

describe('clusterOrder', () => {
  it('is a permutation, whatever the weights', () => {
    const random = rng(1, 'cluster');
    for (let trial = 0; trial < 30; trial++) {
      const size = 1 + random.int(20);
      // Few distinct values, so that ties occur.
      const weights = Float32Array.from({ length: size * size }, () => random.int(3));
      expect([...clusterOrder(weights, size)].sort((a, b) => a - b)).toEqual(
        Array.from({ length: size }, (_, i) => i),
      );
    }
  });
  it('brings planted groups together', () => {
    const size = 12;
    const group = (i: number) => i % 3;
    const weights = Float32Array.from({ length: size * size }, (_, at) => {
      const [a, b] = [Math.floor(at / size), at % size];
      return (group(a) === group(b) ? 0.2 : 0.01) + 0.001 * ((a * 7 + b * 3) % 5);
    });
    const groups = clusterOrder(weights, size).map(group);
    expect(groups.filter((g, i) => i === 0 || g !== groups[i - 1])).toHaveLength(3);
  });
});
