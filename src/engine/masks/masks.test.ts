import { describe, expect, it } from 'vitest';
import { type MaskId, masks } from './registry.ts';

/** Text grid, x = blocked, rows are queries. */
function grid(id: MaskId, numTaskTokens: number, numTokens: number): string[] {
  const mask = masks[id].build(numTaskTokens, numTokens) ?? new Uint8Array(numTokens * numTokens);
  return Array.from({ length: numTokens }, (_, q) =>
    Array.from(mask.slice(q * numTokens, (q + 1) * numTokens), (b) => (b ? 'x' : '.')).join(''),
  );
}

describe('masks', () => {
  it('blocks queries to keys as stated', () => {
    expect(grid('none', 2, 4)).toEqual(['....', '....', '....', '....']);
    expect(grid('FxT', 2, 4)).toEqual(['....', '....', 'xx..', 'xx..']);
    expect(grid('TxT', 2, 4)).toEqual(['.x..', 'x...', '....', '....']);
    expect(grid('FxT_TxT', 2, 4)).toEqual(['.x..', 'x...', 'xx..', 'xx..']);
  });

  it('never leaves a query without a key', () => {
    for (const [id, def] of Object.entries(masks)) {
      for (const [t, n] of [
        [1, 2],
        [3, 4],
        [8, 20],
      ] as const) {
        const mask = def.build(t, n);
        if (!mask) continue;
        for (let q = 0; q < n; q++) {
          expect(mask.slice(q * n, (q + 1) * n).includes(0), `${id} query ${q}`).toBe(true);
        }
      }
    }
  });

  it('is null when nothing is blocked', () => {
    expect(masks.none.build(3, 9)).toBeNull();
    expect(masks.TxT.build(1, 4)).toBeNull();
  });
});
