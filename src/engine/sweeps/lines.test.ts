// Lines of a sweep file that are no runs are named, few of them, and reading can end after a number of them.
import { describe, expect, it } from 'vitest';
import { linesText, readLines, readTimes } from './lines.ts';

const HEADER = '{"type":"sweep","version":1,"id":"a","sweep":{}}';

describe('lines of a sweep file', () => {
  it('are numbered from 1, blank ones too, and the last may be cut', () => {
    expect(readLines(`${HEADER}\n\n{}\n[1]\n{"a`)).toMatchObject({ header: { id: 'a' }, broken: [3, 4, 5] });
    expect(readLines(`${HEADER}\n{"a`).wholeLength).toBe(HEADER.length + 1);
    expect(readLines('').broken).toEqual([]);
    // A header elsewhere is none.
    expect(readLines(`\n${HEADER}\n`)).toMatchObject({ header: null, broken: [2] });
  });

  it('end where too many are broken', () => {
    expect(readLines(`${HEADER}\n${'{}\n'.repeat(9)}`, 3).broken).toEqual([2, 3, 4]);
  });

  it('are listed up to twenty', () => {
    const numbers = Array.from({ length: 21 }, (_, i) => i + 1);
    expect(linesText([3, 5])).toBe('3, 5');
    expect(linesText(numbers.slice(1))).toBe(numbers.slice(1).join(', '));
    expect(linesText(numbers)).toBe(`${numbers.slice(0, 20).join(', ')} and 1 more`);
  });

  it('of times are found behind what is no line of them', () => {
    const times = readTimes('x\n\n{"run":"r","elapsedMs":5}\n{"run":1}\n{"run":"s","elapsedMs":6}');
    expect([...times.keys()]).toEqual(['r', 's']);
  });
});
