// JSON is cut into the same rows wherever the pieces of the file end.
import { expect, it } from 'vitest';
import { JsonPieces } from './jsonPieces.ts';

/** Rows with their lines, and the form. */
function cut(text: string, at: readonly number[]) {
  const rows: [string, number][] = [];
  const pieces = new JsonPieces('t', text.length, () => ({
    row: (row, line) => rows.push([row.trim(), line]) > 0,
    cut: (row, line) => rows.push([`cut ${row.trim()}`, line]),
  }));
  const ends = [...at, text.length];
  ends.forEach((end, i) => {
    pieces.take(text.slice(ends[i - 1] ?? 0, end), i === ends.length - 1);
  });
  const { form, whole, dropped } = pieces;
  return { rows, form, whole, dropped };
}

it.each([
  [
    'list',
    '\n [ {"a": "]},\\\\\\"[{"},\n\n{"b": [1, {}]}\n,\n"x", null ]\n',
    ['{"a": "]},\\\\\\"[{"}', 2],
    4,
  ],
  ['list', '[[1,2],\n[3]]', ['[1,2]', 1], 2],
  ['list', '[]\n', undefined, 0],
  ['list', '[{"a":1},{"a"', ['{"a":1}', 1], 2],
  ['lines', '{"a":1}\n\n{"a":2}\n{"a":3}', ['{"a":1}', 1], 3],
  ['lines', '\n[1]\n[2]\n', ['[1]', 2], 2],
  ['whole', '{"a":1}\n', undefined, 0],
  ['whole', '{\n"a":[1]}', undefined, 0],
])('a %s: %j', (form, text, first, count) => {
  const whole = cut(text, []);
  expect([whole.form, whole.rows[0], whole.rows.length]).toEqual([form, first, count]);
  for (let at = 0; at <= text.length; at++) {
    expect(cut(text, [at])).toEqual(whole);
    for (let next = at; next <= text.length; next += 3) expect(cut(text, [at, next])).toEqual(whole);
  }
});

it('blank lines are counted', () => {
  expect(cut('\n{"a":1}\n \n{"a":2}\n', []).dropped).toEqual([
    { reason: 'blank-lines', count: 2, lines: [1, 3] },
  ]);
});
