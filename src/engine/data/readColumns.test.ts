import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMissing } from './columns.ts';
import { readColumn, readTable } from './testing/columns.ts';

const fill = (cells: readonly string[], n: number) =>
  Array.from({ length: n }, (_, i) => cells[i % cells.length] as string);
const counting = (n: number) => Array.from({ length: n }, (_, i) => String(i));
const numbersOf = (cells: readonly string[], data = {}) =>
  Array.from(readColumn('x', cells, data).column.numbers);

describe('numbers and categories', () => {
  it('reads numbers, with every sign of a missing one', () => {
    const { column } = readColumn('x', ['2', '', 'NA', '-1e2', 'NaN', 'null', '?', '2.0']);
    expect(column).toMatchObject({ kind: 'numeric', missing: 5, distinct: 2, values: ['-100', '2'] });
    expect(Array.from(column.numbers)).toEqual([2, NaN, NaN, -100, NaN, NaN, NaN, 2]);
    expect([0, 1].map((row) => isMissing(column, row))).toEqual([false, true]);
  });

  it('reads text as sorted categories', () => {
    const { column } = readColumn('x', ['b', 'a', 'na', 'b', 'none']);
    expect(column).toMatchObject({
      kind: 'categorical',
      missing: 1,
      distinct: 3,
      values: ['a', 'b', 'none'],
    });
    expect(Array.from(column.codes)).toEqual([1, 0, -1, 1, 2]);
    expect(isMissing(column, 2)).toBe(true);
  });

  it('says which texts keep a column from being numbers, with their lines and the setting that helps', () => {
    const { column, notes } = readColumn('x', [...counting(38), 'unknown', 'n.s.', 'unknown']);
    expect(column).toMatchObject({ kind: 'categorical', isAsked: false });
    expect(column.texts).toEqual({
      count: 3,
      first: [
        { text: 'unknown', line: 40 },
        { text: 'n.s.', line: 41 },
      ],
    });
    expect(notes).toEqual([
      'column-read-as-categories: Column x is read as categories because of values such as "unknown" (line 40), "n.s." (line 41), 3 cells in all; its other 38 cells are numbers. Correct them, or set data.missingMarkers to auto,unknown to count them as missing.',
    ]);
    expect(readColumn('x', ['1', '2', 'a', 'b']).notes).toEqual([]);
    // Stata gives a reason with some missing values; among texts they are endings of names.
    const { column: stata } = readColumn('x', [...counting(9), '.', '.a', '.Z']);
    expect([stata.kind, stata.missing]).toEqual(['numeric', 3]);
    const { column: ending, notes: ofEnding } = readColumn('x', ['.c', '.cpp', '.h']);
    expect([ending.values, ofEnding]).toEqual([['.c', '.cpp', '.h'], []]);
    expect(readColumn('x', [...counting(9), 'a']).notes).toHaveLength(1);
    expect(readColumn('x', [...counting(8), 'a', 'b']).notes).toEqual([]);
  });

  it('has neither numbers nor categories where all is missing', () => {
    expect(readColumn('x', ['', 'NA']).column).toMatchObject({
      kind: 'categorical',
      missing: 2,
      distinct: 0,
    });
  });

  it('keeps infinity and numbers beyond float32 as numbers that cannot be used, with their lines', () => {
    const { column } = readColumn('x', ['1', 'Infinity', '3.4028235e38', '3.5e38', '-1e39']);
    expect(column.kind).toBe('numeric');
    expect(column.beyond).toEqual({
      count: 3,
      first: [
        { text: 'Infinity', line: 3 },
        { text: '3.5e38', line: 5 },
        { text: '-1e39', line: 6 },
      ],
    });
    expect(readColumn('x', ['inf', 'inf', 'a']).column.kind).toBe('categorical');
    expect(readColumn('x', ['inf', '-inf']).column.kind).toBe('categorical');
    expect(readColumn('x', ['-3.4e38', '1']).column.beyond.count).toBe(0);
  });
});

describe('the notation of a column', () => {
  it.each<[string, string[], number[]]>([
    ['a decimal comma', ['50,01', '3,5', '7'], [50.01, 3.5, 7]],
    ['a comma between thousands', ['1,234', '12,345.5', '7'], [1234, 12345.5, 7]],
    ['a comma decided by another cell', ['1,234', '12,5'], [1.234, 12.5]],
    ['a comma decided by a leading zero', ['1,234', '0,652'], [1.234, 0.652]],
    ['a point between thousands', ['1.234', '1.234.567'], [1234, 1234567]],
    ['a point decided by another cell', ['1.234', '1.5'], [1.234, 1.5]],
    ['a currency', ['$1,234.50', '-$5', '7'], [1234.5, -5, 7]],
    ['percent', ['30.9%', '5 %', '0'], [30.9, 5, 0]],
    ['brackets', ['(1,234.5)', '2'], [-1234.5, 2]],
  ])('is read: %s', (_, cells, numbers) => {
    const { column } = readColumn('x', cells);
    expect(column.kind).toBe('numeric');
    expect(Array.from(column.numbers)).toEqual(numbers);
  });

  it('is shown in one note for the columns that share it', () => {
    const { notes } = readTable({ a: ['50,01', '1,5'], b: ['1', '2'], c: ['3,5', '4'], d: ['-5 €', '−6 €'] });
    expect(notes.map((n) => n.text)).toEqual([
      'Read as numbers with a decimal comma: a, c ("50,01" is 50.01). The settings data.decimal and data.types overrule this.',
      'Read as numbers with a minus of its own kind, the sign €: d ("-5 €" is -5). The settings data.decimal and data.types overrule this.',
    ]);
  });

  it('follows the other columns of the file where a column does not decide', () => {
    const open = ['1,234', '5,678'];
    const [point] = readTable({ x: open, y: ['1.5', '2.5'] }).columns;
    const [comma] = readTable({ x: open, y: ['1,5', '2,5'] }).columns;
    expect(Array.from(point?.numbers ?? [])).toEqual([1234, 5678]);
    expect(Array.from(comma?.numbers ?? [])).toEqual([1.234, 5.678]);
    const both = readTable({ x: ['1.234'], y: ['1,5'] });
    expect(Array.from(both.columns[0]?.numbers ?? [])).toEqual([1234]);
    expect(both.notes.map((n) => n.code)).not.toContain('number-notation-ambiguous');
  });

  it('is said to be a guess where nothing decides, or columns contradict', () => {
    const { column, notes } = readColumn('x', ['1,234', '5,678']);
    expect(Array.from(column.numbers)).toEqual([1234, 5678]);
    expect(notes[0]).toMatch(/^number-notation: /);
    expect(notes[1]).toBe(
      'number-notation-ambiguous: Column x: "1,234" can be 1234 or 1.234, and nothing in the file decides; it is read as 1234. If that is wrong, set data.types to x:decimal-comma.',
    );
    expect(readColumn('x', ['1.234', '5.678']).notes.join()).toMatch(
      /"1.234" can be 1.234 or 1234.* read as 1.234/,
    );
    const contradicting = readTable({ x: ['$1,234'], y: ['1.5'], z: ['1,5'] });
    expect(contradicting.notes.map((n) => n.text).join()).toMatch(/"\$1,234" can be 1234 or 1.234/);
    expect(readColumn('x', ['1.234', '5.67']).notes).toEqual([]);
  });

  it('is overruled for all columns, and for single ones', () => {
    const cells = ['1,234', '5,678'];
    expect(numbersOf(cells, { decimal: 'comma' })).toEqual([1.234, 5.678]);
    expect(numbersOf(cells, { decimal: 'point' })).toEqual([1234, 5678]);
    expect(numbersOf(cells, { types: 'x:decimal-comma' })).toEqual([1.234, 5.678]);
    expect(numbersOf(cells, { types: 'x:decimal-point', decimal: 'comma' })).toEqual([1234, 5678]);
    expect(readColumn('x', cells, { decimal: 'comma' }).notes.join()).not.toMatch(/ambiguous/);
    expect(numbersOf(['1.234', '5'], { decimal: 'comma' })).toEqual([1234, 5]);
    expect(readColumn('x', ['50,01', '3,5'], { decimal: 'point' }).column.kind).toBe('categorical');
  });

  it('does not mix currencies, nor shares with percentages', () => {
    const { column } = readColumn('x', [...fill(['$5', '$6', '$7'], 18), '€8', '€9']);
    expect(column.kind).toBe('categorical');
    expect(column.texts.first).toEqual([
      { text: '€8', line: 20 },
      { text: '€9', line: 21 },
    ]);
    expect(readColumn('x', ['30%', '40%', '0.5']).column).toMatchObject({
      kind: 'categorical',
      texts: { count: 1, first: [{ text: '0.5', line: 4 }] },
    });
    expect(readColumn('x', ['30%', '0.4', '0.5']).column.texts.first).toEqual([{ text: '30%', line: 2 }]);
  });

  it('is found for any numbers written in one of them', () => {
    const written = fc.record({
      values: fc.array(fc.integer({ min: -99_999_999, max: 99_999_999 }), { minLength: 3, maxLength: 20 }),
      locale: fc.constantFrom('en-US', 'de-DE', 'fr-FR', 'de-CH', 'sv-SE', 'en-IN', 'pt-BR', 'es-ES'),
      style: fc.constantFrom(
        {},
        { style: 'currency' as const, currency: 'EUR' },
        { style: 'currency' as const, currency: 'USD' },
      ),
    });
    fc.assert(
      fc.property(written, ({ values, locale, style }) => {
        const format = new Intl.NumberFormat(locale, {
          ...style,
          minimumFractionDigits: 2,
          maximumFractionDigits: 2,
        });
        const cells = values.map((v) => format.format(v / 100).trim());
        expect(numbersOf(cells)).toEqual(values.map((v) => Number((v / 100).toFixed(2))));
      }),
      { numRuns: 300 },
    );
  });
});

describe('markers of missing values', () => {
  it.each(['N/A', '#N/A', 'n.a.', '<NA>', 'NULL', 'NaN', '?', '#DIV/0!', '-nan', '1.#IND', '\\N', 'nan'])(
    '%s is missing anywhere',
    (marker) => {
      expect(readColumn('x', ['1.5', marker, '3']).column).toMatchObject({ kind: 'numeric', missing: 1 });
      expect(readColumn('x', ['a', marker, 'b']).column).toMatchObject({ missing: 1, values: ['a', 'b'] });
    },
  );

  it.each(['-', '--', '.', '…', '*', '—'])(
    '%s is missing among numbers and words, but not among signs',
    (marker) => {
      expect(readColumn('x', ['1.5', marker, '3']).column).toMatchObject({ kind: 'numeric', missing: 1 });
      expect(readColumn('x', ['a', marker, 'b']).column).toMatchObject({ missing: 1, values: ['a', 'b'] });
      expect(readColumn('x', ['+', marker, '+']).column).toMatchObject({ missing: 0, distinct: 2 });
    },
  );

  it.each(['None', 'missing', 'nil', 'n.d.'])(
    '%s is missing among numbers; among words it is kept, and said',
    (marker) => {
      expect(readColumn('x', ['1.5', marker, '3']).column).toMatchObject({ kind: 'numeric', missing: 1 });
      const { column, notes } = readColumn('x', ['a', marker, 'b', marker]);
      expect(column).toMatchObject({ missing: 0, distinct: 3 });
      expect(notes).toEqual([
        `category-may-mean-missing: Column x: "${marker}" (2 cells) is kept as a category. If it means a missing value, set data.missingMarkers to auto,${marker}.`,
      ]);
    },
  );

  it('are counted in one note', () => {
    const { notes } = readTable({
      a: ['1', 'N/A', '-', 'N/A', ''],
      b: ['x', 'y', 'NULL', 'x', 'y'],
      c: fill(['1', '2'], 5),
    });
    expect(notes).toEqual([
      {
        code: 'missing-markers',
        text: 'Taken for missing values, with the number of cells: a ("N/A" 2, "-" 1); b ("NULL" 1). The setting data.missingMarkers decides.',
      },
    ]);
  });

  it('are those of the setting: added to the common ones, or in place of them', () => {
    const cells = ['1', '-999', 'N/A', 'Unknown'];
    const missing = (missingMarkers: string) => readColumn('x', cells, { missingMarkers }).column.missing;
    expect(['auto', 'auto,unknown', 'auto, UNKNOWN,-999', '-999', '', 'unknown,"N/A"'].map(missing)).toEqual([
      1, 2, 3, 1, 0, 2,
    ]);
    expect(readColumn('x', ['1', '', '2'], { missingMarkers: '' }).column.missing).toBe(1);
    expect(readColumn('x', ['5', '9', '2'], { missingMarkers: '9' }).column.missing).toBe(1);
    // A number is meant however it is written, but no code with zeros before it.
    const written = ['-999', '-999.0', '-9.99e2', '-998', '999', '7'];
    expect(readColumn('x', written, { missingMarkers: 'auto,-999' }).column.missing).toBe(3);
    expect(readColumn('x', ['1000000000000.0', '7'], { missingMarkers: 'auto,1e12' }).column.missing).toBe(1);
    expect(readColumn('x', ['009', '007', '9'], { missingMarkers: 'auto,9' }).column.missing).toBe(1);
    expect(readColumn('x', ['9', '7'], { missingMarkers: 'auto,009' }).column.missing).toBe(0);
  });
});

describe('codes made of digits', () => {
  it.each<[string, string[], RegExp]>([
    ['plz', ['00017', '01234', '10115'], /digits with leading zeros such as "00017"/],
    ['x', ['007', '12', '3'], /leading zeros such as "007"/],
    ['postcode', ['10115', '80331'], /a name of codes, and 5 digits in each cell/],
    ['zip_code', ['10115', '', '80331'], /5 digits in each cell/],
    ['customerId', ['1001', '1002'], /4 digits/],
    ['x', ['12345678901234567', '1'], /more than 15 digits, such as "12345678901234567"/],
    // Of cards, of messages that are named by their time, and of times that a name calls keys.
    ['x', ['4929123412341234', '5105105105105100'], /more than 15 digits, such as "4929123412341234"/],
    ['x', ['1700000000000000123', '1710000000000000456'], /more than 15 digits/],
    ['event_id', ['1700000000000000', '1710000000000000'], /more than 15 digits/],
    ['x', ['1700000000000000', '1710000000000000000'], /more than 15 digits/],
    ['x', ['1700000000000000', '17100000000000000'], /more than 15 digits/],
  ])('%s %j are categories', (name, cells, reason) => {
    const { column, notes } = readColumn(name, cells);
    expect(column.kind).toBe('categorical');
    expect(notes[0]).toMatch(reason);
    expect(notes[0]).toMatch(`If these are numbers, set data.types to ${name}:numeric.`);
    expect(readColumn(name, cells, { types: `${name}:numeric` }).column).toMatchObject({
      kind: 'numeric',
      isAsked: true,
    });
  });

  it.each<[string, string[]]>([
    ['body_mass_g', ['3750', '3800']],
    ['width', ['172', '181']],
    ['zip', ['10115', '803']],
    ['code', ['1', '2', '3']],
    ['plz', ['0.5', '01234']],
    ['x', ['0', '10']],
    ['stamp', ['1700000000', '1700000001']],
    ['x', ['123456789012345', '1']],
    ['valid', ['1001', '1002']],
    // Unix times in microseconds, and in nanoseconds where zeros or the name say so.
    ['x', ['1700000000000001', '1710000000000456']],
    ['x', ['946684800000000', '4102444800000000']],
    ['x', ['1700000000000001000', '1710000000000456000']],
    ['created_at', ['1700000000000000123', '1710000000000000456']],
    ['eventTime', ['946684800000000001', '1710000000000000456']],
  ])('%s %j are numbers', (name, cells) => {
    expect(readColumn(name, cells)).toMatchObject({ column: { kind: 'numeric', isAsked: false }, notes: [] });
  });
});

describe('types that were asked for', () => {
  it('make numbers categories, as they are written', () => {
    expect(readColumn('x', ['1', '1.0', '2'], { types: 'x:categorical' }).column).toMatchObject({
      kind: 'categorical',
      values: ['1', '1.0', '2'],
      isAsked: true,
    });
  });

  it('keep the texts among numbers for the refusal', () => {
    const { column } = readColumn('a, b', ['1', 'x', 'NA', '2'], { types: '"a, b":numeric' });
    expect(column).toMatchObject({
      kind: 'numeric',
      missing: 1,
      texts: { count: 1, first: [{ text: 'x', line: 3 }] },
    });
  });
});

describe('spellings', () => {
  const cells = ['Yes', 'yes', 'YES', 'No', 'no', 'yes'];

  it('are kept apart and noted', () => {
    const { column, notes } = readColumn('x', cells);
    expect(column.distinct).toBe(5);
    expect(notes).toEqual([
      'spellings-kept-apart: Column x has values that differ only in case or blanks: "YES", "Yes", "yes"; "No", "no". They are kept apart; data.mergeSpellings merges them.',
    ]);
    expect(readColumn('x', ['New  York', 'New York', 'Rome']).notes).toHaveLength(1);
    expect(readColumn('x', ['a', 'b', 'ab']).notes).toEqual([]);
  });

  it('are merged into the most frequent one when asked for, and noted', () => {
    const { column, notes } = readColumn('x', cells, { mergeSpellings: true });
    expect(column.values).toEqual(['No', 'yes']);
    expect(Array.from(column.codes)).toEqual([1, 1, 1, 0, 0, 1]);
    expect(notes).toEqual([
      'spellings-merged: Column x: values that differ only in case or blanks are merged: "YES", "Yes", "yes"; "No", "no".',
    ]);
    expect(readColumn('x', ['a', 'b'], { mergeSpellings: true }).notes).toEqual([]);
  });

  it('are shown for the first three values', () => {
    const { notes } = readColumn('x', ['a', 'A', 'b', 'B', 'c', 'C', 'd', 'D']);
    expect(notes[0]).toMatch(/"A", "a"; "B", "b"; "C", "c"; and 1 more\. They/);
  });
});
