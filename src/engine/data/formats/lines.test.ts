// Files of nothing but signs are refused before there is an array with a place for each: V8 ends the process over one that is too
// long, so no test could see it.
import { expect, it } from 'vitest';
import { tableInput } from '../../config/tableInput.ts';
import { inspectFile } from '../inspect.ts';
import { UNWATCHED } from '../progress.ts';
import { arff } from './arff.ts';
import { LAYOUT_DEFAULTS } from './format.ts';

const inspect = (text: string, name: string) => inspectFile(tableInput(name, new Blob([text])));

it.each<[string, string, string, RegExp]>([
  [
    'line breaks in JSON',
    't.jsonl',
    `{"a":1}${'\n'.repeat(1_000_002)}`,
    /line 1000002: expected at most 1,000,000 blank/,
  ],
  [
    'line breaks in ARFF',
    't.arff',
    `@relation r${'\n'.repeat(1_000_003)}`,
    /line 1000002: expected at most 1,000,000 blank/,
  ],
  [
    'lists in JSON',
    't.json',
    `{"a":\n[${'[],'.repeat(10_000_000)}[]]}`,
    /t\.json: expected at most 10,000,000 lists and objects, got 10,000,003/,
  ],
  [
    'lists in a row of JSON',
    't.json',
    `[{"a": 1},{"a":[${'[],'.repeat(2 ** 20)}[]]}]`,
    /t\.json, line 1: .* got more than 1,048,576 lists and objects in one row/,
  ],
  [
    'rows in a list of JSON',
    't.json',
    `[${'[],'.repeat(1_500_000)}[]]`,
    /t\.json: expected at most 1,000,000 rows, got about 1,500,000 by the size/,
  ],
])('many %s are refused', async (_what, name, text, message) => {
  await expect(inspect(text, name)).rejects.toThrow(message);
});

it('an ARFF file of more attributes than columns is refused before its rows are filled up', async () => {
  const attributes = Array.from({ length: 20_001 }, (_, i) => `@attribute a${i} numeric\n`).join('');
  const blob = new Blob([`@relation r\n${attributes}@data\n{}\n`]);
  await expect(arff.open(blob, 't.arff', LAYOUT_DEFAULTS, UNWATCHED)).rejects.toThrow(
    /t\.arff: expected at most 20,000 columns, got 20,001/,
  );
});
