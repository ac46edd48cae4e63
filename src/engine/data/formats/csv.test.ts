import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { csv } from './csv.ts';
import { FILE_LIMITS } from './format.ts';
import { formatOf } from './registry.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => csv.read(bytes(text), 'table.csv');
const cells = (text: string) => read(text).columns.map(({ name, cells }) => [name, ...cells]);

describe('csv', () => {
  it.each([',', ';', '\t', '|'])('guesses the delimiter %j', (d) => {
    expect(cells(`a${d}b\n1${d}x\n2${d}y\n`)).toEqual([
      ['a', '1', '2'],
      ['b', 'x', 'y'],
    ]);
  });

  it('takes the delimiter of the header where the rows are too ragged to tell', () => {
    expect(cells('a;b\n1\n2\n3;4\n')).toEqual([
      ['a', '1', '2', '3'],
      ['b', '', '', '4'],
    ]);
  });

  it('reads quotes, line breaks inside them, a byte order mark and every kind of line end', () => {
    const expected = [
      ['a', 'x, "y"\nz', '1'],
      ['b', '2', '3'],
    ];
    for (const end of ['\n', '\r\n']) {
      expect(cells(`\ufeffa,b${end}"x, ""y""\nz",2${end}1,3${end}`)).toEqual(expected);
    }
    expect(cells('a,b\r1,2\r')).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
  });

  it('reads a single column', () => {
    expect(cells('a\n1\n2\n')).toEqual([['a', '1', '2']]);
  });

  it('counts lines that end early and names them as lines of the file', () => {
    const { columns, notes, lines } = read('a,b\n\n"x\ny",2\n3\n4,5\n');
    expect(columns.map((c) => c.cells)).toEqual([
      ['x\ny', '3', '4'],
      ['2', '', '5'],
    ]);
    expect(Array.from(lines)).toEqual([3, 5, 6]);
    expect(notes).toEqual([
      {
        code: 'ragged-lines',
        text: '1 lines have fewer than 2 cells (line 5): missing cells are empty.',
      },
    ]);
  });

  it('makes empty and repeated headers unique, visibly', () => {
    const { columns, notes } = read('a,,a,a (2)\n1,2,3,x\n');
    expect(columns.map((c) => c.name)).toEqual(['a', 'column 2', 'a (2)', 'a (2) (2)']);
    expect(notes).toHaveLength(3);
    expect(notes[1]?.text).toBe('Header 3 "a" is called "a (2)" here.');
  });

  it.each([
    ['', /header line and at least one row, got 0 lines/],
    ['a,b\n', /header line and at least one row, got 1 lines/],
    ['a,b\n1,2\n"x,3\n', /table\.csv, line 3: expected quoted cells/],
    ['a,b\n\n"x\ny",1\n"x"y,2\n', /table\.csv, line 5: expected quoted cells/],
    ['PK\0\0', /binary data/],
    [`${'a,'.repeat(FILE_LIMITS.columns)}a\n1\n`, /at most 544 columns, got 545/],
  ])('refuses %j', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('refuses what is not UTF-8', () => {
    expect(() => csv.read(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0xff), 'x.csv')).toThrow(/text in UTF-8/);
  });

  it('refuses more rows than the limit, with the limit', () => {
    expect(() => read(`a\n${'1\n'.repeat(FILE_LIMITS.rows + 1)}`)).toThrow(/at most 1,000,000 rows/);
    expect(read(`a\n${'1\n'.repeat(FILE_LIMITS.rows)}`).rows).toBe(FILE_LIMITS.rows);
  });

  it('refuses more bytes than the limit before decoding them', () => {
    const huge = { length: FILE_LIMITS.bytes + 1 } as Uint8Array;
    expect(() => csv.read(huge, 'x.csv')).toThrow(/at most 256 MiB/);
  });

  it('reads back any table that was written as CSV', () => {
    const cell = fc.string({ maxLength: 6 }).map((text) => text.replaceAll('\0', '').trim());
    const table = fc
      .integer({ min: 2, max: 4 })
      .chain((n) => fc.array(fc.array(cell, { minLength: n, maxLength: n }), { minLength: 1, maxLength: 6 }));
    fc.assert(
      fc.property(table, (rows) => {
        const header = (rows[0] as string[]).map((_, i) => `h${i}`);
        const text = Papa.unparse([header, ...rows], { delimiter: ',', quotes: true });
        const kept = rows.filter((row) => row.some((c) => c !== ''));
        fc.pre(kept.length > 0);
        const { columns, notes } = read(text);
        expect(columns.map((c) => c.name)).toEqual(header);
        expect(kept.map((_, r) => columns.map((c) => c.cells[r]))).toEqual(kept);
        expect(notes).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('formatOf', () => {
  it('goes by the ending, in any case', () => {
    expect(formatOf('A.CSV').id).toBe('csv');
    expect(formatOf('a.tsv').id).toBe('csv');
  });

  it('lists the endings it knows', () => {
    expect(() => formatOf('a.xlsx')).toThrow(/a\.xlsx: expected a file ending in \.csv, \.tsv, \.txt/);
  });
});
