import { expect, it } from 'vitest';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import { against, differenceColors, differenceOf, sameMap } from './against.ts';

const token = (name: string) => ({ name, group: 'numeric' as const });
const map = (
  head: number,
  weights: number[],
  blocked: number[] | null = null,
  keys = ['a', 'b'],
): AttentionMap => ({
  network: null,
  block: 0,
  kind: 'feature',
  head,
  queries: ['a', 'b'].map(token),
  keys: keys.map(token),
  weights: Float32Array.from(weights),
  scores: Float32Array.from(weights, (w) => w + 1),
  valueWeights: Float32Array.from(weights, (w) => 2 * w),
  blocked: blocked && Uint8Array.from(blocked),
});

it('finds the same place in another capture', () => {
  const maps = [map(0, [1, 0, 0, 1]), map(1, [0, 1, 1, 0])];
  expect(sameMap(maps, map(1, [1, 1, 1, 1]))).toBe(maps[1]);
  expect(sameMap(null, map(1, []))).toBeUndefined();
});

it('subtracts, and leaves out scores that a mask has taken away', () => {
  const [a, b] = [map(0, [0.75, 0.25, 1, 0], [0, 0, 0, 1]), map(1, [0.5, 0.5, 0.5, 0.5])];
  expect([...differenceOf(a, b, 'weights')]).toEqual([0.25, -0.25, 0.5, -0.5]);
  expect([...differenceOf(a, b, 'masked-scores')]).toEqual([0.25, -0.25, 0.5, Number.NaN]);
  expect([...differenceOf(a, b, 'scores')]).toEqual([0.25, -0.25, 0.5, -0.5]);
});

it('colours differences on one scale with those of the map beside them', () => {
  const difference = Float32Array.of(0.25, -0.5, Number.NaN);
  expect(differenceColors(difference).scale).toMatchObject({ low: -0.5, high: 0.5 });
  const { scale, blank } = differenceColors(difference, 2);
  expect(scale).toMatchObject({ low: -2, high: 2, ends: { note: 'difference, same for both runs' } });
  expect(differenceColors(difference, 0.1).scale).toMatchObject({ low: -0.5, high: 0.5 });
  expect([...(blank ?? [])]).toEqual([0, 0, 1]);
});

it('says why two maps cannot be compared', () => {
  const a = map(0, [1, 0, 0, 1]);
  expect(against(a, undefined, 'run 2')).toEqual({ map: null, problem: 'run 2 has no such map.' });
  expect(against(a, map(0, [1, 0, 0, 1], null, ['a', 'c']), 'run 2')).toMatchObject({
    map: null,
    problem: expect.stringContaining('same queries and keys'),
  });
  expect(against(a, map(1, [1, 0, 0, 1]), 'head 1')).toMatchObject({ label: 'head 1' });
});
