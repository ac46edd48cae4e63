// Limits of tables to the last row, how they are said, and the lines of a text.
import { describe, expect, it } from 'vitest';
import {
  checkLimits,
  counted,
  damagedFile,
  mebibytes,
  type SampleSettings,
  sizesBeyond,
  unpackedLimit,
} from './limits.ts';
import { countOf, filledLines } from './lines.ts';

it('lines are given with their numbers, without blank ones', () => {
  expect([...filledLines('\na\n\n \nb\n', 't')]).toEqual([
    { line: 'a', number: 2 },
    { line: 'b', number: 5 },
  ]);
  expect([countOf('xx,xx', 'x'), countOf('xx,xx', 'x', 3), countOf('\r\n\r\n', '\r\n')]).toEqual([4, 2, 2]);
});

describe('limits', () => {
  const layout = { sample: 'first' as const, sampleRows: 1000, sampleBy: '' };
  it.each<[number, number, SampleSettings | undefined, RegExp | null]>([
    [20_000, 2500, undefined, null],
    [20_001, 1, undefined, /^t: expected at most 20,000 columns, got 20,001\. Leave/],
    [50, 1_000_000, undefined, null],
    [1, 1_000_001, undefined, /^t: expected at most 1,000,000 rows, got 1,000,001\. Set/],
    [51, 1_000_000, undefined, /^t: expected at most 50,000,000 cells, got 1,000,000 rows with 51 columns/],
    [1, 1_000_001, { ...layout, sample: 'all' }, /at most 1,000,000 rows/],
    [20_000, 20_000_000, layout, null],
    [20_000, 20_000_001, layout, /to draw a sample of, got 20,000,001\. Cut/],
    [20_000, 10, { ...layout, sampleRows: 1_000_000 }, null],
    [20_001, 10, layout, /20,000 columns/],
  ])('hold for %d columns of %d rows, to the last', (columns, rows, settings, message) => {
    const check = () => checkLimits(columns, rows, 't', settings);
    if (message) expect(check).toThrow(message);
    else expect(check).not.toThrow();
  });

  it('are said in full bytes where both sizes round to the same', () => {
    expect([0.25, 9.44, 10.4, 10.6, 256].map((size) => mebibytes(size * 2 ** 20))).toEqual(
      ['0.25', '9.4', '10', '11', '256'].map((size) => `${size} MiB`),
    );
    expect(sizesBeyond(2 ** 25, 2 ** 26)).toEqual(['at most 32 MiB', '64 MiB']);
    expect(sizesBeyond(2 ** 25, 2 ** 25 + 1)).toEqual([
      'at most 32 MiB (33,554,432 bytes)',
      '33,554,433 bytes',
    ]);
    expect([0, 2 ** 18, 2 ** 30].map((packed) => unpackedLimit(packed) / 2 ** 20)).toEqual([32, 64, 480]);
    expect([0, 1, 1000].map((n) => counted(n, 'line', 'lines'))).toEqual([
      '0 lines',
      '1 line',
      '1,000 lines',
    ]);
  });

  it("of a file are told apart from damage, which is not said in a library's own words", () => {
    const refused = damagedFile('Arrow', 't', new Error('no end'));
    expect(refused.message).toMatch(/^t: expected a whole Arrow file, got no end\. It may be cut off/);
    expect(damagedFile('Arrow', 'u', refused)).toBe(refused);
    for (const inner of [new TypeError('x is undefined'), new RangeError('x is too long')])
      expect(damagedFile('Arrow', 't', inner).message).toContain('got parts that do not fit together.');
  });
});
