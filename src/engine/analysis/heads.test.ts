import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { startNodeBackend } from '../../platform/node.ts';
import type { TokenLabel } from '../core/tokens.ts';
import type { AttentionMap } from '../protocol/attention.ts';
import { headDistance, headDistances, headEntropies } from './heads.ts';

const tokens: TokenLabel[] = [
  { name: 'A', group: 'task' },
  { name: 'x', group: 'numeric' },
];
const head = (weights: number[], network: string | null = null) =>
  ({ network, queries: tokens, keys: tokens, weights: Float32Array.from(weights) }) as AttentionMap;

beforeAll(async () => {
  await startNodeBackend({ backend: 'cpu', allowSoftwareAdapter: false });
});

const entropies = (rows: number[][], blocked: number[] | null = null) =>
  tf.tidy(() => [
    ...headEntropies(
      tf.tensor4d(rows.flat(), [rows.length, 1, 2, 2]),
      blocked && Uint8Array.from(blocked),
    ).dataSync(),
  ]);

it('calls heads sharp at 0 and even at 1, over the keys that are open', () => {
  expect(entropies([[1, 0, 0, 1]])).toEqual([0]);
  expect(entropies([[0.5, 0.5, 0.5, 0.5]])[0]).toBeCloseTo(1, 6);
  expect(entropies([[1, 0, 0.5, 0.5]], [0, 1, 0, 0])[0]).toBeCloseTo(0.5, 6);
});

it('calls a head sharp that is sharp on another key in every row', () => {
  const rows = [
    [1, 0, 0, 1],
    [0, 1, 1, 0],
  ];
  expect(entropies(rows)).toEqual([0]);
});

it('puts heads as far apart as their weights', () => {
  const [a, b] = [head([1, 0, 0, 1]), head([0, 1, 1, 0])];
  expect(headDistance(a, a)).toBe(0);
  expect(headDistance(a, b)).toBe(1);
});

it('compares the heads of a network with each other alone', () => {
  const none = Number.NaN;
  const heads = [head([1, 0, 0, 1]), head([0.5, 0.5, 0, 1]), head([1, 0, 0, 1], 'B')];
  expect([...headDistances(heads)]).toEqual([0, 0.25, none, 0.25, 0, none, none, none, 0]);
});
