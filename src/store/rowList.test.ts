import { describe, expect, it } from 'vitest';
import { formatRowList, parseRowList } from './rowList.ts';

describe('row lists', () => {
  it('reads single rows and ranges', () => {
    expect(parseRowList('7, 0-3,2')).toEqual([0, 1, 2, 3, 7]);
    expect(parseRowList(' 63 ')).toEqual([63]);
  });
  it.each(['', 'a', '1,,2', '3-1', '64', '0-64', '-1', '1.5'])('refuses %j', (text) => {
    expect(parseRowList(text)).toBeUndefined();
  });
  it('writes them back short', () => {
    expect(formatRowList([0, 1, 2, 3, 7])).toBe('0-3, 7');
    expect(formatRowList([])).toBe('');
  });
});
