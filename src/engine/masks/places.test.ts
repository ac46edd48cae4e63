import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkPlaces,
  gridAt,
  hasOwnMask,
  type MaskText,
  placeName,
  readMaskText,
  withGrid,
  writeMaskText,
} from './places.ts';

const grid = fc.constantFrom('../..', '.x/..', '../x.', '.x/x.');
const place = fc.record({
  block: fc.integer({ min: 0, max: 3 }),
  head: fc.option(fc.integer({ min: 0, max: 3 })),
});
const paints = fc.array(fc.tuple(place, grid));
const paint = (own: [{ block: number; head: number | null }, string][]): MaskText =>
  own.reduce((text, [at, g]) => withGrid(text, at, g), { everywhere: '../..', places: [] } as MaskText);

describe('masks by place', () => {
  it('come back from their text', () => {
    fc.assert(
      fc.property(paints, (own) => {
        const text = paint(own);
        expect(readMaskText(writeMaskText(text))).toEqual(text);
      }),
    );
  });

  it('hold what was painted last, and follow the others again when dropped', () => {
    fc.assert(
      fc.property(paints, place, grid, (own, at, g) => {
        const before = paint(own);
        const after = withGrid(before, at, g);
        expect(gridAt(after, at.block, at.head)).toBe(g);
        expect(hasOwnMask(after, at)).toBe(true);
        const dropped = withGrid(after, at, null);
        expect(hasOwnMask(dropped, at)).toBe(false);
        const rest = gridAt(dropped, at.block, null);
        expect(gridAt(dropped, at.block, at.head)).toBe(rest);
        // Other blocks are left alone.
        expect(gridAt(after, at.block + 1, 0)).toBe(gridAt(before, at.block + 1, 0));
      }),
    );
  });

  it('everywhere leaves the exceptions alone', () => {
    const text = withGrid(paint([[{ block: 1, head: null }, '.x/..']]), { block: null, head: null }, '.x/x.');
    expect(writeMaskText(text)).toBe('.x/x.@1:.x/..');
    expect(gridAt(text, null, null)).toBe('.x/x.');
  });

  it('are not read from anything else', () => {
    for (const text of ['..@', '..@x:..', '..@1.:..', '..@-1:..', '..@1'])
      expect(readMaskText(text)).toBeNull();
  });

  it('stand in the order of blocks and heads, a block before its heads', () => {
    const places = [
      { block: 2, head: 1 },
      { block: 0, head: 1 },
      { block: 2, head: null },
      { block: 0, head: 0 },
      { block: 0, head: null },
      { block: 10, head: 0 },
    ];
    const text = paint(places.map((at) => [at, '.x/..']));
    expect(text.places.map(placeName)).toEqual(['0', '0.0', '0.1', '2', '2.1', '10.0']);
    // Each is there by itself: one that goes takes no other with it.
    const without = withGrid(text, { block: 0, head: null }, null);
    expect(without.places.map(placeName)).toEqual(['0.0', '0.1', '2', '2.1', '10.0']);
    expect(hasOwnMask(without, { block: 0, head: 1 })).toBe(true);
    expect(hasOwnMask(without, { block: 2, head: 0 })).toBe(false);
    // A block without a mask of its own follows the mask of every place, not another block's.
    expect(gridAt(without, 1, 0)).toBe('../..');
    expect(gridAt(without, 2, 0)).toBe('.x/..');
  });

  it('must be in the network', () => {
    expect(checkPlaces('..@1.1:..', 2, 2, 'mask')).toEqual([]);
    expect(checkPlaces('..@1.2:..', 2, 2, 'mask')[0]).toMatchObject({
      expected: 'exceptions for blocks 0 to 1 and heads 0 to 1',
      got: '@1.2',
    });
    expect(checkPlaces('..@1:..', 1, 4, 'mask')[0]).toMatchObject({
      expected: 'exceptions for block 0 and heads 0 to 3',
      got: '@1',
    });
  });
});
