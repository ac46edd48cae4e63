import { describe, expect, it } from 'vitest';
import type { AttentionState } from './answers.ts';
import { withSnapshot } from './attentionSnapshots.ts';
import { capturesOf, LARGEST_CAPTURE } from './runParts.ts';

const snapshot = (step: number, changes: Partial<AttentionState> = {}, size = 4): AttentionState => ({
  step,
  epoch: 1,
  role: 'model',
  seed: 0,
  request: { rows: { kind: 'mean' } },
  batch: 64,
  rowFacts: [],
  against: null,
  heads: { entropies: new Float32Array(1), distances: new Float32Array(1) },
  maps: [
    {
      network: null,
      block: 0,
      kind: 'feature',
      head: 0,
      queries: [],
      keys: [],
      weights: new Float32Array(size),
      scores: new Float32Array(size),
      valueWeights: new Float32Array(size),
      blocked: null,
    },
  ],
  ...changes,
});
const steps = (history: readonly AttentionState[]) => history.map((m) => m.step);

describe('withSnapshot', () => {
  it('goes on, and starts anew for other rows, another network, another seed or an earlier step', () => {
    const two = withSnapshot(withSnapshot([], snapshot(1)), snapshot(2));
    expect(steps(two)).toEqual([1, 2]);
    expect(steps(withSnapshot(two, snapshot(2)))).toEqual([1, 2]);
    expect(steps(withSnapshot(two, snapshot(0)))).toEqual([0]);
    for (const change of [
      { role: 'baseline' as const },
      { seed: 1 },
      { request: { rows: { kind: 'rows' as const, rows: [3] } } },
      { batch: 256 },
    ])
      expect(steps(withSnapshot(two, snapshot(3, change)))).toEqual([3]);
    expect(withSnapshot(two, snapshot(3, { maps: [] }))).toEqual([]);
  });
  it('keeps the first and the newest, and few enough between, spread over the run', () => {
    let history: readonly AttentionState[] = [];
    for (let step = 0; step < 1000; step++) history = withSnapshot(history, snapshot(step));
    expect(history.length).toBeLessThanOrEqual(48);
    expect(history.length).toBeGreaterThan(10);
    expect(steps(history)[0]).toBe(0);
    expect(steps(history).at(-1)).toBe(999);
    expect(steps(history).filter((s) => s < 500).length).toBeGreaterThan(3);
  });
  it('keeps two however large they are', () => {
    let history: readonly AttentionState[] = [];
    for (let step = 0; step < 5; step++) history = withSnapshot(history, snapshot(step, {}, 1 << 23));
    expect(steps(history)).toEqual([0, 4]);
  });
});

it('snapshots that are too large are not stored, the others are', () => {
  const [small, large] = [snapshot(1), snapshot(2, {}, LARGEST_CAPTURE / 12)];
  expect(capturesOf({ answers: {}, remembered: { attention: [small, large] } })).toEqual({
    answers: {},
    remembered: { attention: [small] },
  });
  expect(capturesOf({ answers: {}, remembered: { attention: [large] } })).toBeNull();
});

it('snapshots that are too many to be stored are left out together', () => {
  const one = snapshot(1, {}, (0.9 * LARGEST_CAPTURE) / 12);
  const kept = (count: number) =>
    capturesOf({ answers: {}, remembered: { attention: Array.from({ length: count }, () => one) } });
  expect(kept(2)?.remembered.attention).toHaveLength(2);
  expect(kept(3)).toBeNull();
});
