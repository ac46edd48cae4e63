import { describe, expect, it } from 'vitest';
import { classCodes, isIdentifier, isMissing, previewColumn, readColumn, suggestTask } from './columns.ts';

const texts = (n: number) => Array.from({ length: n }, (_, i) => `t${i}`);

describe('readColumn', () => {
  it('reads numbers, with every sign of a missing one', () => {
    const column = readColumn('x', ['2', '', 'NA', '-1e2', 'NaN', 'null', '?', '2.0']);
    expect(column).toMatchObject({ kind: 'numeric', missing: 5, distinct: 2, values: ['-100', '2'] });
    expect(Array.from(column.numbers)).toEqual([2, NaN, NaN, -100, NaN, NaN, NaN, 2]);
    expect([0, 1].map((row) => isMissing(column, row))).toEqual([false, true]);
  });

  it('reads text as sorted categories', () => {
    const column = readColumn('x', ['b', 'a', 'na', 'b', 'none']);
    expect(column).toMatchObject({
      kind: 'categorical',
      missing: 1,
      distinct: 3,
      values: ['a', 'b', 'none'],
    });
    expect(Array.from(column.codes)).toEqual([1, 0, -1, 1, 2]);
    expect(isMissing(column, 2)).toBe(true);
  });

  it('says which text keeps a column from being numbers', () => {
    const nearly = readColumn('x', [...Array.from({ length: 19 }, (_, i) => String(i)), 'n/a']);
    expect(nearly.kind).toBe('categorical');
    expect(nearly.note?.text).toMatch(/x is read as categories because of values such as "n\/a"/);
    expect(readColumn('x', ['1', '2', 'a', 'b']).note).toBeUndefined();
  });

  it('has neither numbers nor categories where all is missing', () => {
    expect(readColumn('x', ['', 'NA'])).toMatchObject({ kind: 'categorical', missing: 2, distinct: 0 });
  });

  it('never takes infinity for a number', () => {
    expect(readColumn('x', ['1', 'Infinity']).kind).toBe('categorical');
  });
});

describe('what a column can be', () => {
  it.each([
    [['0', '1', '1'], { type: 'binary' }],
    [['yes', 'no'], { type: 'binary' }],
    [['1', '2', '3'], { type: 'multiclass' }],
    [['1.5', '2', '3'], { type: 'regression' }],
    [Array.from({ length: 11 }, (_, i) => String(i)), { type: 'regression' }],
    [texts(50), { type: 'multiclass' }],
    [texts(51), { reason: '51 different texts, at most 50 can be classes' }],
    [['a', 'a'], { reason: 'only one value' }],
    [['', ''], { reason: 'no values' }],
  ])('%j', (cells, suggestion) => {
    expect(suggestTask(readColumn('x', cells))).toEqual(suggestion);
  });

  it('takes text that differs in most rows for an identifier', () => {
    expect(isIdentifier(readColumn('x', texts(60)))).toBe(true);
    expect(isIdentifier(readColumn('x', texts(50)))).toBe(false);
    expect(isIdentifier(readColumn('x', [...texts(60), ...texts(60)]))).toBe(false);
    expect(
      isIdentifier(
        readColumn(
          'x',
          texts(60).map((_, i) => String(i)),
        ),
      ),
    ).toBe(false);
  });

  it('numbers classes in the order of their values, whatever the kind', () => {
    expect(Array.from(classCodes(readColumn('x', ['10', '9', '', '10.0'])))).toEqual([1, 0, -1, 1]);
    expect(Array.from(classCodes(readColumn('x', ['b', 'a', '', 'b'])))).toEqual([1, 0, -1, 1]);
  });

  it('previews', () => {
    expect(previewColumn(readColumn('x', ['a', 'b', '', 'a']))).toEqual({
      name: 'x',
      kind: 'categorical',
      distinct: 2,
      missing: 1,
      examples: ['a', 'b'],
      suggestedTask: 'binary',
    });
    expect(previewColumn(readColumn('x', ['a', 'a']))).toMatchObject({
      suggestedTask: null,
      reason: 'only one value',
    });
  });
});
