// Records are the same wherever the text is cut into pieces, and an unclosed quote costs no more time.
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { RecordParser } from './records.ts';

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
  const parse = vi.spyOn<{ parse(): void }, 'parse'>(Object(RecordParser.prototype), 'parse');
  parser.add('a,b\n1,"', false);
  for (let piece = 0; piece < 15; piece++) parser.add('x'.repeat(2 ** 20), false);
  // Parsed again at 1, 2, 4 and 8 MiB.
  expect(parse.mock.calls.length).toBeLessThan(10);
  parser.add('"\n2,3\n', true);
  parse.mockRestore();
  const { length } = parser.records([]);
  expect(length).toBe(3);
});

it('may be a million blank lines, and no more', () => {
  const parser = new RecordParser(',', 1, 't.csv', '#');
  const lines = '\n'.repeat(1_000_000);
  parser.add(`a,b${lines}`, false);
  expect(() => parser.add(`${lines}1,2\n`, true)).toThrow(
    /line 1000002: expected at most 1,000,000 blank lines/,
  );
});
