import { describe, expect, it } from 'vitest';
import { classCodes, isIdentifier, isMissing, isSpoilt, previewColumn, suggestTask } from './columns.ts';
import { readColumn as readWithNotes } from './testing/columns.ts';

const readColumn = (name: string, cells: readonly string[]) => readWithNotes(name, cells).column;

const texts = (n: number) => Array.from({ length: n }, (_, i) => `t${i}`);

describe('what a column can be', () => {
  it.each([
    [['0', '1', '1'], { type: 'binary' }],
    [['yes', 'no'], { type: 'binary' }],
    [['1', '2', '3'], { type: 'multiclass' }],
    [['1.5', '2', '3'], { type: 'regression' }],
    [Array.from({ length: 11 }, (_, i) => String(i)), { type: 'regression' }],
    [Array.from({ length: 10 }, (_, i) => String(i)), { type: 'multiclass' }],
    [['2024-03-01', '2024-03-02', '2024-03-05'], { reason: 'dates, which are read as features' }],
    [['2024-03-01', '2024-03-02'], { reason: 'dates, which are read as features' }],
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
    // Rows without a text do not count.
    expect(isIdentifier(readColumn('x', [...texts(60), ...texts(60).fill('')]))).toBe(true);
    expect(isIdentifier(readWithNotes('x', texts(60), { types: 'x:categorical' }).column)).toBe(false);
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

  it('is spoilt where at most half of its cells are texts among numbers', () => {
    const spoilt = (cells: string[]) => isSpoilt(readColumn('x', cells));
    expect(spoilt(['1', '2', '3', 'n.s.'])).toBe(true);
    expect(spoilt(['1', '2', 'a', 'b'])).toBe(true);
    // Missing cells count for neither side.
    expect(spoilt(['1', '2', '', '', 'a', 'b', 'c'])).toBe(false);
    expect([spoilt(['a', 'b', 'c', '1']), spoilt(['a', 'b']), spoilt(['1', '2'])]).toEqual([
      false,
      false,
      false,
    ]);
    expect(spoilt(['', ''])).toBe(false);
  });

  it('misses cells of either kind', () => {
    const missing = (cells: string[]) => cells.map((_, row) => isMissing(readColumn('x', cells), row));
    expect(missing(['1.5', '', '0', '2'])).toEqual([false, true, false, false]);
    expect(missing(['a', '', 'b', 'a'])).toEqual([false, true, false, false]);
  });

  it('previews', () => {
    const many = previewColumn(readColumn('x', ['5', '4', '3', '2', '1']));
    expect(many).toMatchObject({ distinct: 5, examples: ['1', '2', '3', '4'] });
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
