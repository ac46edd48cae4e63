import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf, closedQueries, type MaskGrid, paint, readGrid, writeGrid } from './grid.ts';

const grids: fc.Arbitrary<MaskGrid> = fc
  .integer({ min: 1, max: 6 })
  .chain((size) =>
    fc
      .uint8Array({ minLength: size * size, maxLength: size * size, max: 1 })
      .map((bits) => ({ size, blocked: Uint8Array.from(bits) })),
  );

describe('a painted mask', () => {
  it('comes back from its text', () => {
    fc.assert(
      fc.property(grids, (grid) => {
        expect(readGrid(writeGrid(grid), grid.size)).toEqual(grid);
      }),
    );
  });

  it('is not read from anything else', () => {
    for (const text of ['', '..', '../...', 'ab/cd', '{']) expect(readGrid(text, 2)).toBeNull();
    expect(readGrid('X. / .X', 2)?.blocked).toEqual(Uint8Array.of(1, 0, 0, 1));
  });

  it('changes rectangles, and their mirror images when asked', () => {
    const open: MaskGrid = { size: 3, blocked: new Uint8Array(9) };
    const corner = cellsOf({ from: { row: 1, column: 2 }, to: { row: 0, column: 1 } }, 3);
    expect(writeGrid(paint(open, corner, true, false))).toBe('.xx/.xx/...');
    expect(writeGrid(paint(open, [{ row: 0, column: 2 }], true, true))).toBe('..x/.../x..');
    expect(writeGrid(open)).toBe('.../.../...');
  });

  it('opens again what it blocked', () => {
    fc.assert(
      fc.property(grids, fc.boolean(), (grid, symmetric) => {
        const all = cellsOf({ from: { row: 0, column: 0 }, to: { row: 9, column: 9 } }, grid.size);
        const closed = paint(grid, all, true, symmetric);
        expect(closedQueries(closed)).toHaveLength(grid.size);
        expect(closedQueries(paint(closed, all, false, symmetric))).toEqual([]);
      }),
    );
  });
});
