import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clampWindow, fittedScale, labelStep, revealed, shownCells, zoomAt } from './window.ts';

const EXTENT = { width: 600, height: 500 };
const COUNT = 2048;
const views = fc.record({
  x: fc.double({ min: -3000, max: 3000, noNaN: true }),
  y: fc.double({ min: -3000, max: 3000, noNaN: true }),
  scale: fc.double({ min: 0.01, max: 200, noNaN: true }),
});

describe('the window of a large map', () => {
  it('never leaves the map, and shows all of it at most once', () => {
    fc.assert(
      fc.property(views, (view) => {
        const { x, y, scale } = clampWindow(view, COUNT, COUNT, EXTENT);
        expect(scale).toBeGreaterThanOrEqual(fittedScale(COUNT, COUNT, EXTENT));
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        if (x > 0) expect(x + EXTENT.width / scale).toBeLessThanOrEqual(COUNT + 1e-6);
        if (y > 0) expect(y + EXTENT.height / scale).toBeLessThanOrEqual(COUNT + 1e-6);
      }),
    );
  });

  it('keeps what is under the pointer when it zooms', () => {
    fc.assert(
      fc.property(views, fc.double({ min: 0.1, max: 10, noNaN: true }), (view, factor) => {
        const next = zoomAt(view, factor, 123, 45);
        expect(next.x + 123 / next.scale).toBeCloseTo(view.x + 123 / view.scale, 4);
        expect(next.y + 45 / next.scale).toBeCloseTo(view.y + 45 / view.scale, 4);
      }),
    );
  });

  it('moves to a cell, and stays where it is seen already', () => {
    const view = { x: 100, y: 100, scale: 10 };
    expect(revealed(view, 120, 130, EXTENT)).toEqual(view);
    expect(revealed(view, 10, 130, EXTENT)).toEqual({ ...view, y: 10 });
    expect(revealed(view, 120, 200, EXTENT)).toEqual({ ...view, x: 201 - 60 });
  });

  it('tells which cells and labels are on screen', () => {
    expect(shownCells(10.5, 100, 10, 2048)).toEqual([10, 20]);
    expect(shownCells(0, 600, 0.25, 2048)).toEqual([0, 2047]);
    expect([labelStep(40, 30), labelStep(10, 30), labelStep(0.25, 30)]).toEqual([1, 5, 200]);
  });
});
