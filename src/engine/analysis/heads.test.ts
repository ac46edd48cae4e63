import { expect, it } from 'vitest';
import type { AttentionMap, TokenLabel } from '../protocol.ts';
import { headDistance, headEntropy, summariseHeads } from './heads.ts';

const tokens: TokenLabel[] = [
  { name: 'A', group: 'task' },
  { name: 'x', group: 'numeric' },
];
const head = (weights: number[], blocked: number[] | null = null, network: string | null = null) =>
  ({
    network,
    queries: tokens,
    keys: tokens,
    weights: Float32Array.from(weights),
    blocked: blocked && Uint8Array.from(blocked),
  }) as AttentionMap;

it('calls heads sharp at 0 and even at 1, over the keys that are open', () => {
  expect(headEntropy(head([1, 0, 0, 1]))).toBe(0);
  expect(headEntropy(head([0.5, 0.5, 0.5, 0.5]))).toBeCloseTo(1, 6);
  expect(headEntropy(head([1, 0, 0.5, 0.5], [0, 1, 0, 0]))).toBeCloseTo(0.5, 6);
});

it('puts heads as far apart as their weights', () => {
  const [a, b] = [head([1, 0, 0, 1]), head([0, 1, 1, 0])];
  expect(headDistance(a, a)).toBe(0);
  expect(headDistance(a, b)).toBe(1);
});

it('compares the heads of a network with each other alone', () => {
  const heads = [head([1, 0, 0, 1]), head([0.5, 0.5, 0, 1]), head([1, 0, 0, 1], null, 'B')];
  const { entropies, distances } = summariseHeads(heads);
  expect([...entropies]).toEqual([0, 0.5, 0]);
  const none = Number.NaN;
  expect([...distances]).toEqual([0, 0.25, none, 0.25, 0, none, none, none, 0]);
});
