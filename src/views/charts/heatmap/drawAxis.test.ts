import { describe, expect, it } from 'vitest';
import { layoutBands } from './bands.ts';
import { fitTitle, layoutAxis } from './drawAxis.ts';

/** Every letter is 6 px wide. */
const measure = (text: string) => 6 * text.length;

describe('the title of an axis', () => {
  it('is whole where it fits, else loses its bracket, else ends in an ellipsis, and never exceeds its place', () => {
    expect(fitTitle('output (rows)', 80, measure)).toBe('output (rows)');
    expect(fitTitle('output (rows)', 77, measure)).toBe('output');
    expect(fitTitle('output (rows)', 30, measure)).toBe('outp…');
    expect(fitTitle('row of the batch', 60, measure)).toBe('row of th…');
  });
});

describe('the names of columns', () => {
  it('are upright as soon as two of them would read as one', () => {
    const names = ['x10', 'x11', 'x12'];
    const spec = { title: '', labels: names, groups: [{ name: '', size: 3 }] };
    const isUpright = (cell: number) => layoutAxis(spec, layoutBands([3], cell, 1), 'top', measure).upright;
    // Names of 18 px, a gap of 1 px between cells.
    expect(isUpright(23)).toBe(false);
    expect(isUpright(22)).toBe(true);
  });
});
