// JSON is cut into the same rows wherever the pieces of the file end.

import { expect, it } from 'vitest';
import { tableInput } from '../../config/tableInput.ts';
import { parseTable } from '../tableFile.ts';
import { isJson, JsonPieces } from './jsonPieces.ts';

/** Rows with their lines, and the form. */
function cut(text: string, at: readonly number[]) {
  const rows: [string, number][] = [];
  const pieces = new JsonPieces('t', text.length, () => ({
    row: (row, line) => rows.push([row.trim(), line]) > 0,
    cut: (row, line, open) => rows.push([`${open} cut ${row.trim()}`, line]),
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
  ['lines', '{"a"\n{"a":2}\n{"a":3}', ['{"a"', 1], 3],
  ['lines', '{"a": \n\n{"a":2}\n', ['{"a":', 1], 2],
  ['objects', '\n{\n "a": "}{\\"",\n "b": [{}]\n}\n{\n}\n\n', ['{\n "a": "}{\\"",\n "b": [{}]\n}', 2], 2],
  ['objects', '{"a":1}{"a":2} {"a":{"b":3}}', ['{"a":1}', 1], 3],
  ['objects', '\u001e{"a":\n1}\n\u001e{"a":\n2}\n', ['{"a":\n1}', 1], 2],
  ['objects', '{\n"a":1\n}\n{}\n}\n{\n"a', ['{\n"a":1\n}', 1], 4],
  ['objects', `{${'\n'.repeat(12)}}{"a":2}\n{"b":"\\"}"}{"`, [`{${'\n'.repeat(12)}}`, 1], 4],
  ['objects', '{"a":1}\n{"a":2}\n{\n "a": 3,\n "b": NaN\n}\n{"a":4}\n', ['{"a":1}', 1], 4],
  ['objects', '{"a":1}\n\n{\n}\n{\n "a": 3\n}\n', ['{"a":1}', 1], 3],
  ['objects', '{\n"a":1\n}\n{"a":2}\n{"a":3}', ['{\n"a":1\n}', 1], 3],
  // A row that was cut off, or does not become JSON, is one alone.
  ['lines', '{"a":1}\n{"a":2}\n{"a"\n{"a":3}\n{"a"\n"b"}\n', ['{"a":1}', 1], 6],
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

/** What a reader of rows is told, until it has enough. */
function told(pieces: readonly string[], { size = 100, enough = 99 } = {}) {
  const heard: string[] = [];
  let begun = 0;
  const json = new JsonPieces('t.json', size, () => {
    begun++;
    return {
      row: (text, line) => heard.push(`${line}: ${text}`) < enough,
      cut: (text, line) => heard.push(`${line} cut: ${text}`),
      piece: (read) => heard.push(`read ${read}`),
    };
  });
  const more = pieces.map((piece, i) => json.take(piece, i === pieces.length - 1));
  return { heard, more, json, begun: () => begun };
}

it.each([
  ['[1,\n,2]', 'line 2: expected a row between commas, got nothing. Remove the comma, or write the row.'],
  ['[\n,1]', 'line 2: expected a row between commas, got nothing.'],
  ['[1,\n ]', 'line 2: expected a row between commas, got the end of the list behind a comma.'],
  [
    '[1,\n2]\n\n x',
    'line 4: expected the end of the file behind the list, got "x". Write all rows into one list',
  ],
  ['[1,\n2]{"a":"'.concat('y'.repeat(50)), `got "{\\"a\\":\\"${'y'.repeat(34)}".`],
])('a list of rows is refused: %j', (text, message) => {
  expect(() => told([text])).toThrow(message);
  expect(() => told([text.slice(0, 5), text.slice(5)])).toThrow(message);
});

it('a list may be empty, and what stands behind its last comma is not lost', () => {
  expect(told(['[\n]\n']).heard).toEqual([]);
  expect(told(['[1,\n\n{"a"']).heard).toEqual(['1: 1', '3 cut: {"a"']);
  expect(told(['[1,\n', '2', '3,4']).heard).toEqual(['1: 1', 'read 0.04', 'read 0.05', '2: 23', '2 cut: 4']);
});

it('nothing is read behind the last row that is wanted, in a list or by lines', () => {
  const list = told(['[1,\n2,3', '3,4]'], { enough: 2 });
  expect([list.heard.slice(0, 2), list.more[0]]).toEqual([['1: 1', '2: 2'], false]);
  expect(told(['[1,2,{"x'], { enough: 2 }).heard).toEqual(['1: 1', '1: 2']);
  const lines = told(['{"a":1}\n{"a":2}\n{"a":3}\n'], { enough: 2 });
  expect([lines.heard, lines.more]).toEqual([['1: {"a":1}', '2: {"a":2}'], [false]]);
  expect(told(['{"a":1}\n{"a":2}\n'], { enough: 1 }).heard).toEqual(['1: {"a":1}']);
});

it('objects one after another end where their brackets do, and what is left at the end is told', () => {
  expect(told(['{"a"\n:1}{"a', '":2}\n\n{"a":3}']).heard).toEqual([
    '1: {"a"\n:1}',
    '2: {"a":2}',
    '4: {"a":3}',
  ]);
  // A quote that is not closed ends with its line.
  expect(told(['{\n"a":"x\n}\n{\n"a":2\n}\n']).heard).toEqual(['1: {\n"a":"x\n}', '4: {\n"a":2\n}']);
  expect(told(['{\n"a":1}\n{\n"a":2\n\n']).heard).toEqual(['1: {\n"a":1}', '3 cut: {\n"a":2\n\n']);
  expect(told(['{\n"a":1}\n{\n"a":2}{x'], { enough: 2 }).heard).toEqual(['1: {\n"a":1}', '3: {\n"a":2}']);
});

it('the share that was read is told behind each piece but the last', () => {
  const { heard, more } = told(['{"a":1}\n', '{"a":2}\n{"a"', ':3}'], { size: 40 });
  expect(heard).toEqual(['read 0.2', '1: {"a":1}', '2: {"a":2}', 'read 0.5', '3: {"a":3}']);
  expect(more).toEqual([true, true, true]);
});

it('the form is decided by the first line, and by the next where that is a list', () => {
  const formOf = (...pieces: string[]) => told([...pieces, '']).json.form;
  const early = (text: string) => {
    const json = new JsonPieces('t', 9, () => ({ row: () => true, cut: () => {} }));
    json.take(text, false);
    return json.form;
  };
  expect([early(' \n'), early('[1'), early('[1]\n \n'), early('{"a"')]).toEqual([null, null, null, null]);
  expect([
    early('[1]\n['),
    early('[[1] \n,'),
    early('[1,\n'),
    early('{"a":1}\n'),
    early(`{${'\n'.repeat(12)}} x`),
    early(`{${'\n'.repeat(12)}}{`),
    early('x\n{"a":1}\n\n{"a":2}\n'),
    early('{"a": NaN, "b": -Infinity}\n'),
  ]).toEqual(['lines', 'list', 'list', 'lines', 'whole', 'objects', 'lines', 'lines']);
  expect([early(`{${'\n'.repeat(12)}`), early(`{${'\n'.repeat(12)}}\n`)]).toEqual([null, null]);
  expect([early('{\n'), early(`x${'\n'.repeat(11)}`), early('{"a":\n{"a":1}\n{"a":')]).toEqual([
    null,
    null,
    null,
  ]);
  expect(formOf('{"data":[\n{"a":1}\n,\n{"a":2}\n]}')).toBe('whole');
  expect(early(`["${'x'.repeat(2 ** 20 - 3)}`)).toBe(null);
  expect(early(`["${'x'.repeat(2 ** 20 - 2)}`)).toBe('list');
  expect([formOf('[1]'), formOf(''), formOf('7\n'), formOf('{a\n{b\n')]).toEqual([
    'list',
    'whole',
    'whole',
    'whole',
  ]);
  const whole = told(['\n{\n"a":', '[1]\n', '}']).json;
  expect([whole.form, whole.whole, whole.wholeLine]).toEqual(['whole', '{\n"a":[1]\n}', 2]);
  const alone = told(['\n\n{"a":1}\n\n']).json;
  expect([alone.form, alone.wholeLine]).toEqual(['whole', 3]);
});

it('five blank lines are named, and their count starts over with the text', () => {
  const text = `\n\n{"a":1}\n${'\n'.repeat(4)}{"a":2}\n`;
  const { json, begun } = told([text]);
  const dropped = [{ reason: 'blank-lines', count: 6, lines: [1, 2, 4, 5, 6] }];
  expect([json.dropped, begun()]).toEqual([dropped, 1]);
  json.restart();
  expect([json.form, json.whole, json.dropped, begun()]).toEqual([null, '', [], 2]);
  json.take(text, true);
  expect(json.dropped).toEqual(dropped);
  // A list that was not read to its end leaves nothing behind either.
  const list = told(['[1,[2,"'], { size: 8 }).json;
  list.restart();
  expect(list.take('[3]', true)).toBe(true);
  expect(list.form).toBe('list');
});

it('a row has a largest size', () => {
  const row = `["${'x'.repeat(2 ** 24)}`;
  expect(() => told(['[1,\n', row, ''])).toThrow(
    't.json, line 1: expected at most 16,777,216 characters in a row, got more than that. A bracket or quote may not be closed',
  );
});

it('JSON is an object or a list', () => {
  expect(['{"a":1}', '[]', 'null', '7', '"a"', '{a'].map(isJson)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

it('a broken first line is one like any other', async () => {
  const file = tableInput('t.jsonl', new Blob(['{"a": 1, \n{"a": 2}\n{"a": 3}\n']));
  await expect(parseTable(file, {})).rejects.toThrow(/t\.jsonl, line 1: expected an object as JSON/);
  const { rows, dropped } = await parseTable(file, { badLines: 'leave-out' });
  expect([rows, dropped]).toEqual([2, [{ reason: 'broken-rows', count: 1, lines: [1] }]]);
});
