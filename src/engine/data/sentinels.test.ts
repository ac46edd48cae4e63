// Numbers that may stand for missing values are noted in features and targets, and nothing else is.
import { expect, it } from 'vitest';
import { defaultsOf } from '../config/params.ts';
import { tableSource } from './tableSource.ts';
import { generateTable, textInput } from './testing/files.ts';

const ROWS = 60;

/** Notes on a table whose feature and target hold these numbers, by row. */
async function notesOn(feature: (i: number) => number, target = (i: number) => i / 7): Promise<string[]> {
  const lines = Array.from({ length: ROWS }, (_, i) => `${feature(i)},${(i * 3) % 13},${target(i)}`);
  const dataset = await generateTable({
    data: defaultsOf(tableSource.dataParams),
    tasks: { targets: [{ column: 'y', type: 'regression' as const }] },
    file: textInput(`x,z,y\n${lines.join('\n')}`),
  });
  return (dataset.notes ?? [])
    .filter(({ code }) => code === 'number-may-mean-missing')
    .map(({ text }) => text);
}

it.each([
  ['below all others', (i: number) => (i % 6 === 0 ? -999 : i / 4 - 7), '-999 in 10 rows', '-6.75 to 7.75'],
  ['above all others', (i: number) => (i % 30 === 0 ? 9999 : i), '9999 in 2 rows', '1 to 59'],
  [
    'below zero where nothing else is',
    (i: number) => (i % 6 === 0 ? -99 : i * 50),
    '-99 in 10 rows',
    '50 to 2950',
  ],
  ['in half of the rows', (i: number) => (i % 2 === 0 ? -9999 : i), '-9999 in 30 rows', '1 to 59'],
])('says that a number may mean "not known": %s', async (_, feature, what, range) => {
  const [text, ...rest] = await notesOn(feature);
  expect(text).toBe(
    `Column x holds ${what}, apart from all other numbers (${range}): it may stand for missing values. If so, set data.missingMarkers to auto,${what.split(' ')[0]}.`,
  );
  expect(rest).toEqual([]);
});

it('says so of a target', async () => {
  const [text] = await notesOn(
    (i) => i,
    (i) => (i % 10 === 0 ? -999 : i),
  );
  expect(text).toContain('Column y holds -999 in 6 rows');
});

it.each([
  ['one row', (i: number) => (i === 3 ? -999 : i)],
  ['more than half of the rows', (i: number) => (i % 5 < 3 ? -999 : i)],
  ['no nines', (i: number) => (i % 6 === 0 ? -998 : i)],
  ['a single nine', (i: number) => (i % 6 === 0 ? -9 : i)],
  ['a number among the others', (i: number) => (i % 6 === 0 ? 99 : i * 4)],
  ['an end that is no further than the others are apart', (i: number) => (i % 6 === 0 ? 99 : i - 10)],
  ['two values', (i: number) => (i % 6 === 0 ? 99 : 0)],
])('says nothing of %s', async (_, feature) => {
  expect(await notesOn(feature)).toEqual([]);
});
