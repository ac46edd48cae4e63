import { expect, it } from 'vitest';
import { toCsv } from './csv.ts';

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
  expect(toCsv(['=HYPERLINK("x")'], [['@sum'], ['-3']])).toBe(`"'=HYPERLINK(""x"")"\r\n'@sum\r\n'-3\r\n`);
});
