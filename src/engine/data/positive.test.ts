import { describe, expect, it } from 'vitest';
import { classRows, positiveClass } from './positive.ts';
import { readColumn } from './testing/columns.ts';

const column = (...cells: string[]) => readColumn('label', cells).column;

describe('the positive class', () => {
  it.each<[string, string[], string, string]>([
    ['1', ['0', '0', '1', '1', '1'], '1', 'word'],
    ['true in any case', ['TRUE', 'TRUE', 'TRUE', 'false'], 'TRUE', 'word'],
    ['yes in any case', ['Yes', 'no', 'Yes'], 'Yes', 'word'],
    ['the rarer one, were it the first', ['fraud', 'legit', 'legit'], 'fraud', 'rarer'],
    ['the rarer one, were it the later', ['a', 'a', 'b'], 'b', 'rarer'],
    ['the later of two as frequent', ['a', 'b', 'b', 'a'], 'b', 'tie'],
    ['the rarer one where both words say yes', ['yes', 'true', 'yes'], 'true', 'rarer'],
    ['counted without missing cells', ['a', 'b', 'b', '', '', ''], 'a', 'rarer'],
  ])('is %s', (_, cells, positive, by) => {
    expect(positiveClass(column(...cells))).toEqual({ positive, by });
  });

  it('is the one asked for before all of that', () => {
    expect(positiveClass(column('0', '1', '1'), '0')).toEqual({ positive: '0', by: 'asked' });
  });

  it('counts rows per class, of texts and of numbers', () => {
    expect(classRows(column('b', 'a', 'b', ''))).toEqual([1, 2]);
    expect(classRows(column('3', '7', '7'))).toEqual([1, 2]);
  });
});
