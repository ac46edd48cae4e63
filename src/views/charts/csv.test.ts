import { expect, it } from 'vitest';
import { toCsv, toLongCsv } from './csv.ts';

it('quotes what needs it, keeps digits, leaves undefined empty', () => {
  const text = toCsv(
    ['task', 'gain, %'],
    [
      ['a "b"', 0.1 + 0.2],
      ['line\nbreak', Number.NaN],
      ['c', null],
      ['d', -1e-7],
    ],
  );
  expect(text).toBe('task,"gain, %"\r\n"a ""b""",0.30000000000000004\r\n"line\nbreak",\r\nc,\r\nd,-1e-7\r\n');
});

it('disarms names that a spreadsheet would run', () => {
  expect(toCsv(['=HYPERLINK("x")'], [['@sum'], ['-3+cmd']])).toBe(
    `"'=HYPERLINK(""x"")"\r\n'@sum\r\n'-3+cmd\r\n`,
  );
  // Numbers stay numbers, as text and in lists of seeds.
  expect(toCsv(['-3'], [['-0.5 +1e-3 2'], ['- 2']])).toBe(`-3\r\n-0.5 +1e-3 2\r\n'- 2\r\n`);
});

it('makes a long table in slices, the same line for line', async () => {
  const rows = Array.from({ length: 3000 }, (_, i) => [i, `row "${i}"`, i % 7 === 0 ? Number.NaN : i / 3]);
  const shares: number[] = [];
  const table = { header: ['a', 'b', 'c'], numRows: rows.length, row: (i: number) => rows[i] ?? [] };
  const blob = await toLongCsv(table, (share) => shares.push(share));
  expect(await blob.text()).toBe(toCsv(table.header, rows));
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
});
