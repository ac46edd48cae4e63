// Records are the same wherever the text is cut into pieces, and an unclosed quote costs no more time.
import fc from 'fast-check';
import Papa from 'papaparse';
import { expect, it, vi } from 'vitest';
import type { Note } from '../../core/notes.ts';
import { CellCutter } from './cellCutter.ts';
import { type DroppedLines, LAYOUT_DEFAULTS } from './format.ts';
import { RecordParser } from './recordParser.ts';
import type { Records } from './recordStore.ts';
import { breaksIn, listLines, withoutComments, withoutRules, withoutTitles } from './records.ts';

const TEXT = 'a;b\n1;"x;\ny ""q"""\n\n# c;d\n"#e";\n3;z;more\n ;last';

function recordsOf(cuts: readonly number[]) {
  const parser = new RecordParser(';', 1, 't.csv', '#');
  const at = [...cuts].sort((a, b) => a - b);
  for (const [i, from] of [0, ...at].entries()) parser.add(TEXT.slice(from, at[i]), i === at.length);
  const dropped: object[] = [];
  const records = parser.records(dropped as never);
  const all = records.where(() => true);
  return {
    columns: [0, 1, 2].map(records.column, records),
    records: all.map((i) => [records.line(i), records.width(i), records.isComment(i), records.hasBreaks(i)]),
    cells: all.map(records.cells),
    dropped,
  };
}

it('are the same wherever the text is cut', () => {
  const whole = recordsOf([]);
  expect(whole.records).toEqual([
    [1, 2, false, false],
    [2, 2, false, true],
    [5, 2, true, false],
    [6, 2, false, false],
    [7, 3, false, false],
    [8, 2, false, false],
  ]);
  expect(whole.columns[1]).toEqual(['b', 'x;\ny "q"', 'd', '', 'z', 'last']);
  expect(whole.dropped).toEqual([{ reason: 'blank-lines', count: 1, lines: [4] }]);
  fc.assert(
    fc.property(fc.array(fc.nat(TEXT.length), { maxLength: 6 }), (cuts) => {
      const cut = recordsOf(cuts);
      expect({ ...cut, columns: null, cells: null }).toEqual({ ...whole, columns: null, cells: null });
      expect(cut.columns.slice(0, 2)).toEqual(whole.columns.slice(0, 2));
    }),
  );
});

it('have the cells that Papa Parse finds', () => {
  const piece = fc.constantFrom(
    ',',
    ',',
    '\n',
    '\n',
    '"',
    '""',
    '"a"',
    '"b,\n"',
    '"c""d"',
    ' ',
    'é',
    '1',
    '#',
    '😀',
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      fc.array(fc.nat(40), { maxLength: 3 }),
      (pieces, cuts) => {
        const text = pieces.join('');
        const parser = new RecordParser(',', 1, 't.csv', '');
        const { data, errors } = Papa.parse<string[]>(text, { delimiter: ',', newline: '\n' });
        const at = [...cuts].sort((a, b) => a - b);
        const add = () => {
          for (const [i, from] of [0, ...at].entries())
            parser.add(pieces.slice(from, at[i]).join(''), i === at.length);
        };
        if (errors.some(({ type }) => type === 'Quotes')) expect(add).toThrow('quoted cells that end');
        else {
          add();
          const records = parser.records([]);
          const filled = data.filter((cells) => cells.some((cell) => cell.trim() !== ''));
          expect(records.where(() => true).map(records.cells)).toEqual(filled);
          expect(records.column(1)).toEqual(filled.map((cells) => cells[1] ?? ''));
        }
      },
    ),
    { numRuns: 200 },
  );
});

it('name the line of a quote that is wrong, in whatever piece', () => {
  for (const cut of [4, 9, 12]) {
    const parser = new RecordParser(',', 1, 't.csv', '#');
    const text = 'a,b\n1,2\n3,"x"y\n4,5\n';
    const read = () => {
      parser.add(text.slice(0, cut), false);
      parser.add(text.slice(cut), true);
    };
    expect(read).toThrow(/t\.csv, line 3: .* in cell 2 of this line/);
  }
});

it('of more than the limit are no record: a quote that is never closed ends the reading', () => {
  const parser = new RecordParser(',', 1, 't.csv', '#');
  parser.add('a,b\n1,"', false);
  expect(() => parser.add('x'.repeat(17 * 2 ** 20), false)).toThrow(
    /line 2: expected a record of at most 16 MiB.*a quote that is not closed/,
  );
});

it('that are not whole are not cut anew with each piece', () => {
  const parser = new RecordParser(',', 1, 't.csv', '#');
  const cut = vi.spyOn(CellCutter.prototype, 'cut');
  parser.add('a,b\n1,"', false);
  for (let piece = 0; piece < 15; piece++) parser.add('x'.repeat(2 ** 20), false);
  // Cut again at 1, 2, 4 and 8 MiB.
  expect(cut.mock.calls.length).toBeLessThan(10);
  parser.add('"\n2,3\n', true);
  cut.mockRestore();
  const { length } = parser.records([]);
  expect(length).toBe(3);
});

it('are as wide as the first ones, though a later one is longer', () => {
  const pack = vi.spyOn(CellCutter.prototype, 'packColumns');
  const parser = new RecordParser(',', 1, 't.csv', '#');
  parser.add(`${'1,2\n'.repeat(1200)}1${',3'.repeat(500)}\n`, true);
  const widths = pack.mock.calls.map(([columns]) => columns);
  pack.mockRestore();
  const records = parser.records([]);
  expect([widths, records.width(1200), records.isLonger(1200, 2), records.column(2)]).toEqual([
    [2],
    501,
    true,
    Array(1201).fill(''),
  ]);
});

it('may be a million blank lines, and no more', () => {
  const parser = new RecordParser(',', 1, 't.csv', '#');
  const lines = '\n'.repeat(1_000_000);
  parser.add(`a,b${lines}`, false);
  expect(() => parser.add(`${lines}1,2\n`, true)).toThrow(
    /line 1000002: expected at most 1,000,000 blank lines/,
  );
});

const NO_NOTE: [] = [];
/** Records of lines with commas. */
function parsed(text: string, comment = '#', wanted = {}): Records {
  const parser = new RecordParser(',', 1, 't.csv', comment, wanted);
  parser.add(text, true);
  return parser.records([]);
}
const linesOf = (records: Records) => records.where(() => true).map(records.line);
/** What is left of records, and what was told. */
function left(leaveOut: (notes: Note[], dropped: DroppedLines[]) => Records) {
  const notes: Note[] = [];
  const dropped: DroppedLines[] = [];
  const lines = linesOf(leaveOut(notes, dropped));
  return { lines, notes: notes.map((note) => `${note.code}: ${note.text}`), dropped };
}
const leftOfComments = (text: string, comment = '#') => {
  let above: object | null = null;
  const result = left((notes, dropped) => {
    const found = withoutComments(parsed(text, comment), { ...LAYOUT_DEFAULTS, comment }, notes, dropped);
    above = found.above;
    return found.body;
  });
  return { ...result, above };
};

it('lines are listed to the fifth, and line breaks are counted', () => {
  expect([listLines([7]), listLines([1, 2, 3, 4, 5]), listLines([1, 2, 3, 4, 5, 6])]).toEqual([
    'line 7',
    'line 1, 2, 3, 4, 5',
    'line 1, 2, 3, 4, 5, …',
  ]);
  expect([breaksIn(''), breaksIn('\na'), breaksIn('a\n\nb\n')]).toEqual([0, 1, 3]);
});

it('each is told with its number, blank ones not counted, and kept if it is wanted', () => {
  const seen: [string, number][] = [];
  const records = parsed('a\n\nb\n , \nc,"x\ny"\nd\n', '#', {
    isKept: (record: number) => record % 2 === 0,
    watched: { cell: 0, tell: (text: string, record: number) => seen.push([text, record]) },
  });
  expect(seen).toEqual([
    ['a', 0],
    ['b', 1],
    ['c', 2],
    ['d', 3],
  ]);
  expect([linesOf(records), records.column(0), records.hasBreaks(1)]).toEqual([[1, 5], ['a', 'c'], true]);
});

it('are kept in order beyond those that decide how many cells are', () => {
  const parser = new RecordParser(',', 1, 't.csv', '#');
  const line = (row: number) => `${row},x\n`;
  const lines = Array.from({ length: 2_500 }, (_, row) => line(row));
  for (const [from, to] of [
    [0, 600],
    [600, 1_300],
    [1_300, 2_400],
    [2_400, 2_500],
  ] as const)
    parser.add(lines.slice(from, to).join(''), to === lines.length);
  const records = parser.records([]);
  expect(records.column(0)).toEqual(lines.map((_, row) => String(row)));
  expect([records.length, records.line(2_499), records.hasBreaks(7)]).toEqual([2_500, 2_500, false]);
});

it('blank lines are named to the fifth, but the end of the file is none', () => {
  const parser = new RecordParser(',', 3, 't.csv', '#');
  parser.add('\na\n\n\n\n\n\nb\n', true);
  const dropped: DroppedLines[] = [];
  expect(linesOf(parser.records(dropped))).toEqual([4, 10]);
  expect(dropped).toEqual([{ reason: 'blank-lines', count: 6, lines: [3, 5, 6, 7, 8] }]);
  const none: DroppedLines[] = [];
  new RecordParser(',', 1, 't.csv', '#').records(none);
  expect([none, parsed('').length]).toEqual([[], 0]);
});

it('a wrong quote is shown with its beginning', () => {
  expect(() => parsed('a,b,c\n1,2,"x"y\n')).toThrow(/in cell 3 of this line, which begins with "x/);
  expect(() => parsed(`a,b\n1,"${'x'.repeat(60)}"y\n`)).toThrow(
    new RegExp(
      `line 2: expected quoted cells that end with a quote, got .*, in cell 2 of this line, which begins with "${'x'.repeat(40)}"`,
    ),
  );
});

it('comments are those that begin so, not errors of a spreadsheet or cells in quotes', () => {
  const records = parsed('#a\n #b\n"#c"\n#DIV/0!,1\n #n/a\nd,#\n#NAME?\n#NUMBERS\n#NAN\n');
  expect(records.where(records.isComment).map(records.line)).toEqual([1, 2, 8]);
  expect(parsed('#a\n%b\n', '').where((i) => parsed('#a\n%b\n', '').isComment(i))).toEqual([]);
  const signs = parsed('//a\n/b\n', '//');
  expect(signs.where(signs.isComment)).toEqual([0]);
});

it('comments are left out, the last one above the table is kept for its names', () => {
  expect(leftOfComments('# one\n# two, three\na,b\n1,2\n# end\n3,4\n')).toEqual({
    lines: [3, 4, 6],
    above: { cells: ['# two', ' three'], line: 2 },
    notes: [
      'comment-lines-left-out: 3 lines begin with # and are left out as comments (line 1, 2, 5); data.comment decides.',
    ],
    dropped: [{ reason: 'comment-lines', count: 3, lines: [1, 2, 5] }],
  });
  expect(leftOfComments('a,b\n1,2\n%x\n3,4\n', '%')).toMatchObject({
    lines: [1, 2, 4],
    above: null,
    notes: [
      'comment-lines-left-out: 1 line begins with % and is left out as a comment (line 3); data.comment decides.',
    ],
  });
  expect(leftOfComments('# x\na\n1\n').lines).toEqual([2, 3]);
});

it('comments are values where most lines below the first begin so, or all do', () => {
  const none = { above: null, notes: NO_NOTE, dropped: NO_NOTE };
  expect(leftOfComments('a\n#1\n#2\n3\n')).toEqual({ lines: [1, 2, 3, 4], ...none });
  expect(leftOfComments('a\n#1\n#2\n3\n4\n').lines).toEqual([1, 4, 5]);
  expect(leftOfComments('#1\n#2\n')).toEqual({ lines: [1, 2], ...none });
  expect(leftOfComments('a\n1\n')).toEqual({ lines: [1, 2], ...none });
});

it('lines of dashes are left out among the first three and at the end', () => {
  const rules = (text: string) => left((notes, dropped) => withoutRules(parsed(text), notes, dropped));
  expect(rules('+--+\na\n==|==,--:\n---\n1\n:--\n')).toEqual({
    lines: [2, 4, 5],
    notes: ['rule-lines-left-out: 3 lines of dashes are left out (line 1, 3, 6).'],
    dropped: [{ reason: 'rule-lines', count: 3, lines: [1, 3, 6] }],
  });
  expect(rules('a\n--\n1\n')).toMatchObject({
    lines: [1, 3],
    notes: ['rule-lines-left-out: 1 line of dashes is left out (line 2).'],
  });
  // The last line counts once where it is one of the first three, and a cell may be empty.
  expect(rules('a\n1\n--\n').dropped).toEqual([{ reason: 'rule-lines', count: 1, lines: [3] }]);
  expect(rules('a\n1\n2\n--\n').lines).toEqual([1, 2, 3]);
  expect(rules('a,b\n--,\n1,2\n').lines).toEqual([1, 3]);
  expect(rules('a\n-\n1\n')).toEqual({ lines: [1, 2, 3], notes: [], dropped: [] });
  expect(rules('a\n--x\nx--\n--,1\n').lines).toEqual([1, 2, 3, 4]);
});

it('titles are the lines above the header, as many as said or found', () => {
  const titles = (text: string, skipLines: number, usual = 2) =>
    left((notes, dropped) =>
      withoutTitles(parsed(text), usual, { ...LAYOUT_DEFAULTS, skipLines }, notes, dropped),
    );
  const text = 'My, table,\n\nof today\na,b\n1,2\n3,4\n';
  expect(titles(text, 2)).toEqual({
    lines: [3, 4, 5, 6],
    notes: [
      'title-lines-left-out: 1 line above the header is left out (line 1), such as "My  table"; data.skipLines decides.',
    ],
    dropped: [{ reason: 'title-lines', count: 1, lines: [1] }],
  });
  expect(titles(text, 3)).toMatchObject({
    lines: [4, 5, 6],
    notes: [
      'title-lines-left-out: 2 lines above the header are left out (line 1, 3), such as "My  table"; data.skipLines decides.',
    ],
  });
  expect(titles(text, 0)).toEqual({ lines: [1, 3, 4, 5, 6], notes: [], dropped: [] });
  expect(titles('today\na,b\n1,2\n3,4\n', -1).lines).toEqual([2, 3, 4]);
  expect(titles('a,b\n1,2\n', -1)).toEqual({ lines: [1, 2], notes: [], dropped: [] });
});
