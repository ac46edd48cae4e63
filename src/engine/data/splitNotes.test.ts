import { describe, expect, it } from 'vitest';
import { classCountsOf, countClasses, countsText, splitNotes } from './splitNotes.ts';
import type { Split, TaskMeta } from './table.ts';

const split: Split = {
  train: Uint32Array.of(0, 1, 2, 3),
  validation: Uint32Array.of(4, 5),
  test: Uint32Array.of(6, 7),
};
const binary: TaskMeta = {
  name: 'bought',
  description: '',
  type: 'binary',
  outputs: 1,
  classes: ['no', 'yes'],
};
const kinds = (outputs: number): TaskMeta => ({
  name: 'kind',
  description: '',
  type: 'multiclass',
  outputs,
  classes: Array.from({ length: outputs }, (_, code) => `k${code}`),
});
const price: TaskMeta = { name: 'price', description: '', type: 'regression', outputs: 1 };
const values = (...cells: number[]) => [Float32Array.from(cells)];
const codesOf = (task: TaskMeta, ...cells: number[]) =>
  lacksOf(task, split, ...cells).map(({ code }) => code);
/** The splits here are of two rows, so every class has few of them: a note with tests of its own. */
const lacksOf = (task: TaskMeta, of: Split, ...cells: number[]) =>
  splitNotes([task], values(...cells), of).filter(({ code }) => code !== 'few-rows-of-class-in-test');

describe('classes per split', () => {
  it('are counted without missing labels, and named by split', () => {
    const counts = countClasses([0, 1, 1, -1, 1, 1, 0, -1], 2, split);
    expect(counts).toEqual({ train: [1, 2], validation: [0, 2], test: [1, 0] });
    expect(countsText(counts, 0)).toBe('1 training, 0 validation, 1 test');
  });

  it('are two for a binary label with its one output, and none for numbers', () => {
    const counts = classCountsOf(
      [binary, price],
      [...values(0, 0, 0, 1, 0, 1, 0, 1), ...values(1, 2)],
      split,
    );
    expect(counts).toEqual([{ train: [3, 1], validation: [1, 1], test: [1, 1] }, null]);
  });
});

describe('notes on a split', () => {
  it('are none where every split has every class, and two values of a number', () => {
    expect(codesOf(binary, 0, 0, 0, 1, 0, 1, 1, 0)).toEqual([]);
    expect(codesOf(price, 1, 1, 1, 2, 1, 2, 2, 1)).toEqual([]);
  });

  it.each([
    ['training', [0, 0, 0, 0, 0, 1, 0, 1], '0 training, 1 validation, 1 test', 'Nothing is learnt of it'],
    [
      'validation',
      [0, 0, 0, 1, 0, 0, 0, 1],
      '1 training, 0 validation, 1 test',
      'AUROC is undefined there, so the best epoch cannot follow it.',
    ],
    [
      'test',
      [0, 0, 0, 1, 0, 1, 0, 0],
      '1 training, 1 validation, 0 test',
      'AUROC is undefined there, and with it the gain of this task.',
    ],
  ])('say what a class missing in %s means', (part, cells, counts, effect) => {
    const notes = lacksOf(binary, split, ...cells);
    expect(notes.map(({ code }) => code)).toEqual([`class-missing-in-${part}`]);
    expect(notes[0]?.text).toContain(
      `The ${part} split has no row of a class of bought: yes (${counts}). ${effect}`,
    );
  });

  it('advise another split only where one can have the class everywhere', () => {
    const remedy = (...cells: number[]) => lacksOf(binary, split, ...cells).map(({ text }) => text);
    const [two] = remedy(0, 0, 0, 1, 0, 0, 0, 1);
    expect(two).toMatch(/No split can have a class of fewer than 3 rows everywhere: give more rows of it/);
    expect(two).not.toContain('stratified');
    const [three] = remedy(0, 0, 1, 1, 0, 0, 0, 1);
    expect(three).toMatch(/A stratified split, another data seed or a larger share of the rows may help\.$/);
    // One class that a split can have is enough.
    const wide = { ...split, train: Uint32Array.of(0, 1, 2, 3, 8, 9) };
    const [both] = lacksOf(kinds(4), wide, 0, 1, 2, 3, 0, 1, 0, 1, 3, 3).map(({ text }) => text);
    expect(both).toMatch(/k2 \(1 training.*k3 \(3 training.*A stratified split/);
  });

  it('keep the mean over the classes that are left while two are', () => {
    const three: Split = {
      train: split.train,
      validation: Uint32Array.of(4, 5),
      test: Uint32Array.of(0, 1, 2),
    };
    const notes = lacksOf(kinds(3), three, 0, 1, 2, 0, 0, 1);
    expect(notes.map(({ text }) => text)).toEqual([
      expect.stringContaining('k2 (1 training, 0 validation, 1 test). Its AUROC is the mean over the other'),
    ]);
    const one = lacksOf(kinds(3), three, 0, 1, 2, 0, 1, 1);
    expect(one[0]?.text).toContain('has no row of 2 classes of kind: k0 (');
    expect(one[0]?.text).toContain('No AUROC is defined there');
  });

  it('say where so few test rows have a class that one of them moves its AUROC', () => {
    const test = Uint32Array.from({ length: 12 }, (_, i) => i);
    const few = (...cells: number[]) =>
      splitNotes([binary], values(...cells), { train: test, validation: test, test }).filter(
        ({ code }) => code === 'few-rows-of-class-in-test',
      );
    const rare = few(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1);
    expect(rare.map(({ text }) => text)).toEqual([
      'The test split has fewer than 5 rows of a class of bought: yes (2 training, 2 validation, 2 test). One row can move the AUROC of its class by 0.50, so differences between models may be chance: test on more rows, or compare over several data seeds.',
    ]);
    expect(few(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1)).toHaveLength(1);
    expect(few(0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1)).toEqual([]);
    // A class without a row has a note of its own.
    expect(few(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).toEqual([]);
    const three = few(
      0,
      1,
      1,
      1,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      -1,
      -1,
    );
    expect(three[0]?.text).toMatch(/2 classes of bought: no \(.*1 test\); yes \(.*3 test\)\. .* by 1\.00,/);
  });

  it('name five classes and count the rest', () => {
    const text = (outputs: number) =>
      splitNotes([kinds(outputs)], values(0, 0, 0, 0, 0, 0, 0, 0), split)[0]?.text;
    expect(text(6)).toMatch(/no row of 5 classes of kind: k1 .*; k5 \([^)]*\)\. /);
    expect(text(8)).toMatch(/no row of 7 classes of kind: k1 .*; k5 \([^)]*\) and 2 more\. /);
  });

  it('name the splits where a number has one value, with their rows', () => {
    expect(codesOf(price, 1, 1, 1, 1, 1, 2, 2, 1)).toEqual(['target-constant-in-training']);
    const [note] = splitNotes([price], values(1, 2, 3, 4, 7, 7, 7, 8), split);
    expect(note?.code).toBe('target-constant-in-validation');
    expect(note?.text).toContain('price has one value in all 2 validation rows');
  });
});
