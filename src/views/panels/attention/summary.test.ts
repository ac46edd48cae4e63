import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TokenLabel } from '../../../engine/core/tokens.ts';
import type { AttentionMap } from '../../../engine/protocol/attention.ts';
import { rollout, taskLook, taskRollout } from './summary.ts';

const tokens: TokenLabel[] = [
  { name: 'A', group: 'task' },
  { name: 'x', group: 'numeric' },
];
const map = (
  block: number,
  head: number,
  weights: number[],
  blocked: number[] | null = null,
): AttentionMap => ({
  network: null,
  block,
  kind: 'feature',
  head,
  queries: tokens,
  keys: tokens,
  weights: Float32Array.from(weights),
  scores: new Float32Array(4),
  valueWeights: new Float32Array(4),
  blocked: blocked && Uint8Array.from(blocked),
});

describe('rollout', () => {
  it('keeps half on the residual path and multiplies over blocks', () => {
    expect(Array.from(rollout([map(0, 0, [0, 1, 1, 0])]) ?? [])).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(Array.from(rollout([map(0, 0, [1, 0, 0, 1]), map(1, 0, [0, 1, 0, 1])]) ?? [])).toEqual([
      0.5, 0.5, 0, 1,
    ]);
    expect(rollout([])).toBeNull();
    expect(taskRollout([map(0, 0, [0, 1, 1, 0])])).toEqual({
      tasks: ['A'],
      tokens: ['A', 'x'],
      values: Float32Array.of(0.5, 0.5),
    });
  });

  it('has rows that sum to 1', () => {
    const row = fc.double({ min: 0, max: 1, noNaN: true }).map((w) => [w, 1 - w]);
    const head = fc.tuple(row, row).map((rows) => rows.flat());
    fc.assert(
      fc.property(fc.array(head, { minLength: 1, maxLength: 4 }), (blocks) => {
        const all = rollout(blocks.map((weights, block) => map(block, 0, weights)));
        expect((all?.[0] ?? 0) + (all?.[1] ?? 0)).toBeCloseTo(1, 5);
        expect((all?.[2] ?? 0) + (all?.[3] ?? 0)).toBeCloseTo(1, 5);
      }),
    );
  });
});

it('averages where a task looks over the heads of a block', () => {
  const maps = [map(0, 0, [0.5, 0.5, 0, 1]), map(0, 1, [1, 0, 0, 1]), map(1, 0, [0, 1, 1, 0])];
  expect(taskLook(maps, 0, 'weights')).toEqual({
    tasks: ['A'],
    tokens: ['A', 'x'],
    values: Float32Array.of(0.75, 0.25),
    masked: Uint8Array.of(0, 0),
  });
  // One head reads a token that the other may not: its mean is a number.
  const half = [map(0, 0, [1, 0, 0, 1], [0, 1, 0, 0]), map(0, 1, [0.5, 0.5, 0, 1])];
  expect([...(taskLook(half, 0, 'weights')?.masked ?? [])]).toEqual([0, 0]);
  expect([...(taskLook(half.slice(0, 1), 0, 'weights')?.masked ?? [])]).toEqual([0, 1]);
  expect([...(taskLook(maps, 1, 'weights')?.values ?? [])]).toEqual([0, 1]);
  expect(taskLook(maps, 7, 'weights')).toBeNull();
});
