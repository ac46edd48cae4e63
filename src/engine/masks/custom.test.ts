import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkGrid, custom, gridText } from './custom.ts';
import { masks } from './registry.ts';

const check = (grid: string, tokens: number) =>
  checkGrid(grid, tokens, (t) => `t${t}`, 'model.params.customMask');

describe('painted masks', () => {
  it('read back what they say', () => {
    expect(Array.from(custom.build(1, 2, '.x/..') ?? [])).toEqual([0, 1, 0, 0]);
    expect(custom.build(1, 2, '../..')).toBeNull();
    expect(gridText(masks.TxT.build(2, 3), 3)).toBe('.x./x../...');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.infiniteStream(fc.boolean()), (n, bits) => {
        const mask = Uint8Array.from({ length: n * n }, () => Number(bits.next().value));
        const text = gridText(mask, n);
        expect(Array.from(custom.build(1, n, text) ?? new Uint8Array(n * n))).toEqual(Array.from(mask));
        expect(custom.build(1, n, text.replaceAll('/', '\n'))).toEqual(custom.build(1, n, text));
      }),
    );
  });

  it('are refused with the reason', () => {
    expect(check('.x/x.', 2)).toEqual([]);
    expect(check('', 2)[0]).toMatchObject({ got: 'nothing' });
    expect(check('../..', 3)[0]).toMatchObject({ expected: '3 lines of 3 cells, one per token' });
    expect(check('.../..', 2)[0]?.got).toBe('2 lines, one of 3 cells');
    expect(check('.o/..', 2)[0]?.got).toBe('"o"');
    expect(check('../xx', 2)[0]).toMatchObject({ got: 'none for t1' });
  });
});
