import { describe, expect, it } from 'vitest';
import { fitColumn } from './encode.ts';
import { outlierNotes } from './outlierNotes.ts';

const rows = Array.from({ length: 100 }, (_, i) => i);
const spread = rows.map((i) => (i * 37) % 100);
function notes(numbers: number[], isTarget = false, train = rows) {
  const column = Float64Array.from(numbers);
  return outlierNotes('x', column, train, fitColumn(column, train).scaling.scale, isTarget).map(
    (n) => n.text,
  );
}
const withValue = (value: number, at = 3) => spread.map((v, i) => (i === at ? value : v));

describe('a scale that a few values decide', () => {
  it('is noted with the furthest value, on either side', () => {
    expect(notes(withValue(1e7))).toEqual([
      'Column x: nine in ten training values lie within 90, and their standard deviation is 995000, because of values such as 10000000. Scaled by it, all others are nearly alike for networks. Correct such cells, count them as missing with data.missingMarkers=auto,10000000, or list the column in data.clip or data.logScale, as data.clip=x.',
    ]);
    expect(notes(withValue(-1e7))[0]).toContain('because of values such as -10000000.');
  });

  it('offers no cut of a target', () => {
    expect(notes(withValue(1e7), true)[0]).toMatch(/data\.missingMarkers=auto,10000000\.$/);
  });

  it.each<[string, number[]]>([
    ['values that spread', spread],
    ['an outlier that leaves the others apart', withValue(1e5)],
    ['one value alone', rows.map(() => 7)],
    ['one value with a few others', rows.map((i) => (i === 3 ? 1e7 : 0))],
    ['no value', rows.map(() => Number.NaN)],
  ])('is not: %s', (_, numbers) => {
    expect(notes(numbers)).toEqual([]);
  });

  it('is that of the training rows, without missing cells', () => {
    expect(notes(withValue(1e7), false, rows.slice(10))).toEqual([]);
    expect(notes(withValue(1e7).map((v, i) => (i % 2 === 0 ? Number.NaN : v)))).toHaveLength(1);
  });
});
