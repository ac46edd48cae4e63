import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseOrder, formatDate, readDate, surveyDates } from './dates.ts';
import { readColumn, readTable } from './testing/columns.ts';

const day = (text: string, order: 'ymd' | 'dmy' | 'mdy' = 'dmy') => {
  const ms = readDate(text, order);
  return ms === null ? null : formatDate(ms);
};

describe('readDate', () => {
  it.each([
    ['2024-03-01', '2024-03-01'],
    ['2024/3/1', '2024-03-01'],
    ['2024-03', '2024-03-01'],
    ['2024-03-01T10:30', '2024-03-01T10:30:00'],
    ['2024-03-01 10:30:15.25Z', '2024-03-01T10:30:15'],
    ['2024-03-01T00:30:00+02:00', '2024-02-29T22:30:00'],
    ['01.03.2024', '2024-03-01'],
    ['1/3/24', '2024-03-01'],
    ['1/3/69', '1969-03-01'],
    ['1 Mar 2024', '2024-03-01'],
    ['01-MAR-2024', '2024-03-01'],
    ['March 1, 2024', '2024-03-01'],
    ['1/3/2024 1:05 PM', '2024-03-01T13:05:00'],
    ['1/3/68', '2068-03-01'],
    ['9 Mar 2024', '2024-03-09'],
    ['5 January 2024', '2024-01-05'],
    ['1 Sept 2024', '2024-09-01'],
    ['1/3/2024 1:05 AM', '2024-03-01T01:05:00'],
    ['1/3/2024 12:05 am', '2024-03-01T00:05:00'],
    ['1/3/2024 12:05 PM', '2024-03-01T12:05:00'],
    // A leap second counts as the first second of the next minute.
    ['2024-01-01 23:59:60', '2024-01-02'],
    ['2024-03-01T00:30:00+05:45', '2024-02-29T18:45:00'],
    ['2024-03-01T22:30:00-0230', '2024-03-02T01:00:00'],
    ['1/3/2024 13:05 PM', null],
    ['1/3/2024 0:05 AM', null],
    ['2024-01-01 10:60', null],
    ['2024-01-01 10:59:61', null],
    ['2024-03-00', null],
    ['Foo 1, 2024', null],
    ['30.02.2024', null],
    ['2023-02-29', null],
    ['2024-13-01', null],
    ['2024-01-01T25:00', null],
    ['1 Foo 2024', null],
    ['1-2/2024', null],
    ['20240301', null],
    ['3', null],
  ])('%s is %s', (text, expected) => {
    expect(day(text)).toBe(expected);
  });

  it('takes the month first where asked, and eight digits where dates are asked for', () => {
    expect(day('01/03/2024', 'mdy')).toBe('2024-01-03');
    expect(formatDate(readDate('20240301', 'ymd', true) ?? 0)).toBe('2024-03-01');
  });

  it('keeps milliseconds, and reads no order where only years come first', () => {
    expect(readDate('1970-01-01 00:00:01.2509', 'ymd')).toBe(1250);
    expect([day('01/03/2024', 'ymd'), day('2024-03-01', 'ymd')]).toEqual([null, '2024-03-01']);
    expect(formatDate(Number.NaN)).toBe('');
  });

  it('reads back any day in each notation', () => {
    const days = fc.integer({ min: -25_000, max: 40_000 });
    fc.assert(
      fc.property(days, (n) => {
        const iso = formatDate(n * 86_400_000);
        const [y, m, d] = iso.split('-');
        expect([day(iso), day(`${d}.${m}.${y}`), day(`${m}/${d}/${y}`, 'mdy')]).toEqual([iso, iso, iso]);
      }),
    );
  });
});

describe('a survey of dates', () => {
  it('counts what each order reads, and keeps the first text that decides or does not', () => {
    const texts = ['2024-03-01', '5/5/2024', '13/02/2024', '02/13/2024', '01/02/2024', '03/04/2024', 'x'];
    expect(surveyDates(texts)).toEqual({
      readable: { ymd: 1, dmy: 5, mdy: 5 },
      texts: 7,
      undecided: '01/02/2024',
      proof: { dmy: '13/02/2024', mdy: '02/13/2024' },
    });
  });

  it('ends after fifty texts without a date', () => {
    const noDates = (n: number) => Array.from({ length: n }, (_, i) => `x${i}`);
    expect(surveyDates(noDates(60)).texts).toBe(50);
    expect(surveyDates([...noDates(49), '2024-03-01', ...noDates(10)]).texts).toBe(60);
    expect(surveyDates(Array.from({ length: 60 }, () => '2024-03-01')).readable.ymd).toBe(60);
  });
});

describe('the order of day and month', () => {
  it('is that of the file where the column leaves it open, and nothing without dates', () => {
    const open = surveyDates(['01/02/2024']);
    expect(chooseOrder(open, 'mdy')).toEqual({ order: 'mdy', by: 'file' });
    expect(chooseOrder(open, 'dmy')).toEqual({ order: 'dmy', by: 'file' });
    expect(chooseOrder(open, 'ymd')).toEqual({ order: 'mdy', by: 'guess' });
    expect(chooseOrder(surveyDates([]), 'dmy')).toBeNull();
    expect(chooseOrder(surveyDates(['01/02/2024', '13/02/2024', '02/13/2024']), 'dmy')).toBeNull();
    expect(chooseOrder(surveyDates(['2024-03-01', 'x']), 'dmy')).toBeNull();
  });

  const chosen = (texts: string[]) => chooseOrder(surveyDates(texts), null);
  it('is proven by a number above 12, by points, or a guess', () => {
    expect(chosen(['01/02/2024', '13/02/2024'])).toEqual({ order: 'dmy', by: 'column' });
    expect(chosen(['01/02/2024', '02/13/2024'])).toEqual({ order: 'mdy', by: 'column' });
    expect(chosen(['01.02.2024'])).toEqual({ order: 'dmy', by: 'column' });
    expect(chosen(['01/02/2024'])).toEqual({ order: 'mdy', by: 'guess' });
    expect(chosen(['13/02/2024', '02/13/2024'])).toBeNull();
    expect(chosen(['2024-01-02', 'soon'])).toBeNull();
    expect(chosen([])).toBeNull();
  });

  it('is that of the other columns of the file where its own cells do not tell', () => {
    const { columns, notes } = readTable({ a: ['01/02/2024', '03/04/2024'], b: ['13/02/2024', '1/1/2024'] });
    expect(columns.map((c) => [c.kind, c.values[0]])).toEqual([
      ['date', '2024-02-01'],
      ['date', '2024-01-01'],
    ]);
    expect(notes).toEqual([]);
  });

  it('is said to be a guess, with both readings and the type that overrules it', () => {
    const { column, notes } = readColumn('d', ['01/02/2024', '', '03/04/2024']);
    expect(column).toMatchObject({ kind: 'date', missing: 1, distinct: 2 });
    expect(notes).toEqual([
      'date-order-ambiguous: Column d: "01/02/2024" can be 2024-01-02 or 2024-02-01, and nothing in the file decides; it is read as 2024-01-02. If the day comes first, set data.types to d:date-dmy.',
    ]);
    const asked = readColumn('d', ['01/02/2024', '', '03/04/2024'], { types: 'd:date-dmy' });
    expect([asked.column.values[0], asked.notes]).toEqual(['2024-02-01', []]);
  });
});

describe('a column that is not all dates', () => {
  const days = Array.from({ length: 12 }, (_, i) => `2024-01-${String(i + 1).padStart(2, '0')}`);
  it('is text, with the cell that is none and its line', () => {
    const { column, notes } = readColumn('d', [...days, 'soon']);
    expect(column.kind).toBe('categorical');
    expect(notes[0]).toMatch(/^column-read-as-categories: .*"soon" \(line 14\); its other cells are dates/);
    expect(readColumn('d', [...days, 'soon'], { missingMarkers: 'auto,soon' }).column.kind).toBe('date');
  });

  it('names a cell of each order where they are mixed', () => {
    expect(readColumn('d', ['13/02/2024', '02/13/2024']).notes[0]).toMatch(
      /^date-order-mixed: .*"13\/02\/2024" is a date with the day first, "02\/13\/2024" one with the month first/,
    );
  });

  it('keeps numbers numbers', () => {
    expect(readColumn('d', ['20240301', '20240302']).column.kind).toBe('numeric');
    expect(readColumn('d', ['20240301', '20240302'], { types: 'd:date' }).column.values).toEqual([
      '2024-03-01',
      '2024-03-02',
    ]);
  });
});
