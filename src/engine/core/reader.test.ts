import { expect, expectTypeOf, it } from 'vitest';
import { finite, integer, list, object, oneOf, optional, type ReadBy, text, variants } from './reader.ts';

const selection = variants({ mean: {}, rows: { rows: list(integer) } });
const request = object({ rows: selection, batch: optional(oneOf([64, 256])), note: optional(text) });

it('reads what it describes, leaves out what it does not know, and fixes the type', () => {
  const read = request({ rows: { kind: 'rows', rows: [1, 2], more: 1 }, batch: 64, other: true }, 'request');
  expect(read).toEqual({ rows: { kind: 'rows', rows: [1, 2] }, batch: 64 });
  expectTypeOf(read.batch).toEqualTypeOf<64 | 256 | undefined>();
  expectTypeOf<ReadBy<typeof selection>>().toExtend<{ kind: 'mean' } | { kind: 'rows'; rows: number[] }>();
});

it.each([
  [
    { rows: { kind: 'all' } },
    'request.rows.kind: expected one of mean, rows, got "all". Correct the request.',
  ],
  [{ rows: { kind: 'rows', rows: [0.5] } }, 'request.rows.rows[0]: expected a whole number, got 0.5'],
  [{ rows: { kind: 'mean' }, batch: 65 }, 'request.batch: expected one of 64, 256, got 65'],
  [{ rows: null }, 'request.rows: expected an object, got null'],
  [[], 'request: expected an object, got []'],
])('refuses %j with the place', (value, message) => {
  expect(() => request(value, 'request')).toThrow(message);
});

it('refuses numbers that are none', () => {
  expect(() => finite(Number.NaN, 'value')).toThrow('value: expected a finite number');
});
