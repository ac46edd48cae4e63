import { describe, expect, it } from 'vitest';
import { repeatedRowNotes } from './repeatedRows.ts';

/** 20 training, 5 validation and 10 test rows; the first `copies` test rows repeat rows 0, 1, ... */
function table(copies: number, change: { label?: number; feature?: number; category?: number } = {}) {
  const source = (row: number) => (row >= 25 && row < 25 + copies ? row - 25 : row);
  const column = (of: (row: number) => number, extra = 0) =>
    Array.from({ length: 35 }, (_, row) => of(source(row)) + (row >= 25 ? extra : 0));
  const rows = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i);
  return {
    rows: 35,
    categorical: [Int32Array.from(column((row) => row % 3, change.category))],
    numeric: [Float32Array.from(column((row) => row / 7, change.feature))],
    targets: [Float32Array.from(column((row) => row % 2, change.label))],
    split: { train: rows(0, 20), validation: rows(20, 25), test: rows(25, 35) },
  };
}

describe('test rows that repeat training rows', () => {
  it('are said with their number where they are a tenth or more', () => {
    expect(repeatedRowNotes(table(0))).toEqual([]);
    expect(repeatedRowNotes(table(1))).toHaveLength(1);
    const one = table(1);
    const test = Uint32Array.of(...one.split.test, 34);
    expect(repeatedRowNotes({ ...one, split: { ...one.split, test } })).toEqual([]);
    const none = { ...one.split, test: new Uint32Array() };
    expect(repeatedRowNotes({ ...one, split: none })).toEqual([]);
    const [note] = repeatedRowNotes(table(4));
    expect(note?.code).toBe('test-rows-repeat-training');
    expect(note?.text).toMatch(/^4 of 10 test rows are equal to a training row in all features and labels/);
  });

  it('are equal in every column, labels too', () => {
    for (const change of [{ label: 1 }, { feature: 100 }, { category: 3 }])
      expect(repeatedRowNotes(table(4, change)), JSON.stringify(change)).toEqual([]);
  });

  it('count as often as they stand in the test, and those of the validation split do not', () => {
    const base = table(2);
    const { train, validation, test } = base.split;
    const twice = Uint32Array.of(...test, 25);
    expect(repeatedRowNotes({ ...base, split: { train, validation, test: twice } })[0]?.text).toMatch(
      /^3 of 11/,
    );
    expect(repeatedRowNotes({ ...base, split: { train, validation: test, test: validation } })).toEqual([]);
  });
});
