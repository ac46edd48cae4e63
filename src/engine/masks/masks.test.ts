import { describe, expect, it } from 'vitest';
import { headMasks, maskOfHead } from './mask.ts';
import { type MaskId, masks } from './registry.ts';

const build = (id: MaskId, numTaskTokens: number, numTokens: number) =>
  masks[id].build({ numTaskTokens, numTokens, block: 0, heads: 2, text: '' });

/** Text grid, x = blocked, rows are queries. */
function grid(id: MaskId, numTaskTokens: number, numTokens: number): string[] {
  const mask = build(id, numTaskTokens, numTokens) ?? new Uint8Array(numTokens * numTokens);
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
    for (const id of Object.keys(masks) as MaskId[]) {
      for (const [t, n] of [
        [1, 2],
        [3, 4],
        [8, 20],
      ] as const) {
        const mask = build(id, t, n);
        if (!mask) continue;
        for (let q = 0; q < n; q++) {
          expect(mask.slice(q * n, (q + 1) * n).includes(0), `${id} query ${q}`).toBe(true);
        }
      }
    }
  });

  it('is null when nothing is blocked', () => {
    expect(build('none', 3, 9)).toBeNull();
    expect(build('TxT', 1, 4)).toBeNull();
  });

  it('is read head by head, whether the heads differ or not', () => {
    const same = Uint8Array.of(0, 1, 0, 0);
    const perHead = Uint8Array.of(0, 1, 0, 0, 0, 0, 1, 0);
    expect(maskOfHead(same, 1, 2)).toBe(same);
    expect(maskOfHead(null, 1, 2)).toBeNull();
    expect(maskOfHead(perHead, 1, 2)).toEqual(Uint8Array.of(0, 0, 1, 0));
    expect(headMasks(same, 2)).toEqual([same]);
    expect(headMasks(perHead, 2)).toEqual([same, Uint8Array.of(0, 0, 1, 0)]);
  });
});
