import { describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { leftOutGains, pairGains } from '../core/groupTruth.ts';
import { requireExperiment } from './experiment.ts';
import {
  everyPair,
  groupsOfNumbers,
  leaveOneOut,
  togetherOf,
  trainedTruths,
  whyNoTruth,
  withGroups,
} from './together.ts';

describe('every pair', () => {
  it.each([2, 3, 4, 5, 8, 13])('of %s tasks is trained once, every task once a round', (n) => {
    const rounds = everyPair(n);
    expect(rounds).toHaveLength(n % 2 === 0 ? n - 1 : n);
    const pairs = rounds.flatMap((groups) => groups.filter((g) => g.length === 2).map(String));
    expect(new Set(pairs).size).toBe((n * (n - 1)) / 2);
    expect(pairs).toHaveLength((n * (n - 1)) / 2);
    for (const groups of rounds)
      expect(groups.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });
});

it('has numbers for groups, and groups for numbers', () => {
  const groups = [[0, 2], [1], [3, 4]];
  expect(togetherOf(groups)).toEqual([1, 2, 1, 3, 3]);
  expect(groupsOfNumbers([1, 2, 1, 3, 3], 5)).toEqual(groups);
  expect(groupsOfNumbers([], 3)).toEqual([[0, 1, 2]]);
  expect(leaveOneOut(3)).toEqual([
    [[0], [1, 2]],
    [[0, 2], [1]],
    [[0, 1], [2]],
  ]);
});

it('says what a task gives another, where they trained as a pair', () => {
  const gains = pairGains(
    [
      { groups: [[0, 1], [2]], sharing: [1, 2, 0] },
      { groups: [[0, 2], [1]], sharing: [-3, 0, 4] },
      { groups: [[0, 1, 2]], sharing: [9, 9, 9] },
    ],
    3,
  );
  // Row: who gives; column: who gets.
  expect(Array.from(gains)).toEqual([
    Number.NaN,
    2,
    4,
    1,
    Number.NaN,
    Number.NaN,
    -3,
    Number.NaN,
    Number.NaN,
  ]);
});

it('says what a task gives all others, where they trained without it', () => {
  const gains = leftOutGains(
    [
      { groups: [[0, 1], [2]], sharing: [1, 2, 0] },
      {
        groups: [
          [0, 1],
          [2, 3],
        ],
        sharing: [9, 9, 9],
      },
    ],
    [5, 1, 7],
    3,
  );
  expect(Array.from(gains.subarray(6))).toEqual([4, -1, Number.NaN]);
  expect(Array.from(gains.subarray(0, 6)).every(Number.isNaN)).toBe(true);
});

it('is not trained where a run has too few networks for it', () => {
  expect(whyNoTruth('pairs', 16, true)).toBeNull();
  expect(whyNoTruth('pairs', 17, true)).toMatch(/17 tasks take 17 networks/);
  expect(whyNoTruth('leave-one-out', 2, true)).toMatch(/three tasks/);
  expect(whyNoTruth('pairs', 4, false)).toMatch(/architecture/);
});

it('reads what an experiment with groups showed off its networks', () => {
  const plain = requireExperiment(
    { version: 1, data: { id: 'multitab-bench' }, tasks: { count: 3 }, model: { id: 'mmoe' } },
    catalog,
  );
  const experiment = withGroups(plain, [...everyPair(3), ...leaveOneOut(3).slice(0, 1)]);
  expect(requireExperiment(structuredClone(experiment), catalog)).toEqual(experiment);
  expect(experiment.training.twin).toBe('both');
  expect(experiment.compare.map((c) => c.params.together)).toEqual([
    [1, 2, 2],
    [1, 1, 2],
    [1, 2, 1],
    [1, 2, 2],
  ]);
  const sharing: Record<string, number[]> = { model: [1, 2, 3], 'model-2': [0, 5, 6], 'model-3': [7, 8, 0] };
  const found = trainedTruths(experiment, 3, (role) => sharing[role] ?? null);
  expect(found.pairs?.[1 * 3 + 2]).toBe(6);
  expect(found.pairs?.[0 * 3 + 2]).toBeNaN();
  expect(found.leaveOneOut?.[0 * 3 + 1]).toBe(-3);
  expect(trainedTruths(plain, 3, () => [1, 1, 1])).toEqual({ pairs: null, leaveOneOut: null });
});
