import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkMask, custom, gridText } from './custom.ts';
import { txt } from './txt.ts';

const build = (text: string, numTokens: number, block = 0, heads = 2) =>
  custom.build({ numTaskTokens: 0, numTokens, block, heads, text });
const check = (text: string, numTokens: number) =>
  checkMask(text, { numTokens, blocks: 2, heads: 2, name: (t) => `t${t}` }, 'model.params.customMask');

describe('painted masks', () => {
  it('read back what they say', () => {
    expect(Array.from(build('.x/..', 2) ?? [])).toEqual([0, 1, 0, 0]);
    expect(build('../..', 2)).toBeNull();
    const preset = txt.build({ numTaskTokens: 2, numTokens: 3, block: 0, heads: 1, text: '' });
    expect(gridText(preset, 3)).toBe('.x./x../...');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.infiniteStream(fc.boolean()), (n, bits) => {
        const mask = Uint8Array.from({ length: n * n }, () => Number(bits.next().value));
        const text = gridText(mask, n);
        expect(Array.from(build(text, n) ?? new Uint8Array(n * n))).toEqual(Array.from(mask));
        expect(build(text.replaceAll('/', '\n'), n)).toEqual(build(text, n));
      }),
    );
  });

  it('differ by block and head where they say so', () => {
    const text = '.x/..@1:../x.@1.0:../..';
    expect(Array.from(build(text, 2, 0) ?? [])).toEqual([0, 1, 0, 0]);
    // Head 0 of block 1 is open, head 1 follows its block.
    expect(Array.from(build(text, 2, 1) ?? [])).toEqual([0, 0, 0, 0, 0, 0, 1, 0]);
    expect(build('.x/..@1:../..', 2, 1)).toBeNull();
  });

  it('are refused with the reason', () => {
    expect(check('.x/x.', 2)).toEqual([]);
    expect(check('', 2)[0]).toMatchObject({ got: 'nothing' });
    expect(check('../..', 3)[0]).toMatchObject({ expected: '3 lines of 3 cells, one per token' });
    expect(check('.../..', 2)[0]?.got).toBe('2 lines, one of 3 cells');
    expect(check('.o/..', 2)[0]?.got).toBe('"o"');
    expect(check('../xx', 2)[0]).toMatchObject({ got: 'none for t1' });
  });

  it('are refused by place', () => {
    expect(check('../..@1.1:.x/..', 2)).toEqual([]);
    expect(check('../..@1.1:xx/..', 2)[0]).toMatchObject({
      path: 'model.params.customMask, at block 1 head 1',
      got: 'none for t0',
    });
    expect(check('../..@2:../..', 2)[0]).toMatchObject({
      expected: expect.stringContaining('blocks 0 to 1'),
      got: '@2',
    });
    expect(check('../..@0.5:../..', 2)[0]?.got).toBe('@0.5');
    expect(check('../..@0:../..@0:.x/..', 2)[0]?.got).toBe('two for @0');
    expect(check('../..@here:../..', 2)[0]?.expected).toContain('@0.1');
  });
});
