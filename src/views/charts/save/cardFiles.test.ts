import { describe, expect, it } from 'vitest';
import { toCsv } from '../csv.ts';
import { tabsOf } from './cardFiles.ts';

describe('numbers for the clipboard', () => {
  it('have tabs for commas, and cells without quotes', () => {
    const csv = toCsv(
      ['task', 'gain "total"'],
      [
        ['a, b', 1.5],
        ['c', null],
        ['', 'two\nlines\tand tabs'],
      ],
    );
    expect(tabsOf(csv)).toBe('task\tgain "total"\na, b\t1.5\nc\t\n\ttwo lines and tabs\n');
  });
});
