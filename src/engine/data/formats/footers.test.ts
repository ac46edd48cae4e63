// Which last lines of a text file are no rows.
import { describe, expect, it } from 'vitest';
import type { Note } from '../../core/notes.ts';
import { withoutFooters, withoutTotals } from './footers.ts';
import type { DroppedLines } from './format.ts';
import { RecordStore, Records } from './recordStore.ts';

/** Records with lines from 1 on. */
function records(...lines: string[][]): Records {
  const store = new RecordStore(10);
  store.add(
    lines,
    lines.map((_, i) => ({ line: i + 1, isComment: false, hasBreaks: false })),
  );
  return new Records(store);
}

/** How many lines stay, and the notes on the others. */
function left(cut: (notes: Note[], dropped: DroppedLines[]) => Records) {
  const [notes, dropped]: [Note[], DroppedLines[]] = [[], []];
  const kept = cut(notes, dropped).length;
  return { kept, codes: notes.map(({ code }) => code), texts: notes.map(({ text }) => text), dropped };
}
const footers = (usual: number, ...lines: string[][]) =>
  left((notes, dropped) => withoutFooters(records(...lines), usual, notes, dropped));
const totals = (...lines: string[][]) =>
  left((notes, dropped) => withoutTotals(records(...lines), notes, dropped));

describe('lines of one cell below a table', () => {
  const table = [
    ['a', 'b', 'c'],
    ['1', '2', 'x'],
    ['3', '4', 'y'],
    ['5', '6', 'z'],
  ];

  it('are left out with a note', () => {
    const found = footers(3, ...table, ['Made by Ann'], [' on 3 May ']);
    expect(found).toMatchObject({ kept: 4, codes: ['footer-lines-left-out'] });
    expect(found.texts[0]).toMatch(
      /^2 lines below the table have one cell only, such as "Made by Ann", left out \(/,
    );
    expect(found.dropped).toEqual([expect.objectContaining({ count: 2, lines: [5, 6] })]);
  });

  it.each<[string, number, string[][], number]>([
    ['a padded source', 3, [['Source: us', '', '']], 4],
    ['a padded source behind a blank', 3, [[' Source: us', ' ', '']], 4],
    ['a padded line that may be a row', 3, [['Rome', '', '']], 5],
    ['a source with a second cell', 3, [['Source: us', '7', '']], 5],
    ['a source in the second cell', 3, [['', 'Source: us', '']], 5],
    ['a number', 3, [['7']], 5],
    ['a padded number', 3, [[' 7 ']], 5],
    ['an empty cell', 3, [[' ']], 5],
    ['a remark between rows', 3, [['remark'], ['7', '8', 'w']], 6],
    ['two cells of three', 3, [['7', '8']], 5],
  ])('%s', (_, usual, last, kept) => {
    expect(footers(usual, ...table, ...last).kept).toBe(kept);
  });

  it('stay in a table of one column, and where a padded one would be a row of two', () => {
    expect(footers(1, ['a'], ['1'], ['2'], ['Made by Ann']).kept).toBe(4);
    expect(footers(2, ['a', 'b'], ['1', '2'], ['3', '4'], ['Source: us', '']).kept).toBe(4);
    expect(footers(2, ['a', 'b'], ['1', '2'], ['3', '4'], ['Source: us']).kept).toBe(3);
  });

  it('stay where lines end early everywhere', () => {
    expect(footers(3, ['a', 'b', 'c'], ['1', '2', 'x'], ['u'], ['v'])).toMatchObject({ kept: 4, codes: [] });
    expect(footers(3, ['a', 'b', 'c'], ['u'], ['v'], ['w'], ['1', '2', 'x'], ['q']).kept).toBe(6);
    // As many as half of the rest are footers, and one always is.
    expect(footers(3, ...table, ['u'], ['v']).kept).toBe(4);
    expect(footers(3, ...table, ['u'], ['v'], ['w']).kept).toBe(7);
    expect(footers(3, ['a', 'b', 'c'], ['1', '2', 'x'], ['u']).kept).toBe(2);
  });
});

describe('a last line with a word for a total', () => {
  const dated = [
    ['day', 'n'],
    ['1.5.2024', '3'],
    ['2.5.2024', '4'],
    ['3.5.2024', '6'],
  ];

  it.each<[string, string[][], number]>([
    ['among dates', [...dated, ['Total', '99']], 4],
    [
      'among months before days',
      [
        ['day', 'n'],
        ['5/13/2024', '3'],
        ['5/14/2024', '4'],
        ['5/15/2024', '6'],
        ['Total', '9'],
      ],
      4,
    ],
    [
      'among numbers',
      [
        ['k', 'n'],
        ['1', '3'],
        ['2', '4'],
        ['3', '6'],
        ['Mean', '99'],
      ],
      4,
    ],
    ['with a colon and blanks', [...dated, [' Total: ', '99']], 4],
    ['two of them', [...dated, ['Total', '99'], ['Mean', '33']], 4],
    ['beside empty cells', [...dated, ['', '7'], ['Total', '99']], 5],
    ['below two dates alone', [...dated.slice(0, 3), ['Total', '99']], 4],
    ['below three cells, of which one is empty', [...dated.slice(0, 3), ['', '7'], ['Total', '99']], 5],
    [
      'among words',
      [
        ['day', 'n'],
        ['Mon', '3'],
        ['Tue', '4'],
        ['Wed', '6'],
        ['Total', '99'],
      ],
      5,
    ],
    ['among words and dates', [...dated, ['Mon', '5'], ['Total', '99']], 6],
    ['that only begins so', [...dated, ['Total rain', '99']], 5],
    ['that has a colon within', [...dated, ['To:tal', '99']], 5],
    ['not last', [...dated, ['Total', '99'], ['4.5.2024', '1']], 6],
  ])('%s', (_, lines, kept) => {
    expect(totals(...lines).kept).toBe(kept);
  });

  it('is named with its line and first cells', () => {
    const { codes, texts, dropped } = totals(...dated.map((cells) => [...cells, 'c', 'd', 'e']), [
      'Total',
      '99',
      '1',
      '2',
      '3',
    ]);
    expect(codes).toEqual(['total-line-left-out']);
    expect(texts[0]).toContain('where the rows have numbers or dates (Total, 99, 1, 2)');
    expect(dropped).toEqual([expect.objectContaining({ count: 1, lines: [5] })]);
  });
});

describe('a last line of sums', () => {
  const sold = [
    ['who', 'n', 'm'],
    ['Ann', '3', '0.5'],
    ['Bob', '4', ' 1.5 '],
    ['Cem', '8', '4'],
  ];

  it.each<[string, string[][], number]>([
    ['of all columns', [...sold, ['Total', '15', '6']], 4],
    ['up to rounding', [...sold, ['Total', '15.00001', '6']], 4],
    ['and means', [...sold, ['Mean', '5', '2']], 4],
    ['and a mean', [...sold, ['sum', '15', ' 2 ']], 4],
    ['with a column left empty', [...sold, ['Total', '15', ' ']], 4],
    ['with a word in a column', [...sold, ['Total', '15', 'kg']], 4],
    ['behind another word', [...sold, ['all', ' Total ', '6']], 4],
    ['that is off in one column', [...sold, ['Total', '15', '7']], 5],
    ['that is off by more than rounding', [...sold, ['Total', '15.0001', '6']], 5],
    ['without numbers', [...sold, ['Total', '', 'x']], 5],
    ['without a word', [...sold, ['Dan', '15', '6']], 5],
    ['below two rows', [...sold.slice(0, 3), ['Total', '7', '2']], 3],
    ['below one row', [...sold.slice(0, 2), ['Total', '3', '0.5']], 3],
    [
      'beside a column of words',
      [
        ['who', 'n'],
        ['Ann', '3'],
        ['Bob', 'few'],
        ['Cem', '8'],
        ['Total', '7'],
      ],
      4,
    ],
    [
      'with empty cells among the rows',
      [
        ['who', 'n'],
        ['Ann', '3'],
        ['Bob', ' '],
        ['Cem', '8'],
        ['Mean', '5.5'],
      ],
      4,
    ],
  ])('%s', (_, lines, kept) => {
    expect(totals(...lines).kept).toBe(kept);
  });

  it('is named with its line and first cells', () => {
    const { texts, dropped } = totals(...sold.map((cells) => [...cells, '', '']), [
      'Total',
      '15',
      '6',
      '',
      '',
    ]);
    expect(texts).toEqual([
      'Line 5 (Total, 15, 6, ) holds sums or means of the rows above, and is left out.',
    ]);
    expect(dropped).toEqual([expect.objectContaining({ count: 1, lines: [5] })]);
  });
});
