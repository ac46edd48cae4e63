import { describe, expect, it } from 'vitest';
import { fitTitle } from './drawAxis.ts';

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
